import type { TargetProfile } from "../../src/config/config.js";
import { buildPlan } from "../../src/plan/build-plan.js";
import type { RunPlan } from "../../src/plan/plan.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import type { SessionOptions, TargetChoice } from "../../src/session/session.js";

/** The plan of a scenario's text. */
export function planOf(text: string): RunPlan {
  return buildPlan(loadScenario(text, "it.yaml"));
}

/** A target by its URL. */
export function at(baseUrl: string): TargetChoice {
  return { kind: "http", baseUrl };
}

/** A target whose profile has nothing but an address, and what is given here. */
export function profiled(baseUrl: string, more: Partial<TargetProfile> = {}): TargetChoice {
  const source = "gcidem.config.yaml:4:5";
  const profile: TargetProfile = {
    name: "prod",
    kind: "http",
    baseUrl: { value: baseUrl, source },
    credentials: null,
    headers: [],
    allowedOrigins: [],
    maxRequests: null,
    maxRatePerMinute: null,
    proxy: null,
    ca: null,
    clientCertificate: null,
    names: {
      idempotencyKey: { header: "Idempotency-Key", syntax: "bare" },
      correlationId: ["inin-correlation-id"],
      sentCorrelationId: null,
      validator: "ETag",
    },
    subjectRules: [],
    redaction: { headers: [], members: [] },
    allowedEnv: [],
    warnings: [],
    settings: [],
    ...more,
  };
  return { kind: "profile", baseUrl, profile };
}

type Safety = SessionOptions["safety"];

/** Options of a session; without leave unless it is given here. */
export function optionsFor(
  target: TargetChoice,
  safety: Partial<Safety> = {},
  more: Partial<SessionOptions> = {},
): SessionOptions {
  return {
    target,
    policy: null,
    seed: null,
    given: new Map(),
    headers: [],
    allowedEnv: [],
    env: {},
    runsFolder: "unused",
    runsFolderIgnored: false,
    timeoutMs: null,
    maxWaitMs: 60_000,
    maxRequests: null,
    rounds: null,
    technique: "auto",
    ca: null,
    safety: { readOnly: false, allowWrites: false, allowDestructive: false, only: [], ...safety },
    bail: false,
    requireExpectations: false,
    interrupt: new AbortController().signal,
    observer: { onStep: () => undefined, onWarning: () => undefined },
    ...more,
  };
}
