import type { RefusalRules } from "./refusal.js";
import { permissionMissing, rateLimited, tokenExpired, tokenInvalid } from "./refusals/by-status.js";
import { conflictNotReplay } from "./refusals/conflict-not-replay.js";
import { duplicateEntity } from "./refusals/duplicate-entity.js";
import { etagMalformed } from "./refusals/etag-malformed.js";
import { etagOtherResource } from "./refusals/etag-other-resource.js";
import { etagWeak } from "./refusals/etag-weak.js";
import { invalidRequest } from "./refusals/invalid-request.js";
import { keyBoundToUnacknowledgedAttempt } from "./refusals/key-bound-to-unacknowledged-attempt.js";
import { keyFirstUseUnseen } from "./refusals/key-first-use-unseen.js";
import { keyInFlight } from "./refusals/key-in-flight.js";
import { keyMalformed } from "./refusals/key-malformed.js";
import { keyMissing } from "./refusals/key-missing.js";
import { keyReusedBodyChanged } from "./refusals/key-reused-body-changed.js";
import { keyReusedBytesChanged } from "./refusals/key-reused-bytes-changed.js";
import { keyReusedOtherResource } from "./refusals/key-reused-other-resource.js";
import { keyStuck } from "./refusals/key-stuck.js";
import { noSuchOperation } from "./refusals/no-such-operation.js";
import { permissionShownAs409 } from "./refusals/permission-shown-as-409.js";
import { preconditionMissing } from "./refusals/precondition-missing.js";
import { referencedEntity } from "./refusals/referenced-entity.js";
import { spuriousConflict } from "./refusals/spurious-conflict.js";
import { staleEtag } from "./refusals/stale-etag.js";
import { staleVersion } from "./refusals/stale-version.js";
import { stateLocked } from "./refusals/state-locked.js";
import { stateTerminal } from "./refusals/state-terminal.js";
import { unexplained } from "./refusals/unexplained.js";

/** Every refusal that gcidem can name, in the order of causes.md, which breaks ties. */
export const REFUSAL_RULES: RefusalRules = {
  "key-reused-body-changed": keyReusedBodyChanged,
  "key-reused-bytes-changed": keyReusedBytesChanged,
  "key-reused-other-resource": keyReusedOtherResource,
  "key-in-flight": keyInFlight,
  "key-bound-to-unacknowledged-attempt": keyBoundToUnacknowledgedAttempt,
  "key-stuck": keyStuck,
  "conflict-not-replay": conflictNotReplay,
  "key-missing": keyMissing,
  "key-malformed": keyMalformed,
  "key-first-use-unseen": keyFirstUseUnseen,
  "stale-etag": staleEtag,
  "stale-version": staleVersion,
  "etag-weak": etagWeak,
  "etag-malformed": etagMalformed,
  "etag-other-resource": etagOtherResource,
  "precondition-missing": preconditionMissing,
  "state-locked": stateLocked,
  "state-terminal": stateTerminal,
  "duplicate-entity": duplicateEntity,
  "referenced-entity": referencedEntity,
  "permission-shown-as-409": permissionShownAs409,
  "permission-missing": permissionMissing,
  "token-expired": tokenExpired,
  "token-invalid": tokenInvalid,
  "rate-limited": rateLimited,
  "invalid-request": invalidRequest,
  "no-such-operation": noSuchOperation,
  "spurious-conflict": spuriousConflict,
  unexplained,
};
