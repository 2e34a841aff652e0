import type { CompareFlags } from "./read-compare-rules.js";

/** The flags of `diff`, as commander gives them. */
export interface DiffFlags extends CompareFlags {
  readonly reporter: readonly string[];
  readonly out?: string;
  readonly config?: string;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
