import type { FailurePhase } from "../core/failure.js";
import type { ExchangeError } from "../journal/journal.js";
import { ownFailure } from "./har-own.js";
import { type Members, textAt } from "./loose-json.js";

/** Failures after which nothing can have left: a server that hangs up later may have done what it was asked for. */
const NEVER_LEFT =
  /\bERR_(?:BLOCKED_BY_(?:CLIENT|ADMINISTRATOR|CSP)|CONNECTION_REFUSED|NAME_NOT_RESOLVED|INTERNET_DISCONNECTED|ADDRESS_(?:UNREACHABLE|INVALID)|CERT_\w+|(?:PROXY|TUNNEL)_CONNECTION_FAILED)\b|\b(?:ECONNREFUSED|ENOTFOUND|EHOSTUNREACH)\b/;

/** Where an exchange ended, by the words that browsers and proxies have for it. */
const PHASES: readonly (readonly [words: RegExp, phase: FailurePhase])[] = [
  [NEVER_LEFT, "connect"],
  [/TIMED_?OUT|TIMEOUT/i, "timeout"],
  [/ABORTED|BLOCKED|CANCEL/i, "aborted"],
];

const LONGEST_REASON = 300;

/** Why a recording has no answer to a request, as far as its recorder says. Pure. */
export function harFailure(entry: Members, response: Members | null): ExchangeError {
  const own = ownFailure(entry);
  if (own !== null) return own;
  const said = [
    response === null ? null : textAt(response, "_error"),
    textAt(entry, "_error"),
    response === null ? null : textAt(response, "comment"),
    textAt(entry, "comment"),
  ].find((each) => each !== null && each !== "");
  const reason = said ?? "the recording has no answer to this request";
  return {
    code: /\b(ERR_[A-Z0-9_]+|E[A-Z]{4,})\b/.exec(reason)?.[1] ?? "NO_RESPONSE",
    phase: PHASES.find(([words]) => words.test(reason))?.[1] ?? "response",
    message: reason.slice(0, LONGEST_REASON),
  };
}
