import { NOTHING_PROMISED } from "../../src/policy/nothing-promised.js";
import type { Dimensions } from "../../src/policy/policy.js";

/**
 * Where a dimension has no effect under the others, and why. Each rule replaces what has none by what a server that
 * promises nothing has; two policies behave alike for every client where nothing is left in which they differ.
 */
interface NoEffect {
  readonly because: string;
  readonly where: (d: Dimensions) => boolean;
  readonly leaves: (d: Dimensions) => Dimensions;
}

const N = NOTHING_PROMISED;
const K = N.idempotency;
const V = N.concurrency;

type Keys = Dimensions["idempotency"];
type Versions = Dimensions["concurrency"];

function keys(change: (k: Keys, d: Dimensions) => Partial<Keys>): NoEffect["leaves"] {
  return (d) => ({ ...d, idempotency: { ...d.idempotency, ...change(d.idempotency, d) } });
}

function versions(change: (v: Versions, d: Dimensions) => Partial<Versions>): NoEffect["leaves"] {
  return (d) => ({ ...d, concurrency: { ...d.concurrency, ...change(d.concurrency, d) } });
}

const always = (): boolean => true;
const replays = ({ idempotency: { outcomes } }: Dimensions): boolean =>
  Object.values(outcomes).includes("replay");
const hasSpuriousConflict = ({ faults }: Dimensions): boolean =>
  faults.some(({ kind }) => kind === "spurious-conflict");
const showsNoCode = ({ errors }: Dimensions): boolean => errors === "generic" || errors === "opaque";
const places = ({ readFrom }: Versions): readonly string[] => [
  ...new Set(readFrom.map((source) => ("name" in source ? `${source.kind} ${source.name}` : source.kind))),
];
const readsIfMatch = ({ readFrom }: Versions): boolean => readFrom.some(({ kind }) => kind === "if-match");
const reads = (v: Versions, kind: "body" | "query"): boolean =>
  v.readFrom.some((source) => source.kind === kind);

/** GraphQL answers 200 to all refusals but these. */
const folded = (status: number): number => (status >= 500 || status === 401 || status === 429 ? status : 200);

function comparedParts({ scope, fingerprint }: Keys): readonly unknown[] {
  return [
    fingerprint.body.kind !== "none",
    ...(["method", "path", "query"] as const).filter((part) => fingerprint[part] && !scope.includes(part)),
    ...fingerprint.headers,
  ].filter((part) => part !== false);
}

/** The tokens that are refused for what they are, whatever they say. */
function malformedKinds(v: Versions): readonly string[] {
  const isStrict = v.comparison === "strong" || v.comparison === "weak";
  const isSloppy = v.comparison === "sloppy";
  const form = "form" in v.validator ? v.validator.form : "opaque";
  return [
    ...(readsIfMatch(v) && isStrict ? ["tags"] : []),
    ...(reads(v, "body") ? [isSloppy ? "body, neither number nor text" : "body, of another type"] : []),
    ...(reads(v, "query") && !isSloppy && form === "integer" ? ["query, no number"] : []),
  ];
}

function tokenIsShownInWrites({ concurrency: { validator }, success }: Dimensions): boolean {
  if (!("name" in validator)) return true;
  return validator.etag !== "none" || (success.body === "representation" && success.status !== 204);
}

const KEYS: readonly NoEffect[] = [
  {
    because: "who does not look at keys does nothing else with them; a cache in front does by their carrier",
    where: (d) => d.idempotency.support === "ignored",
    leaves: keys((k, { front }) => ({
      ...K,
      lookup: k.lookup,
      carrier: front?.kind === "cache" && k.carrier.kind === "header" ? k.carrier : K.carrier,
    })),
  },
  {
    because: "the same where keys count on no method",
    where: (d) => d.idempotency.support !== "ignored" && d.idempotency.methods.length === 0,
    leaves: keys((k, { front }) => ({
      ...K,
      support: "honoured",
      methods: [],
      lookup: k.lookup,
      carrier: front?.kind === "cache" && k.carrier.kind === "header" ? k.carrier : K.carrier,
    })),
  },
  {
    because: "who refuses keys only has to find them",
    where: (d) => d.idempotency.support === "rejected",
    leaves: keys((k) => ({
      ...K,
      support: k.support,
      carrier: k.carrier,
      methods: k.methods,
      malformed: k.malformed,
      lookup: k.lookup,
    })),
  },
  {
    because: "the order of methods, of the parts of a scope and of headers means nothing, nor do repetitions",
    where: always,
    leaves: keys((k) => ({
      methods: [...k.methods].sort(),
      scope: [...k.scope].sort(),
      fingerprint: { ...k.fingerprint, headers: [...new Set(k.fingerprint.headers)].sort() },
    })),
  },
  {
    because: "a key in a body is a JSON string, whatever the syntax, and no answer has it as a header",
    where: (d) => d.idempotency.carrier.kind === "body",
    leaves: keys(() => ({ syntax: K.syntax, echo: K.echo })),
  },
  {
    because: "a key in the query is no header that could come back",
    where: (d) => d.idempotency.carrier.kind === "query",
    leaves: keys(() => ({ echo: K.echo })),
  },
  {
    because: "a key that nobody requires cannot be missing",
    where: (d) => d.idempotency.support !== "required",
    leaves: keys(() => ({ missing: K.missing })),
  },
  {
    because: "what is in the scope makes another key, so that it cannot differ under one",
    where: always,
    leaves: keys(({ scope, fingerprint }) => ({
      fingerprint: {
        ...fingerprint,
        method: fingerprint.method && !scope.includes("method"),
        path: fingerprint.path && !scope.includes("path"),
        query: fingerprint.query && !scope.includes("query"),
      },
    })),
  },
  {
    because: "numbers are compared where values are",
    where: (d) => ["none", "bytes", "member-names"].includes(d.idempotency.fingerprint.body.kind),
    leaves: keys(({ fingerprint }) => ({ fingerprint: { ...fingerprint, numbers: K.fingerprint.numbers } })),
  },
  {
    because: "where nothing is compared, no request is another one",
    where: (d) => comparedParts(d.idempotency).length === 0,
    leaves: keys(() => ({
      mismatch: K.mismatch,
      mismatchKeeps: K.mismatchKeeps,
      inFlightOrder: K.inFlightOrder,
    })),
  },
  {
    because: "only a refusal has a status, a code and something to reveal",
    where: (d) => d.idempotency.mismatch.outcome !== "refuse",
    leaves: keys(({ mismatch }) => ({ mismatch: { ...K.mismatch, outcome: mismatch.outcome } })),
  },
  {
    because: "this style of errors shows no code",
    where: showsNoCode,
    leaves: keys(({ mismatch }) => ({ mismatch: { ...mismatch, code: K.mismatch.code } })),
  },
  {
    because: "an opaque body reveals nothing",
    where: (d) => d.errors === "opaque",
    leaves: keys(({ mismatch }) => ({ mismatch: { ...mismatch, reveals: K.mismatch.reveals } })),
  },
  {
    because: "only a refusal carries a Retry-After, in whole seconds",
    where: always,
    leaves: keys(({ inFlight }) => ({
      inFlight: {
        ...inFlight,
        retryAfterMs:
          inFlight.outcome !== "refuse" || inFlight.retryAfterMs === null
            ? null
            : Math.ceil(inFlight.retryAfterMs / 1_000) * 1_000,
      },
    })),
  },
  {
    because:
      "nobody is refused with this status: not meanwhile, not afterwards, not because the key is stuck",
    where: ({ idempotency: { inFlight, outcomes, onDisconnect } }) =>
      inFlight.outcome !== "refuse" &&
      !Object.values(outcomes).includes("conflict") &&
      !(onDisconnect === "sticks" && inFlight.outcome === "wait"),
    leaves: keys(({ inFlight }) => ({ inFlight: { ...inFlight, status: K.inFlight.status } })),
  },
  {
    because: "who does not wait is not compared after a wait",
    where: (d) => d.idempotency.inFlightOrder === "neither" && d.idempotency.inFlight.outcome !== "wait",
    leaves: keys(() => ({ inFlightOrder: "lock-first" })),
  },
  {
    because: "there are no stored answers",
    where: (d) => !replays(d),
    leaves: keys(({ replay: { marker, where } }) => ({
      replay: { ...K.replay, ...(where === "always" ? { marker, where } : {}) },
    })),
  },
  {
    because: "a mark that there is not stands nowhere",
    where: (d) => d.idempotency.replay.marker === null,
    leaves: keys(({ replay }) => ({ replay: { ...replay, where: K.replay.where } })),
  },
  {
    because: "a life without an end counts from nowhere",
    where: (d) => d.idempotency.ttlMs === null,
    leaves: keys(() => ({ ttlFrom: K.ttlFrom, afterExpiry: K.afterExpiry })),
  },
];

const VERSIONS: readonly NoEffect[] = [
  {
    because: "without a token there is nothing to compare, to show or to move",
    where: (d) => d.concurrency.validator.kind === "none",
    leaves: versions(({ patchMerges, readLagMs, stale }) => ({
      ...V,
      patchMerges,
      readLagMs,
      stale: { ...V.stale, status: stale.status },
    })),
  },
  {
    because: "places count once",
    where: always,
    leaves: versions((v) => ({
      readFrom: v.readFrom.filter(
        (source, index) =>
          v.readFrom.findIndex((each) => JSON.stringify(each) === JSON.stringify(source)) === index,
      ),
    })),
  },
  {
    because: "a token that is not read is neither outdated, nor missing, nor malformed, nor raced for",
    where: (d) => d.concurrency.readFrom.length === 0,
    leaves: versions(({ stale }) => ({
      stale: { ...V.stale, status: stale.status },
      absent: V.absent,
      precedence: V.precedence,
      comparison: V.comparison,
      malformed: V.malformed,
      check: V.check,
    })),
  },
  {
    because: "only a refusal of an outdated token has a status, and shows something",
    where: (d) => d.concurrency.stale.outcome !== "refuse" && !hasSpuriousConflict(d),
    leaves: versions(({ stale }) => ({ stale: { ...stale, status: V.stale.status } })),
  },
  {
    because: "who reads no token gives the status of an outdated one to nobody but a spurious conflict",
    where: (d) => d.concurrency.readFrom.length === 0 && !hasSpuriousConflict(d),
    leaves: versions(({ stale }) => ({ stale: { ...stale, status: V.stale.status } })),
  },
  {
    because: "an outdated token that is accepted makes no difference however it is compared",
    where: (d) => d.concurrency.stale.outcome === "accepted",
    leaves: versions((v) => ({
      stale: { ...v.stale, hint: V.stale.hint },
      check: V.check,
      comparison: acceptedComparison(v),
    })),
  },
  {
    because: "a single place needs no precedence",
    where: (d) => places(d.concurrency).length < 2,
    leaves: versions(() => ({ precedence: V.precedence })),
  },
  {
    because: "where nobody reads If-Match, the first of the places counts either way",
    where: (d) => !readsIfMatch(d.concurrency) && d.concurrency.precedence === "body",
    leaves: versions(() => ({ precedence: "if-match" })),
  },
  {
    because: "strong, weak and textual are ways to compare If-Match",
    where: (d) => !readsIfMatch(d.concurrency) && d.concurrency.comparison !== "sloppy",
    leaves: versions(() => ({ comparison: "strong" })),
  },
  {
    because: "no token that can come is malformed",
    where: (d) => malformedKinds(d.concurrency).length === 0,
    leaves: versions(() => ({ malformed: V.malformed })),
  },
  {
    because: "a token that is a member is shown in the body, and an opaque body shows nothing",
    where: (d) =>
      d.errors === "opaque" &&
      "etag" in d.concurrency.validator &&
      d.concurrency.validator.etag === "none" &&
      d.concurrency.stale.hint === "current-token",
    leaves: versions(({ stale }) => ({ stale: { ...stale, hint: "none" } })),
  },
  {
    because: "whether other members changed counts only for a revision that is compared and refused",
    where: ({ concurrency: { granularity, meaning, readFrom, stale } }) =>
      granularity === "field" &&
      (meaning !== "revision" || readFrom.length === 0 || stale.outcome === "accepted"),
    leaves: versions(() => ({ granularity: "resource" })),
  },
  {
    because: "a hash of the content moves with the content alone",
    where: (d) => d.concurrency.meaning === "content-hash",
    leaves: versions(() => ({ noOpWrite: V.noOpWrite })),
  },
  {
    because: "the answer to a write has no place for the token",
    where: (d) => d.concurrency.validator.kind !== "none" && !tokenIsShownInWrites(d),
    leaves: versions(() => ({ tokenInWriteResponse: false })),
  },
];

/** What is left of a comparison where only malformed tokens are refused. */
function acceptedComparison(v: Versions): Versions["comparison"] {
  const refused = String(malformedKinds(v));
  const alike = (["strong", "textual", "sloppy"] as const).find(
    (comparison) => String(malformedKinds({ ...v, comparison })) === refused,
  );
  return alike ?? v.comparison;
}

function firstOfEach<Rule extends { readonly on: string }>(rules: readonly Rule[]): readonly Rule[] {
  return rules.filter((rule, index) => rules.findIndex(({ on }) => on === rule.on) === index);
}

const REST: readonly NoEffect[] = [
  {
    because: "of two rules for one thing the first counts; the order of states means nothing",
    where: always,
    leaves: (d) => ({
      ...d,
      unique: firstOfEach(d.unique),
      references: firstOfEach(d.references),
      locks: d.locks === null ? null : { ...d.locks, states: [...d.locks.states].sort() },
      terminal: d.terminal === null ? null : { ...d.terminal, states: [...d.terminal.states].sort() },
    }),
  },
  {
    because: "this style of errors shows no code",
    where: showsNoCode,
    leaves: (d) => ({
      ...d,
      locks: d.locks === null ? null : { ...d.locks, code: "" },
      unique: d.unique.map((rule) => ({ ...rule, code: "" })),
    }),
  },
  {
    because: "204 has no body",
    where: (d) => d.success.status === 204,
    leaves: (d) => ({ ...d, success: { ...d.success, body: "empty" } }),
  },
  {
    because: "only delays have a length, only answers of a failed server a status",
    where: always,
    leaves: (d) => ({
      ...d,
      faults: d.faults.map((rule) => ({
        ...rule,
        forMs: rule.kind === "delay" || rule.kind === "slow-drip" ? rule.forMs : 0,
        status: rule.kind.startsWith("5xx") ? rule.status : 0,
      })),
    }),
  },
  {
    because: "GraphQL tells most refusals with 200",
    where: (d) => d.errors === "graphql",
    leaves: (d) => {
      const fold = <Rule extends { readonly status: number }>(rule: Rule): Rule => ({
        ...rule,
        status: folded(rule.status),
      });
      const { idempotency: k, concurrency: v } = d;
      return {
        ...d,
        idempotency: {
          ...k,
          missing: fold(k.missing),
          malformed: fold(k.malformed),
          mismatch: fold(k.mismatch),
          inFlight: fold(k.inFlight),
          afterExpiry: k.afterExpiry.kind === "execute" ? k.afterExpiry : fold(k.afterExpiry),
        },
        concurrency: {
          ...v,
          stale: fold(v.stale),
          malformed: fold(v.malformed),
          createOnly: v.createOnly === "ignored" ? v.createOnly : 412,
          absent: {
            POST: v.absent.POST.kind === "accepted" ? v.absent.POST : fold(v.absent.POST),
            PUT: v.absent.PUT.kind === "accepted" ? v.absent.PUT : fold(v.absent.PUT),
            PATCH: v.absent.PATCH.kind === "accepted" ? v.absent.PATCH : fold(v.absent.PATCH),
            DELETE: v.absent.DELETE.kind === "accepted" ? v.absent.DELETE : fold(v.absent.DELETE),
          },
        },
        locks: d.locks === null ? null : fold(d.locks),
        terminal: d.terminal === null ? null : fold(d.terminal),
        unique: d.unique.map(fold),
        references: d.references.map(fold),
      };
    },
  },
];

/** A policy without what has no effect: clients of two servers that have the same left cannot tell them apart. */
export function effective(dimensions: Dimensions): Dimensions {
  return [...KEYS, ...VERSIONS, ...REST].reduce(
    (left, { where, leaves }) => (where(left) ? leaves(left) : left),
    dimensions,
  );
}
