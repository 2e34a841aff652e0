import { GcidemError } from "../core/errors.js";
import type { MaybePromise } from "../idempotency/maybe-promise.js";
import { StoreUnavailable } from "../idempotency/shared-state.js";
import { type ControlAnswer, refusing } from "./control/control-answer.js";
import { type Controlled, ENDPOINTS, type Endpoint } from "./control/endpoints.js";
import { guardControl } from "./control/guard.js";
import type { MockRequest } from "./request.js";

/** Paths under this control the mock; they are no part of the org. */
export const CONTROL_PREFIX = "/__gcidem/";

function failed(error: unknown): ControlAnswer {
  const message = error instanceof Error ? error.message : String(error);
  // No bug: the same request may succeed later.
  if (error instanceof StoreUnavailable) return refusing(503, `the store is out of reach: ${message}`);
  return error instanceof GcidemError ? refusing(503, message) : refusing(500, `a bug in gcidem: ${message}`);
}

type Run = NonNullable<Endpoint["GET"]>;

function isMethod(endpoint: Endpoint, method: string): method is keyof Endpoint {
  return Object.hasOwn(endpoint, method);
}

function find({ method, path }: MockRequest): Run | ControlAnswer {
  const endpoint = ENDPOINTS.get(path.slice(CONTROL_PREFIX.length));
  if (endpoint === undefined) {
    const names = [...ENDPOINTS.keys()].join(", ");
    return refusing(404, `found ${path}, expected ${names} behind ${CONTROL_PREFIX}`);
  }
  const run = isMethod(endpoint, method) ? endpoint[method] : undefined;
  if (run !== undefined) return run;
  const methods = Object.keys(endpoint).join(", ");
  return refusing(405, `found ${method} ${path}, expected ${methods}`, [["Allow", methods]]);
}

/**
 * Makes the control endpoints of a mock: time, trace, policy, state, faults and tokens over HTTP. They act one after
 * another, in the order in which they came, so that two that meet leave what each of them alone would.
 */
export function createControl(mock: Controlled): (request: MockRequest) => MaybePromise<ControlAnswer> {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (run: Run, request: MockRequest): Promise<ControlAnswer> => {
    const mine = last.then(() => run(request, mock)).catch(failed);
    last = mine;
    return mine;
  };
  return (request) => {
    const refused = guardControl(request);
    if (refused !== null) return refused;
    const found = find(request);
    return typeof found === "function" ? inTurn(found, request) : found;
  };
}
