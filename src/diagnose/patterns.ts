import type { PatternRules } from "./pattern.js";
import { blindRetry } from "./patterns/blind-retry.js";
import { clientResent } from "./patterns/client-resent.js";
import { keyPerAttempt } from "./patterns/key-per-attempt.js";
import { noReread } from "./patterns/no-reread.js";
import { readToWriteGap } from "./patterns/read-to-write-gap.js";
import { retryAfterIgnored } from "./patterns/retry-after-ignored.js";
import { retryWithNewKey } from "./patterns/retry-with-new-key.js";
import { sharedKey } from "./patterns/shared-key.js";
import { weakKey } from "./patterns/weak-key.js";

/** Every pattern that gcidem can name, in the order of causes.md. */
export const PATTERN_RULES: PatternRules = {
  "blind-retry": blindRetry,
  "retry-after-ignored": retryAfterIgnored,
  "client-resent": clientResent,
  "retry-with-new-key": retryWithNewKey,
  "key-per-attempt": keyPerAttempt,
  "shared-key": sharedKey,
  "weak-key": weakKey,
  "no-reread": noReread,
  "read-to-write-gap": readToWriteGap,
};
