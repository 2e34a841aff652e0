import { findOperation } from "../../platform/find-operation.js";
import { type Case, type Finding, fitting, impossible, type RefusalRule, shows } from "../refusal.js";
import type { Seen } from "../seen.js";
import { catchAllOf } from "../words.js";

const STATUSES = new Set([404, 405, 501]);

/** What the vendor's documents say of it, as a weight: they are documents, and no exchange. */
function documentedWeight(method: string, url: string): number {
  const found = findOperation(method, url);
  if (found.kind === "foreign") return 0;
  if (found.kind === "documented") return -4;
  return found.known ? 8 : 1;
}

/** A success that tells in its body that nothing was found. */
function isToldIn200({ status, words }: Seen): boolean {
  return status !== null && status < 300 && words !== null && catchAllOf(words) === "absence";
}

function judge({ refused, near }: Case): Finding {
  if (!STATUSES.has(refused.status ?? 0) && !isToldIn200(refused))
    return impossible(`${refused.id} was answered ${refused.status ?? "nothing"}, not 404 or 405`);
  const known = near.find(
    ({ operation, status, ending }) =>
      operation === refused.operation &&
      status !== null &&
      (status !== refused.status || ending === "accepted"),
  );
  if (known !== undefined)
    return impossible(`${known.id}, of the same operation, was answered ${known.status ?? "-"}`);
  const others = near.filter(
    ({ resource, ending }) => resource === refused.resource && ending === "accepted",
  );
  return fitting(
    (refused.status === 405 ? 8 : 2) +
      (others.length > 0 ? 3 : 0) +
      documentedWeight(refused.method, refused.exchange.request.url),
    shows(refused, `${refused.method} ${refused.path} was answered ${refused.status ?? "-"}`),
    others[0] === undefined
      ? null
      : shows(others[0], "the resource is there: another operation on it was accepted"),
  );
}

/** The server has no such operation. */
export const noSuchOperation: RefusalRule = {
  factors: ["operation"],
  holds: "anytime",
  spoken: {
    codes: /method[._-]not[._-]allowed/,
    prose: /method not allowed|no such operation|is not an operation/,
  },
  catchAll: ["absence"],
  judge,
  explain: ({ refused }) => `The server has no operation ${refused.method} ${refused.path}.`,
};
