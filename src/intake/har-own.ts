import type { FailurePhase } from "../core/failure.js";
import type { ExchangeError } from "../journal/journal.js";
import type { RecordedTimes } from "./intake.js";
import { isMembers, type Members, membersAt, numberAt, textAt } from "./loose-json.js";

/** Members that gcidem's own HARs have besides those of HAR 1.2: `gcidem report RUN --format har` writes them. */
const OWN = "_gcidem";

const PHASES: readonly FailurePhase[] = ["connect", "send", "response", "timeout", "aborted", "refused"];

/** True for an entry that gcidem wrote. Pure. */
export function isOwn(entry: Members): boolean {
  return isMembers(entry[OWN]);
}

/** Why there was no answer, in gcidem's own words; null where the entry has none. Pure. */
export function ownFailure(entry: Members): ExchangeError | null {
  const error = membersAt(membersAt(entry, OWN), "error");
  const [code, message] = [textAt(error, "code"), textAt(error, "message")];
  const phase = PHASES.find((each) => each === error.phase);
  return code === null || message === null || phase === undefined ? null : { code, phase, message };
}

/** Times that the phases of a HAR cannot tell: of a request that never left, or was answered too early. Pure. */
export function ownTimes(entry: Members): Omit<RecordedTimes, "startedAtMs"> | null {
  const timings = membersAt(membersAt(entry, OWN), "timings");
  const startMs = numberAt(timings, "startMs");
  if (startMs === null) return null;
  const after = (name: string): number | null => {
    const timeMs = numberAt(timings, name);
    return timeMs === null ? null : timeMs - startMs;
  };
  return { sentMs: after("sentMs"), firstByteMs: after("firstByteMs"), endMs: after("endMs") };
}

/** True where the body of an answer went on beyond what gcidem kept. Pure. */
export function ownTruncated(entry: Members): boolean {
  return membersAt(entry, OWN).truncated === true;
}
