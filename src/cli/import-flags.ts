/** Flags of `gcidem import`. */
export interface ImportFlags {
  /** Absent: standard output. */
  readonly output?: string;
  /** Where saved runs are. */
  readonly out?: string;
  readonly quiet: boolean;
}
