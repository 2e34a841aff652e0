/** How much is sent to settle what is open. */
export interface ConfirmLimits {
  /** Different questions of a run: a step, and the causes that it could have been refused for. */
  readonly questions: number;
  /** Experiments for each of them. */
  readonly experiments: number;
  /** Experiments of a run. */
  readonly inAll: number;
}

/** Enough for every cause that a client can settle, and few enough for a shared server. */
export const CONFIRM_LIMITS: ConfirmLimits = { questions: 10, experiments: 7, inAll: 20 };
