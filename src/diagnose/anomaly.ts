import type { Anomaly } from "../core/causes.js";
import type { Certainty, Evidence, RuledOut } from "./diagnose.js";
import type { Recording } from "./recording.js";
import type { Seen } from "./seen.js";

/** A success that is not what it seems, and what shows it. */
export interface AnomalyFinding {
  /** The exchange that is not what it seems. */
  readonly seen: Seen;
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
  readonly ruledOut: readonly RuledOut[];
  /** What happened, in whole sentences. */
  readonly explanation: string;
  /** What would have helped to see. */
  readonly missing?: readonly string[];
}

/** How one anomaly is found: everything in a recording that is taken for it. */
export type AnomalyRule = (recording: Recording) => readonly AnomalyFinding[];

/** One rule for each id. */
export type AnomalyRules = Readonly<Record<Anomaly, AnomalyRule>>;
