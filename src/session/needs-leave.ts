import type { HeaderList } from "../core/http.js";
import { isLoopbackHost } from "../core/loopback.js";
import { isSecretHeader } from "../core/redact.js";
import { sendingSteps } from "../plan/build-plan.js";
import type { RunPlan } from "../plan/plan.js";
import { expressionsOf } from "../scenario/find-templates.js";
import type { SendingStep, Template } from "../scenario/scenario.js";
import type { SessionOptions, TargetChoice } from "./session.js";

/** Header names by which somebody gives a credential, besides those that are nothing else. */
const CREDENTIAL_NAME = /auth|cookie|key|token|secret|passw|session|signature/i;
const KEY_OF_A_REQUEST = /idempoten/i;

function isCredential(name: string): boolean {
  return isSecretHeader(name) || (CREDENTIAL_NAME.test(name) && !KEY_OF_A_REQUEST.test(name));
}

function credentialTemplates(step: SendingStep): readonly (Template | null)[] {
  const headers =
    step.kind === "request"
      ? step.request.headers
      : step.mutations.flatMap((each) => (each.kind === "set" ? each.set.headers : []));
  return headers.filter(([name]) => isCredential(name)).map(([, value]) => value);
}

/** Headers that carry no credential by their names: what `-H` gives for one target goes to no other. Pure. */
export function withoutCredentials(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => !isCredential(name));
}

/** True where a value from `--var` becomes a credential: it is the user's own, whatever it is called. */
function givesCredential({ steps }: RunPlan, given: SessionOptions["given"]): boolean {
  if (given.size === 0) return false;
  const templates = steps.flatMap(({ step }) => sendingSteps(step)).flatMap(credentialTemplates);
  return templates
    .flatMap((template) => (template === null ? [] : expressionsOf(template)))
    .some((each) => each.kind === "var" && given.has(each.name));
}

function credentialReason(plan: RunPlan | null, options: SessionOptions): string | null {
  const [header] = options.headers.map(([name]) => name).filter(isCredential);
  if (header !== undefined) return `-H gives the credential ${header}`;
  const [env] = plan?.scenario.envNames ?? [];
  if (env !== undefined) return `the scenario reads $(env.${env.name}), which counts as a credential`;
  if (plan !== null && givesCredential(plan, options.given)) return "--var gives a credential";
  return null;
}

function profileReason({ profile }: Extract<TargetChoice, { readonly kind: "profile" }>): string | null {
  if (profile.kind === "genesys") return `${profile.name} is an org of the platform, whatever its address`;
  if (profile.credentials !== null || profile.clientCertificate !== null)
    return `the credentials of ${profile.name} are in play`;
  const [header] = profile.headers.map(([name]) => name).filter(isCredential);
  return header === undefined ? null : `${profile.name} gives the credential ${header}`;
}

/** A whole URL leads to another host than the target, which the user's config allows: that it is loopback is no help there. */
function otherHostReason(plan: RunPlan | null): string | null {
  const steps = plan?.steps.flatMap(({ step }) => sendingSteps(step)) ?? [];
  const starts = steps
    .flatMap(pathTemplates)
    .map(({ parts: [start] }) => (typeof start === "string" ? start : ""));
  const other = starts.find((start) => /^https?:/i.test(start));
  return other === undefined ? null : `the scenario names another host, ${new URL(other).host}`;
}

function pathTemplates(step: SendingStep): readonly Template[] {
  if (step.kind === "request") return [step.request.path];
  return step.mutations.flatMap((each) => (each.kind === "set" && each.set.path ? [each.set.path] : []));
}

function hostReason(baseUrl: string): string | null {
  const { hostname } = new URL(baseUrl);
  if (isLoopbackHost(hostname)) return null;
  const named = `${hostname} is not plain loopback`;
  if (/^[\d.]+$|^\[/.test(hostname)) return named;
  return hostname.includes(".") && !/\.localhost$|^localhost\.$/i.test(hostname)
    ? named
    : `${named}: a name such as that of a compose network is looked up, and may lead to any machine`;
}

/**
 * Why writes to a target need leave, in words that end a sentence; null where they do not: on a mock, and on a plain
 * loopback address (`localhost`, 127.0.0.0/8, `::1`) as long as no real credentials are in play. A profile of kind
 * `genesys` always needs it. `plan` null: what is sent is not known yet. Pure.
 */
export function leaveReason(options: SessionOptions, plan: RunPlan | null): string | null {
  const { target } = options;
  if (target.kind === "mock") return null;
  const ofProfile = target.kind === "profile" ? profileReason(target) : null;
  return ofProfile ?? hostReason(target.baseUrl) ?? credentialReason(plan, options) ?? otherHostReason(plan);
}
