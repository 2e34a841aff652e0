import { formatDuration } from "../../../../src/core/duration.js";
import type { ConcurrencyPolicy, Validator } from "../../../../src/policy/concurrency-policy.js";
import type { Atomicity, IdempotencyPolicy } from "../../../../src/policy/idempotency-policy.js";
import type { FaultRule } from "../../../../src/policy/policy.js";
import { EXECUTE_ROUTE, type ModelPolicy, THING_ROUTE, THINGS } from "../spec/rules.js";

type Written = Readonly<Record<string, unknown>>;

/** A bare word, or the map that it is short for. */
function word(kind: string, wordy: boolean): unknown {
  return wordy ? { kind } : kind;
}

function atomicity(value: Atomicity, wordy: boolean): unknown {
  return value.kind === "atomic"
    ? word("atomic", wordy)
    : { kind: "check-then-set", window: formatDuration(value.windowMs) };
}

/** How one field of the idempotency part is written where that is not its value as it stands. */
const KEYS: { [Name in keyof IdempotencyPolicy]?: (of: IdempotencyPolicy, wordy: boolean) => Written } = {
  carrier: ({ carrier }) => ({ carrier: `${carrier.kind} ${carrier.name}` }),
  fingerprint: ({ fingerprint }, wordy) => ({
    fingerprint: {
      ...fingerprint,
      body:
        fingerprint.body.kind === "fields"
          ? { fields: fingerprint.body.fields }
          : word(fingerprint.body.kind, wordy),
    },
  }),
  inFlight: ({ inFlight: { retryAfterMs, ...rest } }) => ({
    inFlight: { ...rest, retryAfter: retryAfterMs === null ? null : formatDuration(retryAfterMs) },
  }),
  claim: ({ claim }, wordy) => ({ claim: atomicity(claim, wordy) }),
  replay: ({ replay }) => ({
    replay: { ...replay, marker: replay.marker === null ? null : `header ${replay.marker}` },
  }),
  ttlMs: ({ ttlMs }) => ({ ttl: ttlMs === null ? "forever" : formatDuration(ttlMs) }),
  afterExpiry: ({ afterExpiry }, wordy) => ({
    afterExpiry: afterExpiry.kind === "execute" ? word("execute", wordy) : { status: afterExpiry.status },
  }),
};

function validator(value: Validator, wordy: boolean): unknown {
  return value.kind === "version" || value.kind === "revision" ? value : word(value.kind, wordy);
}

const VERSIONS: { [Name in keyof ConcurrencyPolicy]?: (of: ConcurrencyPolicy, wordy: boolean) => Written } = {
  validator: (of, wordy) => ({ validator: validator(of.validator, wordy) }),
  readFrom: ({ readFrom }) => ({
    readFrom: readFrom.map((source) =>
      source.kind === "if-match" ? "if-match" : `${source.kind} ${source.name}`,
    ),
  }),
  stale: ({ stale: { outcome, status, hint } }, wordy) => ({
    stale: outcome === "refuse" ? { status, hint } : word(outcome, wordy),
  }),
  absent: ({ absent }, wordy) => ({
    absent: Object.fromEntries(
      Object.entries(absent).map(([method, each]) => [
        method,
        each.kind === "refuse" ? { status: each.status } : word("accepted", wordy),
      ]),
    ),
  }),
  readLagMs: ({ readLagMs }) => ({ readLag: formatDuration(readLagMs) }),
  check: ({ check }, wordy) => ({ check: atomicity(check, wordy) }),
};

function written<Part extends object>(
  whole: Part,
  names: readonly string[],
  special: { readonly [Name in keyof Part]?: (of: Part, wordy: boolean) => Written },
  wordy: boolean,
): Written {
  return Object.assign(
    {},
    ...names.map((name) => {
      const write = special[name as keyof Part];
      return write === undefined ? { [name]: whole[name as keyof Part] } : write(whole, wordy);
    }),
  );
}

/** A policy that says something to no effect is refused: without a validator or a place to read one these say nothing. */
function withEffect(
  names: readonly string[],
  { validator: { kind }, readFrom }: ConcurrencyPolicy,
): readonly string[] {
  const idle = [
    ...(kind === "none" || readFrom.length === 0 ? ["absent", "stale", "readFrom"] : []),
    ...(kind === "none" ? ["createOnly"] : []),
  ];
  return names.filter((name) => !idle.includes(name));
}

function fault({ on, kind, status, probability }: FaultRule): Written {
  const route = on.route === null ? {} : { route: `${on.route.method} ${on.route.path}` };
  const nth = on.nth === null ? {} : { nth: on.nth };
  return { on: { ...route, ...nth }, kind, status, probability };
}

function override({ override: over, idempotency, concurrency, wordy }: ModelPolicy): readonly Written[] {
  if (over === null) return [];
  const keys = { ...idempotency, ...over.idempotency };
  const versions = { ...concurrency, ...over.concurrency };
  return [
    {
      match: `${over.method} ${THING_ROUTE}`,
      idempotency: written(keys, Object.keys(over.idempotency), KEYS, wordy),
      concurrency: written(versions, withEffect(Object.keys(over.concurrency), versions), VERSIONS, wordy),
      ...(over.method === "DELETE" ? { success: { status: 204, body: "empty" } } : {}),
    },
  ];
}

const ROUTES = [
  { match: `POST ${EXECUTE_ROUTE}`, concurrency: { validator: "none", readFrom: [] } },
  { match: `POST ${THINGS}`, success: { status: 201 } },
  { match: `DELETE ${THING_ROUTE}`, success: { status: 204, body: "empty" } },
];

/** The policy as a user would write it: JSON, which is YAML, with every field said. */
export function policyText(policy: ModelPolicy): string {
  const { order, idempotency, concurrency, success, latency, rateLimit, errors, wordy } = policy;
  const { locks, terminal, permissions, faults, unique, references } = policy;
  const own = override(policy);
  const { forMs = null, ...lock } = locks ?? { states: [] };
  return JSON.stringify({
    extends: "none",
    order,
    idempotency: written(idempotency, Object.keys(idempotency), KEYS, wordy),
    concurrency: written(concurrency, withEffect(Object.keys(concurrency), concurrency), VERSIONS, wordy),
    success,
    latency: { base: formatDuration(latency.baseMs), jitter: formatDuration(latency.jitterMs) },
    locks:
      locks === null
        ? null
        : { ...lock, for: forMs === null ? "until-state-changes" : formatDuration(forMs) },
    terminal,
    permissions,
    rateLimit,
    errors,
    unique,
    references,
    faults: faults.map(fault),
    routes: [...own, ...ROUTES.filter(({ match }) => match !== own[0]?.match)],
  });
}
