import type { Cause } from "../core/causes.js";
import { ANOMALY_TEXTS } from "./texts/anomaly-texts.js";
import type { CauseText } from "./texts/cause-text.js";
import { DOCUMENTED_TEXTS } from "./texts/documented-texts.js";
import { PATTERN_TEXTS } from "./texts/pattern-texts.js";
import { REFUSAL_TEXTS } from "./texts/refusal-texts.js";

/** What a person reads about each cause. */
export const CAUSE_TEXTS: Readonly<Record<Cause, CauseText>> = {
  ...REFUSAL_TEXTS,
  ...ANOMALY_TEXTS,
  ...PATTERN_TEXTS,
  ...DOCUMENTED_TEXTS,
};
