/** The flags of `strategies`, as commander gives them. */
export interface StrategiesFlags {
  readonly policy: string;
  readonly writers: string;
  readonly deadline: string;
  readonly churn: string;
  readonly lostAnswers: string;
  readonly runs: string;
  readonly seed: string;
  readonly json: boolean;
  readonly format: string;
  readonly color: boolean;
  readonly quiet: boolean;
}
