import { isWrite } from "../core/http.js";
import type { RecordedExchange } from "./intake.js";
import { type Members, membersAt, textAt } from "./loose-json.js";

/** True for an answer that a browser had kept: the server saw no request. Pure. */
export function isFromCache(entry: Members): boolean {
  return textAt(entry, "_fromCache") !== null || textAt(membersAt(entry, "response"), "_fromCache") !== null;
}

function pathOf({ request: { url } }: RecordedExchange): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/**
 * Says which answers out of a browser's own cache show what was there before a write of the same path: taken for the
 * server's, they would prove that nothing had changed. Before any write they tell what the client went by.
 */
export function createCacheJudge(): (exchange: RecordedExchange, entry: Members) => boolean {
  const written = new Set<string>();
  return (exchange, entry) => {
    if (isWrite(exchange.request.method, [])) written.add(pathOf(exchange));
    return isFromCache(entry) && written.has(pathOf(exchange));
  };
}
