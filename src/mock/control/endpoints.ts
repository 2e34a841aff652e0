import type { AdjustableClock } from "../../core/clock.js";
import { parseDuration } from "../../core/duration.js";
import { formatPosition, GcidemError } from "../../core/errors.js";
import type { AuthKind, Reset } from "../../core/target.js";
import { andThen, type MaybePromise } from "../../idempotency/maybe-promise.js";
import type { FaultKind, Policy } from "../../policy/policy.js";
import { isPresetName, presetFor } from "../../policy/presets.js";
import { writtenFile } from "../../policy/written-file.js";
import type { Mock } from "../mock.js";
import type { MockRequest } from "../request.js";
import { type ControlAnswer, DONE, found, refusing } from "./control-answer.js";
import { type ReadBody, readJson, readText } from "./read-body.js";
import { toWorld, type WorldInput, worldShape } from "./read-world.js";
import { object, orNull, type Shape, text, that } from "./shape.js";

/** What the control endpoints can do to a mock. */
export interface Controlled
  extends Pick<
    Mock,
    "policy" | "trace" | "reset" | "setPolicy" | "catchUp" | "arm" | "announce" | "token" | "save"
  > {
  readonly clock: Pick<AdjustableClock, "advance" | "epochMs">;
  /** What the mock began with, for what a reset leaves out. */
  readonly beginning: Reset;
}

type Run = (request: MockRequest, mock: Controlled) => MaybePromise<ControlAnswer>;

/** One control endpoint: what each method that it knows does. */
export type Endpoint = Readonly<Partial<Record<"GET" | "POST" | "PUT", Run>>>;

function ifRead<T>(
  read: ReadBody<T>,
  act: (value: T) => MaybePromise<ControlAnswer>,
): MaybePromise<ControlAnswer> {
  return read.ok ? act(read.value) : read.answer;
}

/** The last instant that `Date` can say: RFC 9110, 5.6.7 has four digits for the year. */
const LAST_EPOCH_MS = Date.UTC(9999, 11, 31);

const advanceShape: Shape = object({
  advance: that("a duration such as 250ms, 5s, 15m or 24h", (value) =>
    typeof value === "string" ? parseDuration(value) !== null : false,
  ),
});

const clock: Endpoint = {
  GET: (_request, mock) =>
    andThen(mock.catchUp(), () => found(JSON.stringify({ epochMs: mock.clock.epochMs() }))),
  POST: (request, mock) =>
    ifRead(readJson<{ readonly advance: string }>(request, advanceShape), ({ advance }) => {
      const durationMs = parseDuration(advance) ?? Number.NaN;
      if (mock.clock.epochMs() + durationMs <= LAST_EPOCH_MS) {
        return mock.clock.advance(durationMs).then(() => DONE);
      }
      return refusing(400, `advance: found ${advance}, expected less: HTTP's dates end with the year 9999`);
    }),
};

const trace: Endpoint = { GET: (_request, mock) => found(JSON.stringify(mock.trace())) };

const state: Endpoint = { GET: (_request, mock) => andThen(mock.save(), found) };

const seed: Shape = that(
  "a whole number from 0 to 4294967295",
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffff_ffff,
);
const resetShape: Shape = object({}, { seed, world: orNull(worldShape) });

interface ResetInput {
  readonly seed?: number;
  readonly world?: WorldInput | null;
}

const reset: Endpoint = {
  POST: (request, mock) => {
    // `curl -X POST .../reset` sends no body and no type; a page that did so would carry an Origin.
    const bare = request.body.length === 0 && request.headers["content-type"] === undefined;
    const read = bare ? { ok: true as const, value: {} } : readJson<ResetInput>(request, resetShape);
    return ifRead<ResetInput>(read, (to) => {
      const { beginning } = mock;
      const world = to.world === undefined ? beginning.world : to.world === null ? null : toWorld(to.world);
      return andThen(mock.reset({ seed: to.seed ?? beginning.seed, world }), () => DONE);
    });
  },
};

/** A policy that says nothing but which preset it extends is that preset. */
function asPreset(policy: Policy): Policy {
  const { extends: name, ...said } = writtenFile(policy) ?? {};
  return name !== undefined && isPresetName(name) && Object.keys(said).length === 0
    ? presetFor(name)
    : policy;
}

/** The policy of a text, or all of its problems. The schema library is loaded for this alone. */
async function readPolicy(body: string): Promise<ReadBody<Policy>> {
  const { parsePolicy } = await import("../../policy/read-policy.js");
  try {
    return { ok: true, value: asPreset(parsePolicy(body, "inline")) };
  } catch (error) {
    if (!(error instanceof GcidemError)) throw error;
    const lines = error.problems.map(({ at, message, hint }) => {
      const line = `${formatPosition({ ...at, file: "body" })}: ${message}`;
      return hint === undefined ? line : `${line} (${hint})`;
    });
    return { ok: false, answer: refusing(400, lines.length === 0 ? error.message : lines.join("\n")) };
  }
}

const policy: Endpoint = {
  GET: (_request, mock) =>
    andThen(mock.catchUp(), () => {
      const obeyed = mock.policy();
      const { name, description } = obeyed;
      return found(JSON.stringify({ name, description, file: writtenFile(obeyed) }));
    }),
  PUT: (request, mock) =>
    ifRead(readText(request, { yaml: true }), async (body) =>
      ifRead(await readPolicy(body), (read) => andThen(mock.setPolicy(read), () => DONE)),
    ),
};

/** By name, so that a kind which a policy gains cannot be forgotten here. */
const FAULT_KINDS: Readonly<Record<FaultKind, true>> = {
  "drop-response": true,
  "reset-before": true,
  "reset-after": true,
  delay: true,
  "5xx-before": true,
  "5xx-after": true,
  "429": true,
  truncate: true,
  "wrong-length": true,
  "bad-gzip": true,
  garbage: true,
  "slow-drip": true,
  "duplicate-delivery": true,
  "expire-token": true,
  "spurious-conflict": true,
};
const faultShape: Shape = object({
  kind: that(
    `one of ${Object.keys(FAULT_KINDS).join(", ")}`,
    (value) => typeof value === "string" && Object.hasOwn(FAULT_KINDS, value),
  ),
});

const fault: Endpoint = {
  POST: (request, mock) =>
    ifRead(readJson<{ readonly kind: FaultKind }>(request, faultShape), (armed) => {
      mock.arm(armed);
      return DONE;
    }),
};

const step: Endpoint = {
  POST: (request, mock) =>
    ifRead(readJson<{ readonly id: string }>(request, object({ id: text })), ({ id }) => {
      mock.announce(id);
      return DONE;
    }),
};

const AUTH_KINDS: Readonly<Record<AuthKind, true>> = {
  valid: true,
  none: true,
  invalid: true,
  expired: true,
};
const tokenShape: Shape = object(
  {},
  {
    principal: orNull(text),
    auth: that(
      `one of ${Object.keys(AUTH_KINDS).join(", ")}`,
      (value) => typeof value === "string" && Object.hasOwn(AUTH_KINDS, value),
    ),
  },
);

interface TokenInput {
  readonly principal?: string | null;
  readonly auth?: AuthKind;
}

const token: Endpoint = {
  POST: (request, mock) =>
    ifRead(readJson<TokenInput>(request, tokenShape), ({ principal = null, auth = "valid" }) =>
      andThen(mock.catchUp(), () => found(JSON.stringify({ token: mock.token(principal, auth) }))),
    ),
};

/** The endpoints, by the path behind `/__gcidem/`. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map(
  Object.entries({ clock, trace, reset, policy, state, fault, step, token }),
);
