/** The flags of `auth check`, as commander gives them. */
export interface AuthFlags {
  readonly target?: string;
  readonly all: boolean;
  readonly config?: string;
  readonly header: readonly string[];
  readonly cacert?: string;
  readonly tryRegions: boolean;
  readonly reporter: readonly string[];
  readonly color: boolean;
  readonly verbose: boolean;
}
