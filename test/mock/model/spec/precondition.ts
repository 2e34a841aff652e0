import type { WriteMethod } from "../../../../src/policy/idempotency-policy.js";
import { type Compared, compareIfMatch, compareMember, type Place } from "./comparison.js";
import { type Model, type Revision, UNCLEAR, type Unclear } from "./model.js";
import { namedBy } from "./resources.js";
import type { Rules } from "./rules.js";
import type { Sent } from "./sent.js";
import { currentOf } from "./tokens.js";

/** What the precondition rule says. `staleOf` is the version of which a stale token was sent, where one was. */
export type Judged =
  | {
      readonly kind: "passes";
      readonly staleIgnored: boolean;
      /** A condition was sent that is no current token, and perhaps never was one. */
      readonly unmatched: boolean;
      readonly staleOf: string | null;
    }
  | {
      readonly kind: "refuses";
      readonly status: number;
      readonly causes: readonly string[];
      readonly stale: boolean;
      readonly staleOf: string | null;
    };

const PASSES: Judged = { kind: "passes", staleIgnored: false, unmatched: false, staleOf: null };

function refuses(status: number, causes: readonly string[]): Judged {
  return { kind: "refuses", status, causes, stale: false, staleOf: null };
}

/** C14: a write outdates, for others, the members that it wrote, changed or not. */
function noneTouchedSince(
  states: readonly Revision[],
  version: string,
  touched: readonly string[] | null,
): boolean {
  const from = states.findIndex((state) => state.version === version);
  const later = from === -1 ? [] : states.slice(from + 1);
  return (
    touched !== null &&
    later.every(({ named }) => named !== null && !named.some((name) => touched.includes(name)))
  );
}

/** C14 `field` needs a token that tells of which state it is: a hash or a second stands for the whole. */
function placeOf(model: Model, thing: string, sent: Sent, rules: Rules): Place {
  const states = model.things.get(thing) ?? [];
  const { granularity, meaning } = rules.concurrency;
  const byField = granularity === "field" && meaning === "revision";
  return {
    model,
    thing,
    rules,
    stillHolds: (version) => byField && noneTouchedSince(states, version, namedBy(sent, rules)),
  };
}

/** Tokens where the policy reads them (C3), each compared. */
interface Tokens {
  readonly ifMatch: Compared | Unclear | null;
  readonly member: Compared | Unclear | null;
}

function tokensOf(place: Place, sent: Sent): Tokens {
  const kinds = place.rules.concurrency.readFrom.map(({ kind }) => kind);
  const read = {
    header: kinds.includes("if-match"),
    body: kinds.includes("body"),
    query: kinds.includes("query"),
  };
  const ifMatch = read.header && sent.ifMatch !== null ? compareIfMatch(place, sent.ifMatch) : null;
  const inBody = read.body ? sent.bodyToken : null;
  const inQuery = read.query ? sent.queryToken : null;
  if (inBody !== null && inQuery !== null) return { ifMatch, member: UNCLEAR };
  const member = inBody ?? inQuery;
  return { ifMatch, member: member === null ? null : compareMember(place, member) };
}

/** C6: of two tokens, those that count. */
function thatCount({ ifMatch, member }: Tokens, rules: Rules): readonly (Compared | Unclear)[] {
  const both = [ifMatch, member].filter((each) => each !== null);
  if (both.length < 2 || rules.concurrency.precedence === "both-must-hold") return both;
  return both.filter((each) => each === (rules.concurrency.precedence === "if-match" ? ifMatch : member));
}

/** The version of which an outdated token was sent, whether or not anybody looked at it. */
function staleSent({ model, thing, stillHolds }: Place, sent: Sent): string | null {
  const current = currentOf(model, thing);
  const tags = sent.ifMatch?.kind === "tags" && sent.ifMatch.tags.length === 1 ? sent.ifMatch.tags : [];
  const refs = [
    ...tags.flatMap(({ ref, form }) => (form === "as-issued" ? [ref] : [])),
    ...[sent.bodyToken, sent.queryToken].filter((each) => each !== null),
  ];
  const stale = refs.find(
    (ref) =>
      ref.kind === "issued" &&
      ref.thing === thing &&
      ref.version !== current?.version &&
      stillHolds(ref.version) === false,
  );
  return stale?.kind === "issued" ? stale.version : null;
}

/** C4: what an outdated token gets. */
function staleAnswer(failed: readonly Compared[], rules: Rules): Judged {
  const { outcome, status } = rules.concurrency.stale;
  const causes = failed.flatMap((each) => (each.kind === "fails" ? each.causes : []));
  const [staleOf = null] = failed.flatMap((each) => (each.kind === "fails" ? [each.since] : []));
  const staleIgnored = staleOf !== null;
  if (outcome === "accepted") return { kind: "passes", staleIgnored, unmatched: true, staleOf };
  return { kind: "refuses", status: outcome === "refuse" ? status : 200, causes, stale: true, staleOf };
}

function judgeTokens(place: Place, sent: Sent): Judged | Unclear {
  const counting = thatCount(tokensOf(place, sent), place.rules);
  if (counting.includes(UNCLEAR)) return UNCLEAR;
  const compared = counting.filter((each) => each !== UNCLEAR);
  const malformed = compared.some(({ kind }) => kind === "malformed");
  const failed = compared.filter(({ kind }) => kind === "fails");
  if (malformed && failed.length > 0) return UNCLEAR;
  const { concurrency } = place.rules;
  if (malformed) return refuses(concurrency.malformed.status, ["etag-malformed", "invalid-request"]);
  if (failed.length > 0) return staleAnswer(failed, place.rules);
  const exists = currentOf(place.model, place.thing)?.content != null;
  const absent = concurrency.absent[sent.method as WriteMethod];
  const demanded = compared.length === 0 && exists && concurrency.readFrom.length > 0;
  if (demanded && absent.kind === "refuse") return refuses(absent.status, ["precondition-missing"]);
  const staleOf = staleSent(place, sent);
  const unmatched = sent.ifMatch !== null || sent.bodyToken !== null || sent.queryToken !== null;
  return { kind: "passes", staleIgnored: staleOf !== null, unmatched, staleOf };
}

/** What the precondition rule says of a write to a thing that exists or is about to. */
export function judgePrecondition(model: Model, thing: string, sent: Sent, rules: Rules): Judged | Unclear {
  const { createOnly, validator } = rules.concurrency;
  // A server without a validator looks at no precondition.
  if (validator.kind === "none") return PASSES;
  const exists = currentOf(model, thing)?.content != null;
  if (sent.createOnly && exists && createOnly !== "ignored") {
    // RFC 9110 and the policy leave open which of two failing conditions is told.
    const others = sent.ifMatch !== null || sent.bodyToken !== null || sent.queryToken !== null;
    const demanded = rules.concurrency.absent[sent.method as WriteMethod].kind === "refuse";
    if (others || demanded) return UNCLEAR;
    return refuses(createOnly, ["duplicate-entity"]);
  }
  return judgeTokens(placeOf(model, thing, sent, rules), sent);
}
