/** The flags of `diagnose`, as commander gives them. */
export interface DiagnoseFlags {
  readonly reporter: readonly string[];
  readonly out?: string;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
