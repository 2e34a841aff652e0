import type { CompareFlags } from "./read-compare-rules.js";

/** Where journals go unless `--out` says otherwise. */
export const DEFAULT_RUNS_FOLDER = ".gcidem/runs";

/** The flags of `replay`, as commander gives them. */
export interface ReplayFlags extends CompareFlags {
  readonly target: string;
  readonly against: readonly string[];
  readonly baseline?: string;
  readonly policy?: string;
  readonly var: readonly string[];
  readonly vars?: string;
  readonly header: readonly string[];
  readonly allowEnv: readonly string[];
  readonly reporter: readonly string[];
  readonly keep: readonly string[];
  readonly seed?: string;
  readonly out?: string;
  readonly timeout?: string;
  readonly maxWait: string;
  readonly waitFor?: string;
  readonly confirm: boolean;
  readonly bail: boolean;
  readonly requireExpectations: boolean;
  readonly maxRequests?: string;
  readonly maxRate?: string;
  readonly tokenCache: boolean;
  readonly rounds?: string;
  readonly untilConflict?: string;
  readonly releaseTechnique: string;
  readonly cacert?: string;
  readonly config?: string;
  readonly dryRun: boolean;
  readonly readOnly: boolean;
  readonly allowWrites: boolean;
  readonly allowDestructive: boolean;
  readonly only: readonly string[];
  readonly yes: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
