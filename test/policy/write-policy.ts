import { formatDuration } from "../../src/core/duration.js";
import type { AbsentPolicy, ConcurrencyPolicy } from "../../src/policy/concurrency-policy.js";
import type { Atomicity, IdempotencyPolicy } from "../../src/policy/idempotency-policy.js";
import type {
  Dimensions,
  FaultRule,
  Layer,
  OpenQuestion,
  Policy,
  RouteMatch,
} from "../../src/policy/policy.js";
import type {
  AbsentFile,
  AtomicityFile,
  ConcurrencyFile,
  IdempotencyFile,
  LayerFile,
  PolicyFile,
} from "../../src/policy/policy-file.js";

type Written<File> = { readonly [Name in keyof File]?: File[Name] | undefined };

/** Takes out what the layer does not say. */
function said<File extends object>(file: Written<File>): File {
  return Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined)) as File;
}

function given<From, To>(value: From | undefined, write: (value: From) => To): To | undefined {
  return value === undefined ? undefined : write(value);
}

function atomicity(value: Atomicity): AtomicityFile {
  return value.kind === "atomic" ? "atomic" : { kind: value.kind, window: formatDuration(value.windowMs) };
}

function keys(layer: Layer<IdempotencyPolicy>): IdempotencyFile {
  const { carrier, fingerprint, inFlight, claim, replay, ttlMs, afterExpiry, ...same } = layer;
  return said<IdempotencyFile>({
    ...(same as IdempotencyFile),
    carrier: given(carrier, ({ kind, name }) => `${kind} ${name}`),
    fingerprint: given(fingerprint, ({ body, ...rest }) =>
      said<NonNullable<IdempotencyFile["fingerprint"]>>({
        ...rest,
        body: given(body, (each) => (each.kind === "fields" ? { fields: each.fields } : each.kind)),
      }),
    ),
    inFlight: given(inFlight, ({ retryAfterMs, ...rest }) =>
      said<NonNullable<IdempotencyFile["inFlight"]>>({
        ...rest,
        retryAfter: given(retryAfterMs, (each) => (each === null ? null : formatDuration(each))),
      }),
    ),
    claim: given(claim, atomicity),
    replay: given(replay, ({ marker, ...rest }) =>
      said<NonNullable<IdempotencyFile["replay"]>>({
        ...rest,
        marker: given(marker, (each) => (each === null ? null : `header ${each}`)),
      }),
    ),
    ttl: given(ttlMs, (each) => (each === null ? "forever" : formatDuration(each))),
    afterExpiry: given(afterExpiry, (each) =>
      each.kind === "execute" ? "execute" : { status: each.status },
    ),
  });
}

function absentFile(absent: AbsentPolicy): AbsentFile {
  return absent.kind === "accepted" ? "accepted" : { status: absent.status };
}

function staleFile(stale: Layer<ConcurrencyPolicy["stale"]>): NonNullable<ConcurrencyFile["stale"]> {
  const { outcome, ...rest } = stale;
  return outcome === "accepted" || outcome === "200-with-error" ? outcome : rest;
}

function versions(layer: Layer<ConcurrencyPolicy>): ConcurrencyFile {
  const { readFrom, stale, absent, readLagMs, check, ...same } = layer;
  return said<ConcurrencyFile>({
    ...(same as ConcurrencyFile),
    readFrom: given(readFrom, (sources) =>
      sources.map((source) => (source.kind === "if-match" ? source.kind : `${source.kind} ${source.name}`)),
    ),
    stale: given(stale, staleFile),
    absent: given(absent, (methods) =>
      Object.fromEntries(Object.entries(methods).map(([method, each]) => [method, absentFile(each)])),
    ),
    readLag: given(readLagMs, formatDuration),
    check: given(check, atomicity),
  });
}

function routeText({ method, path }: RouteMatch): string {
  return `${method} ${path}`;
}

function faultFile({ on, forMs, ...same }: FaultRule): NonNullable<LayerFile["faults"]>[number] {
  return {
    ...same,
    for: formatDuration(forMs),
    on: {
      ...(on.route === null ? {} : { route: routeText(on.route) }),
      ...(on.step === null ? {} : { step: on.step }),
      ...(on.nth === null ? {} : { nth: on.nth }),
    },
  };
}

function layerFile(layer: Layer<Dimensions>): LayerFile {
  const { idempotency, concurrency, churn, locks, latency, faults, ...same } = layer;
  return said<LayerFile>({
    ...(same as LayerFile),
    idempotency: given(idempotency, keys),
    concurrency: given(concurrency, versions),
    churn: given(churn as Dimensions["churn"] | undefined, (each) =>
      each === null
        ? null
        : { every: formatDuration(each.everyMs), jitter: formatDuration(each.jitterMs), on: each.on },
    ),
    locks: given(locks as Dimensions["locks"] | undefined, (each) => {
      if (each === null) return null;
      const { forMs, states, ...rest } = each;
      const length = forMs === null ? "until-state-changes" : formatDuration(forMs);
      return { ...rest, states: states as NonNullable<LayerFile["locks"]>["states"], for: length };
    }),
    latency: given(latency, ({ baseMs, jitterMs }) =>
      said<NonNullable<LayerFile["latency"]>>({
        base: given(baseMs, formatDuration),
        jitter: given(jitterMs, formatDuration),
      }),
    ),
    faults: given(faults, (rules) => rules.map(faultFile)),
  });
}

function questions(unknown: readonly OpenQuestion[]): Readonly<Record<string, string>> {
  return Object.fromEntries(unknown.map(({ dimension, note }) => [dimension, note]));
}

/** A policy as a file that extends nothing and says everything. */
export function writePolicy(policy: Policy): PolicyFile {
  const { name: _name, description, source, sources, paths, unknown, routes, ...dimensions } = policy;
  return {
    extends: "none",
    description,
    ...(source === null ? {} : { source }),
    sources,
    paths,
    unknown: questions(unknown),
    ...layerFile(dimensions),
    routes: routes.map((rule) => ({
      match: routeText(rule.match),
      ...(rule.description === null ? {} : { description: rule.description }),
      ...(rule.source === null ? {} : { source: rule.source }),
      sources: rule.sources,
      unknown: questions(rule.unknown),
      ...layerFile(rule.overrides),
    })),
  };
}
