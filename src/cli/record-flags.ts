/** The flags of `record`, as commander gives them. */
export interface RecordFlags {
  readonly upstream: string;
  readonly listen: string;
  readonly expose: boolean;
  readonly output: string;
  readonly out?: string;
  readonly maxBody: string;
  readonly cacert?: string;
  readonly config?: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
