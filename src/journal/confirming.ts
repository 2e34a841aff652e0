import type { Exchange } from "./journal.js";

/** Steps that `--confirm` adds are named `confirm-1/again`. A race may be named like that as well; its steps have writers. */
const CONFIRMING_STEP = /^confirm-\d+\//;

/** True for a request that gcidem sent to settle a cause: evidence like any other, and none of the scenario's own. Pure. */
export function isConfirming({ step, writer }: Pick<Exchange, "step" | "writer">): boolean {
  return writer === null && CONFIRMING_STEP.test(step);
}
