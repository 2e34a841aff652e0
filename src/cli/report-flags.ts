/** The flags of `report`, as commander gives them. */
export interface ReportFlags {
  readonly format: string;
  readonly output?: string;
  readonly out: string;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
