import type { Exchange } from "./journal.js";

/** Steps that `--confirm` adds are named `confirm-1/again`. A race may be named like that as well; its steps have writers. */
const CONFIRMING_STEP = /^confirm-\d+\//;

/** True for a request that gcidem sent to settle a cause: evidence like any other, and none of the scenario's own. Pure. */
export function isConfirming({ step, writer }: Pick<Exchange, "step" | "writer">): boolean {
  return writer === null && step.startsWith("confirm-") && CONFIRMING_STEP.test(step);
}

/** What a recording is called when it is sent once more to a mock that knows nothing of it. */
export const REHEARSAL = "confirm-0";

/** True for a recorded request that was sent once more, to bring a mock to where the recorded server was. Pure. */
export function isRehearsed(exchange: Pick<Exchange, "step" | "writer">): boolean {
  return isConfirming(exchange) && exchange.step.startsWith(`${REHEARSAL}/`);
}
