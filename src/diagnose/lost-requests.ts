import type { Cause } from "../core/causes.js";
import type { Diagnosis } from "./diagnose.js";
import { weaker } from "./reopen.js";

const REQUESTS =
  "all requests: some of the recording could not be read, and one of them may have carried the key";

/** What is known of a key by the requests before. A first use that nobody sees may be among those that could not be read. */
function goesByEarlierUse(cause: Cause): boolean {
  return (
    cause.startsWith("key-reused-") || cause === "key-first-use-unseen" || cause === "conflict-not-replay"
  );
}

/** Where requests could not be read, nobody is certain of which came first under a key. Pure. */
export function allowForLost(diagnosis: Diagnosis): Diagnosis {
  const { kind, cause, certainty, missing } = diagnosis;
  if (kind !== "refusal" || !goesByEarlierUse(cause)) return diagnosis;
  return { ...diagnosis, certainty: weaker(certainty), missing: [...missing, REQUESTS] };
}
