/** The flags of `diagnose`, as commander gives them. */
export interface DiagnoseFlags {
  readonly reporter: readonly string[];
  readonly out?: string;
  readonly keep: readonly string[];
  readonly confirm: boolean;
  readonly target?: string;
  readonly policy?: string;
  readonly header: readonly string[];
  readonly maxRequests?: string;
  readonly maxWait: string;
  readonly timeout?: string;
  readonly cacert?: string;
  readonly config?: string;
  readonly allowWrites: boolean;
  readonly allowDestructive: boolean;
  readonly only: readonly string[];
  readonly yes: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
