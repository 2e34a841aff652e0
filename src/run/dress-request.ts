import { type HeaderList, headerValue } from "../core/http.js";
import { isLoopbackHost } from "../core/loopback.js";
import { isSecretHeader } from "../core/redact.js";
import { withHeader } from "../plan/materialise.js";
import { type MaterialRequest, RefusedRequest } from "../plan/plan.js";
import { isElsewhere } from "./check-leave.js";
import type { StepToSend } from "./exchange-book.js";
import type { RunOptions } from "./run.js";

type Dressing = Pick<RunOptions, "headers" | "target">;

function leavesTarget(request: MaterialRequest, options: Dressing): boolean {
  return options.target.kind !== "mock" && isElsewhere(request, options);
}

/** Credentials that a request would carry by its scenario or by `-H`. The target's own are checked when it is opened. */
function credentialNames(
  request: MaterialRequest,
  auth: StepToSend["options"]["auth"],
  options: Dressing,
): readonly string[] {
  const lines = leavesTarget(request, options) ? request.headers : [...request.headers, ...options.headers];
  const names = lines.map(([name]) => name).filter(isSecretHeader);
  return auth === "none" ? names.filter((name) => name.toLowerCase() !== "authorization") : names;
}

/**
 * Why a request's credentials may not travel where it goes, with a code and words that end a sentence; null where they
 * may: to the target, over TLS or within this machine. Pure.
 */
function credentialsRefusal(
  request: MaterialRequest,
  auth: StepToSend["options"]["auth"],
  options: Dressing,
): { readonly code: string; readonly message: string } | null {
  if (options.target.kind === "mock") return null;
  const [name] = credentialNames(request, auth, options);
  if (name === undefined) return null;
  const { origin, protocol, hostname, host } = new URL(request.url);
  if (leavesTarget(request, options)) {
    const message = `it carries ${name} to ${origin}, and credentials go to the target only; nothing was sent`;
    return { code: "ERR_CREDENTIALS_ELSEWHERE", message };
  }
  if (protocol === "https:" || isLoopbackHost(hostname)) return null;
  const looked = hostname.includes(".")
    ? ""
    : " (a name such as that of a compose network may lead anywhere)";
  const message = `it carries ${name} over plain HTTP to ${host}, which is not loopback${looked}, so that anybody on the way could read it; use https; nothing was sent`;
  return { code: "ERR_PLAIN_CREDENTIALS", message };
}

/** @throws RefusedRequest where a request's credentials may not travel where it goes. */
export function checkCredentials(request: MaterialRequest, step: StepToSend, options: RunOptions): void {
  const refusal = credentialsRefusal(request, step.options.auth, options);
  if (refusal === null) return;
  const at = { file: options.plan.scenario.file, line: 1, column: 1 };
  throw new RefusedRequest(refusal.code, `step ${step.id}: ${refusal.message}`, at);
}

function layOver(headers: HeaderList, over: HeaderList): HeaderList {
  return over.reduce((all, [name, value]) => withHeader(all, name, value), headers);
}

function layUnder(headers: HeaderList, under: HeaderList): HeaderList {
  const missing = under.filter(([name]) => headerValue(headers, name) === null);
  return missing.length === 0 ? headers : [...headers, ...missing];
}

/**
 * The header lines with which a request is sent: its own, over those the ones of `-H`, under them the target's. The
 * target's credential takes the place of any other on a mock; elsewhere what a scenario or `-H` sets outranks it. A request
 * to another host carries nothing but its own: anything given with `-H` may be a credential, whatever its name. Pure.
 */
export function dressedHeaders(
  request: MaterialRequest,
  {
    auth,
    authorization,
  }: { readonly auth: StepToSend["options"]["auth"]; readonly authorization: string | null },
  options: Dressing,
): HeaderList {
  const { target, headers } = options;
  if (leavesTarget(request, options)) return request.headers;
  const own = layOver(request.headers, headers);
  const lines = target.manners === undefined ? own : layUnder(own, target.manners.headers(auth));
  if (auth === "none") return withHeader(lines, "authorization", null);
  if (authorization === null) return lines;
  const outranked =
    target.kind !== "mock" && auth === "valid" && headerValue(lines, "authorization") !== null;
  return outranked ? lines : withHeader(lines, "authorization", authorization);
}
