import { createHash } from "node:crypto";
import type { RecordedExchange } from "./intake.js";

/** Headers by which a server or a network names one answer among all. */
const NAMES_ANSWER = /(?:correlation|request|trace|cf)-id$|^cf-ray$/i;

function isNamed({ response, times }: RecordedExchange): boolean {
  return times.startedAtMs !== null && (response?.headers.some(([name]) => NAMES_ANSWER.test(name)) ?? false);
}

/**
 * Says which entries of a HAR came before, byte for byte: exports that were put together have one request twice. An answer
 * that nothing names may come twice as it is, so such entries all count.
 */
export function createRepeatFinder(): (exchange: RecordedExchange, bytes: Uint8Array) => boolean {
  const seen = new Set<string>();
  return (exchange, bytes) => {
    if (!isNamed(exchange)) return false;
    const digest = createHash("sha1").update(bytes).digest("base64");
    if (seen.has(digest)) return true;
    seen.add(digest);
    return false;
  };
}
