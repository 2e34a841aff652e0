/** placeholder until the policy room is written */
export interface Policy {
  readonly name: string;
}
