/** Where an exchange without a response ended. `refused`: gcidem itself would not send it. */
export type FailurePhase = "connect" | "send" | "response" | "timeout" | "aborted" | "refused";
