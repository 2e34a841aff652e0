import type { FailurePhase } from "../core/failure.js";
import type { ExchangeError } from "../journal/journal.js";
import { type Members, textAt } from "./loose-json.js";

/** Where an exchange ended, by the words that browsers and proxies have for it. */
const PHASES: readonly (readonly [words: RegExp, phase: FailurePhase])[] = [
  [/TIMED_?OUT|TIMEOUT/i, "timeout"],
  [/ABORTED|BLOCKED|CANCEL|CLIENT/i, "aborted"],
  [/REFUSED|NAME_NOT|ADDRESS|CERT|SSL|TLS|PROXY|DISCONNECTED|CONNECTION_FAILED|UNREACHABLE/i, "connect"],
];

const LONGEST_REASON = 300;

/** Why a recording has no answer to a request, as far as its recorder says. Pure. */
export function harFailure(entry: Members, response: Members | null): ExchangeError {
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
