import type { Cause } from "../../../src/core/causes.js";
import type { Diagnosis } from "../../../src/diagnose/diagnose.js";
import type { Exchange } from "../../../src/journal/journal.js";
import { NO_POLICY } from "../../../src/policy/lay-over.js";
import type { Policy } from "../../../src/policy/policy.js";
import type { Case, Judged } from "./judge/judge-scenario.js";
import { certainlyWrong, isDistinguishable } from "./judge/score.js";
import { GRADED_REFUSALS } from "./judge/truth.js";
import type { Scenario } from "./scenario.js";

function differences(found: unknown, usual: unknown, path: string): readonly string[] {
  if (JSON.stringify(found) === JSON.stringify(usual)) return [];
  const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !("kind" in value);
  if (!isMap(found) || !isMap(usual)) return [`${path} ${JSON.stringify(found)}`];
  return Object.keys(found).flatMap((name) =>
    differences(found[name], usual[name], path === "" ? name : `${path}.${name}`),
  );
}

const LEFT_OUT = ["name", "description", "source", "sources", "unknown", "paths", "routes"];

function policyLines(policy: Policy): readonly string[] {
  const lines = Object.entries(policy)
    .filter(([name]) => !LEFT_OUT.includes(name))
    .flatMap(([name, value]) =>
      differences(value, (NO_POLICY as unknown as Record<string, unknown>)[name], name),
    );
  return lines.map((line) => `    ${line}`);
}

function shown(exchange: Exchange): string {
  const { id, step, request, response, error, idempotencyKey, ifMatch, etag, timings, writer } = exchange;
  const path = request.url.replace(/^https?:\/\/[^/]+/, "");
  const credentials = request.headers.find(([name]) => name === "authorization")?.[1] ?? "no credentials";
  return [
    `    ${id} ${step}${writer === null ? "" : ` w${writer}`} ${timings.startMs}-${timings.endMs ?? "?"}`,
    `${request.method} ${path}`,
    idempotencyKey === null ? "" : `key=${idempotencyKey}`,
    ifMatch === null ? "" : `if-match=${ifMatch}`,
    credentials.replace("Bearer <secret:", "as ").replace(">", ""),
    request.body,
    `-> ${response === null ? `${error?.code} (${error?.phase})` : response.status}`,
    etag === null ? "" : `etag=${etag}`,
    response?.body.slice(0, 220) ?? "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** True where what was said of an exchange is wrong, or nothing was, though it could have been known. Pure. */
export function isWrong(each: Case): boolean {
  if (each.truth.kind === "apart") return false;
  if (certainlyWrong(each, "refusal").length + certainlyWrong(each, "anomaly").length > 0) return true;
  if (!isDistinguishable(each)) return false;
  const { kind, cause } = each.truth;
  const refusal = each.refusals[0]?.cause ?? null;
  if (refusal !== (kind === "refusal" ? cause : null)) return true;
  return kind === "anomaly" && !each.anomalies.some((said) => said.cause === cause);
}

/** True where the control is there and nobody was certain. Pure. */
export function isUncertain({ hasControl, refusals, truth }: Case): boolean {
  return (
    hasControl && !refusals.some(({ cause, certainty }) => cause === truth.cause && certainty === "certain")
  );
}

/** The rivals that nothing contradicts stand first: they are what keeps a diagnosis from being certain. */
function toldLines(
  { kind, cause, certainty, movedBy, ruledOut, evidence }: Diagnosis,
  isLong: boolean,
): string {
  const open = GRADED_REFUSALS.filter(
    (rival) => rival !== cause && !ruledOut.some((out) => out.cause === rival),
  );
  const head = `    ${kind} ${cause} ${certainty}${movedBy === null ? "" : ` moved by ${movedBy}`}`;
  if (!isLong) return head;
  const reasons = new Map<string, Cause[]>();
  for (const out of ruledOut) reasons.set(out.because, [...(reasons.get(out.because) ?? []), out.cause]);
  return [
    head,
    ...(kind === "refusal" && open.length > 0 ? [`      open: ${open.join(", ")}`] : []),
    ...evidence.map(({ exchange, fact }) => `      + ${exchange ?? "-"}: ${fact}`),
    ...[...reasons].map(([because, causes]) => `      not ${causes.join(", ")}: ${because}`),
  ].join("\n");
}

/** A case as whoever looks for the reason wants to see it. Pure. */
export function show(scenario: Scenario, judged: Judged, each: Case): string {
  const { exchange, truth, twins, target, seed, hasControl } = each;
  const said = judged.diagnoses
    .filter((diagnosis) => diagnosis.exchange === exchange)
    .map((diagnosis, index) => toldLines(diagnosis, index === 0 || diagnosis.cause === truth.cause));
  return [
    `--- ${target} ${seed}, ${exchange}: truth ${truth.cause}${truth.movedBy === null ? "" : ` moved by ${truth.movedBy}`}${hasControl ? ", with its control" : ""}`,
    ...twins.map(({ cause, differsIn }) => `    twin: ${cause} by ${differsIn}`),
    ...(each.rivalOfTwo == null ? [] : [`    pair: ${each.rivalOfTwo}`]),
    "  said:",
    ...(said.length === 0 ? ["    nothing"] : said),
    "  exchanges:",
    ...judged.exchanges.map(shown),
    "  policy:",
    ...policyLines(scenario.policy),
  ].join("\n");
}
