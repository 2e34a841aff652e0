import fc from "fast-check";
import { expect, test } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import { createKeyEngine, type KeyEngine } from "../../src/idempotency/engine.js";
import type { Claim } from "../../src/idempotency/idempotency.js";
import type { IdempotencyPolicy } from "../../src/policy/idempotency-policy.js";
import type { PresetName } from "../../src/policy/preset-names.js";
import { presetFor } from "../../src/policy/presets.js";
import { routePolicy } from "../../src/policy/route-policy.js";
import { anEnding, aRequest, atOnce, claimOf } from "./a-request.js";

/**
 * What each preset promises, told in its own few words and nothing of the engine: which requests share a key, what
 * makes a repeat the same, how long it holds, and which ends are remembered.
 */
interface Promised {
  readonly route: string;
  readonly identity: (request: Request) => string;
  readonly sameness: (request: Request) => string;
  readonly mismatchStatus: number;
  readonly replayStatus: (first: number) => number;
  readonly afterFailure: "executes" | "replays" | "conflicts";
}

interface Request {
  readonly key: string;
  readonly path: string;
  readonly value: number;
  /** Which of several spellings of the same value. */
  readonly spelling: number;
}

const byValue = ({ path, value }: Request): string => `${path} ${value}`;

const PROMISES: Readonly<Partial<Record<PresetName, Promised>>> = {
  "forum-lore": {
    route: "/x",
    identity: ({ key, path }) => `${key} ${path}`,
    sameness: byValue,
    mismatchStatus: 409,
    replayStatus: (first) => first,
    afterFailure: "conflicts",
  },
  "stripe-like": {
    route: "/x",
    identity: ({ key }) => key,
    sameness: byValue,
    mismatchStatus: 400,
    replayStatus: (first) => first,
    afterFailure: "replays",
  },
  "ietf-draft": {
    route: "/x",
    identity: ({ key, path }) => `${key} ${path}`,
    sameness: byValue,
    mismatchStatus: 422,
    replayStatus: (first) => first,
    afterFailure: "replays",
  },
};

const LIFE_MS = 24 * 3_600_000;

function spelled({ value, spelling }: Request): string {
  return (
    [`{"a":${value},"b":"x"}`, `{"b":"x","a":${value}.0}`, `{ "a": ${value}, "b": "\\u0078" }`][spelling] ??
    ""
  );
}

/** What the specification knows of one key. */
interface Known {
  readonly sameness: string;
  readonly bornMs: number;
  end: "running" | "succeeded" | "failed";
  status: number;
}

class Model {
  readonly known = new Map<string, Known>();
  nowMs = 0;
}

class Real {
  readonly clock = virtualClock(0);
  readonly engine: KeyEngine = createKeyEngine({ clock: this.clock });
  readonly claims = new Map<string, Claim>();
  readonly policy: IdempotencyPolicy;
  readonly promise: Promised;

  constructor(policy: IdempotencyPolicy, promise: Promised) {
    this.policy = policy;
    this.promise = promise;
  }
}

function expected(model: Model, promise: Promised, request: Request): string {
  const known = model.known.get(promise.identity(request));
  if (known === undefined || model.nowMs >= known.bornMs + LIFE_MS) return "executes";
  if (known.end === "failed" && promise.afterFailure === "executes") return "executes";
  if (known.sameness !== promise.sameness(request)) return `refused ${promise.mismatchStatus}`;
  if (known.end === "running") return "refused 409";
  if (known.end === "failed" && promise.afterFailure === "conflicts") return "refused 409";
  return `replayed ${promise.replayStatus(known.status)}`;
}

class Send implements fc.AsyncCommand<Model, Real> {
  readonly request: Request;
  readonly end: Known["end"];

  constructor(request: Request, end: Known["end"]) {
    this.request = request;
    this.end = end;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    const { policy, promise } = real;
    const wanted = expected(model, promise, this.request);
    const beginning = atOnce(real.engine.begin(this.asSent(policy), policy));
    const found =
      beginning.kind === "execute"
        ? "executes"
        : `${beginning.kind === "replay" ? "replayed" : "refused"} ${"status" in beginning ? beginning.status : "-"}`;
    expect(found).toBe(wanted);
    if (wanted !== "executes") return;
    const identity = promise.identity(this.request);
    real.claims.set(identity, claimOf(beginning));
    model.known.set(identity, {
      sameness: promise.sameness(this.request),
      bornMs: model.nowMs,
      end: "running",
      status: 0,
    });
    if (this.end !== "running") finish(model, real, { identity, end: this.end });
  }

  asSent(policy: IdempotencyPolicy): ReturnType<typeof aRequest> {
    const { key, path } = this.request;
    const sent = policy.syntax === "quoted" ? `"${key}"` : key;
    return aRequest({ method: "POST", key: sent, path, body: spelled(this.request) });
  }

  toString(): string {
    const { key, path, value, spelling } = this.request;
    return `${key} ${path} value ${value} spelling ${spelling} -> ${this.end}`;
  }
}

function finish(
  model: Model,
  real: Real,
  { identity, end }: { identity: string; end: "succeeded" | "failed" },
): void {
  const known = model.known.get(identity);
  const claim = real.claims.get(identity);
  if (known === undefined || claim === undefined) return;
  const status = end === "succeeded" ? 201 : 503;
  const outcome = end === "succeeded" ? "2xx" : "5xx";
  atOnce(
    real.engine.complete(claim, anEnding({ outcome, status, effect: end === "succeeded" }), real.policy),
  );
  Object.assign(known, { end, status });
}

/** Ends the oldest request that still runs. */
class Finish implements fc.AsyncCommand<Model, Real> {
  readonly end: "succeeded" | "failed";

  constructor(end: "succeeded" | "failed") {
    this.end = end;
  }

  check(model: Readonly<Model>): boolean {
    return [...model.known.values()].some(({ end }) => end === "running");
  }

  async run(model: Model, real: Real): Promise<void> {
    const [identity = ""] = [...model.known].find(([, { end }]) => end === "running") ?? [];
    finish(model, real, { identity, end: this.end });
  }

  toString(): string {
    return `finish ${this.end}`;
  }
}

class Wait implements fc.AsyncCommand<Model, Real> {
  readonly durationMs: number;

  constructor(durationMs: number) {
    this.durationMs = durationMs;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await real.clock.advance(this.durationMs);
    model.nowMs += this.durationMs;
  }

  toString(): string {
    return `wait ${this.durationMs}`;
  }
}

const request = fc.record({
  key: fc.constantFrom("k1", "k2"),
  path: fc.constantFrom("/x/1", "/x/2"),
  value: fc.constantFrom(1, 2),
  spelling: fc.nat(2),
});
const commands = fc.commands(
  [
    fc
      .tuple(request, fc.constantFrom<Known["end"]>("running", "succeeded", "succeeded", "failed"))
      .map(([sent, end]) => new Send(sent, end)),
    fc.constantFrom<"succeeded" | "failed">("succeeded", "failed").map((end) => new Finish(end)),
    fc
      .constantFrom(1, LIFE_MS / 2, LIFE_MS - 1, LIFE_MS, 2 * LIFE_MS)
      .map((durationMs) => new Wait(durationMs)),
  ],
  { maxCommands: 40 },
);

test.each(Object.entries(PROMISES))(
  "any sequence of requests gets what %s promises",
  async (name, promise) => {
    const policy = routePolicy(presetFor(name as PresetName), "POST", promise.route).idempotency;
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        await fc.asyncModelRun(() => ({ model: new Model(), real: new Real(policy, promise) }), sequence);
      }),
      { numRuns: 100 },
    );
  },
);
