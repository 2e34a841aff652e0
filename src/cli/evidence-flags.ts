/** The flags of `evidence`, as commander gives them. */
export interface EvidenceFlags {
  readonly output?: string;
  readonly set: readonly string[];
  readonly check?: string;
  readonly out?: string;
  readonly config?: string;
  readonly quiet: boolean;
}
