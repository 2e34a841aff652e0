import { GcidemError } from "../core/errors.js";
import type { MaybePromise } from "../idempotency/maybe-promise.js";
import { type ControlAnswer, refusing } from "./control/control-answer.js";
import { guardControl } from "./control/guard.js";
import { type Controlled, OPERATIONS, type Operation } from "./control/operations.js";
import type { MockRequest } from "./request.js";

/** Paths under this control the mock; they are no part of the org. */
export const CONTROL_PREFIX = "/__gcidem/";

function failed(error: unknown): ControlAnswer {
  const message = error instanceof Error ? error.message : String(error);
  // A store that went away is no bug: the same request may succeed later.
  return error instanceof GcidemError ? refusing(503, message) : refusing(500, `a bug in gcidem: ${message}`);
}

function find(request: MockRequest): Operation | ControlAnswer {
  const operation = OPERATIONS.get(request.path.slice(CONTROL_PREFIX.length));
  if (operation === undefined) {
    return refusing(
      404,
      `found ${request.path}, expected ${[...OPERATIONS.keys()].join(", ")} behind ${CONTROL_PREFIX}`,
    );
  }
  if (operation.method === request.method) return operation;
  const { method } = operation;
  return refusing(405, `found ${request.method} ${request.path}, expected ${method}`, [["Allow", method]]);
}

/**
 * Makes the control endpoints of a mock: time, trace, policy, state, faults and tokens over HTTP. They act one after
 * another, in the order in which they came, so that two that meet leave what each of them alone would.
 */
export function createControl(mock: Controlled): (request: MockRequest) => MaybePromise<ControlAnswer> {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (operation: Operation, request: MockRequest): Promise<ControlAnswer> => {
    const mine = last.then(() => operation.run(request, mock)).catch(failed);
    last = mine;
    return mine;
  };
  return (request) => {
    const refused = guardControl(request);
    if (refused !== null) return refused;
    const operation = find(request);
    return "run" in operation ? inTurn(operation, request) : operation;
  };
}
