import { isWrite } from "../core/http.js";
import { type MaterialRequest, RefusedRequest } from "../plan/plan.js";
import type { RunOptions } from "./run.js";

/** A request that was made and then had no leave. */
export class RefusedLeave extends RefusedRequest {
  readonly request: MaterialRequest;

  constructor({ code, message, at }: RefusedRequest, request: MaterialRequest) {
    super(code, message, at);
    this.request = request;
  }
}

/** The path as a scenario writes it: without the prefix that the target itself may have. */
function pathOnTarget(request: MaterialRequest, options: RunOptions): string {
  const prefix = new URL(options.target.baseUrl).pathname.replace(/\/$/, "");
  return new URL(request.url).pathname.slice(prefix.length);
}

function isOutside(request: MaterialRequest, options: RunOptions): boolean {
  const { onlyPrefixes } = options.leave;
  if (onlyPrefixes.length === 0) return false;
  const names = [...request.headers, ...options.headers].map(([name]) => name);
  const path = pathOnTarget(request, options);
  return isWrite(request.method, names) && !onlyPrefixes.some((prefix) => path.startsWith(prefix));
}

/**
 * What a plan could not show is judged here, whatever the request was made from.
 * @throws RefusedLeave
 */
export function checkLeave(request: MaterialRequest, options: RunOptions): void {
  const { onlyPrefixes, refusal } = options.leave;
  const refuse = (code: string, reason: string): RefusedRequest => {
    const at = { file: options.plan.scenario.file, line: 1, column: 1 };
    const message = `${request.method} ${pathOnTarget(request, options)}: ${reason}; nothing was sent`;
    return new RefusedLeave(new RefusedRequest(code, message, at), request);
  };
  if (isOutside(request, options)) throw refuse("ERR_ONLY", `outside --only ${onlyPrefixes.join(", ")}`);
  const reason = refusal?.(request) ?? null;
  if (reason !== null) throw refuse("ERR_LEAVE", reason);
}
