import { isPlainRead, isWrite } from "../core/http.js";
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

/** True for a request to an origin that the user's config allows besides the target's. Pure. */
export function isElsewhere(
  { url }: Pick<MaterialRequest, "url">,
  { target }: Pick<RunOptions, "target">,
): boolean {
  // Nearly every request is on the target: a quick look spares it two parsers. The address of a request is in WHATWG's form.
  if (url.startsWith(`${target.baseUrl}/`)) return false;
  return new URL(url).origin !== new URL(target.baseUrl).origin;
}

/** The path as a scenario writes it: without the prefix that the target itself may have; elsewhere the whole URL. */
function pathOnTarget(request: MaterialRequest, options: RunOptions): string {
  if (isElsewhere(request, options)) return options.redactor.text(request.url);
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

/** True where a request holds something that this run knows to be a secret. */
function holdsSecret({ url, headers, body }: MaterialRequest, { redactor }: RunOptions): boolean {
  const values = [url, ...headers.map(([, value]) => value)];
  const texts = body === null ? values : [...values, Buffer.from(body).toString("utf8")];
  return texts.some((text) => redactor.withoutSecrets(text) !== text);
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
  if (isElsewhere(request, options) && holdsSecret(request, options))
    throw refuse("ERR_SECRET_ELSEWHERE", "it holds a secret, and secrets go to the target only");
  if (isOutside(request, options)) throw refuse("ERR_ONLY", `outside --only ${onlyPrefixes.join(", ")}`);
  const reason = refusal?.(request) ?? null;
  if (reason !== null) throw refuse("ERR_LEAVE", reason);
}

/** Why `--read-only` leaves a request out; null where it may be sent. Pure. */
export function leftOutReason(
  { method, headers }: MaterialRequest,
  { leave, headers: extra }: RunOptions,
): string | null {
  const names = [...headers, ...extra].map(([name]) => name);
  if (!leave.readOnly || isPlainRead(method, names)) return null;
  return isWrite(method, names)
    ? "a write, and --read-only sends none"
    : "no GET or HEAD, and --read-only sends nothing else";
}
