import { headerValue } from "../core/http.js";
import type { Exchange } from "../journal/journal.js";
import { queryJson } from "../plan/query-json.js";
import { subjectOf } from "../subject/subject-of.js";

/** Headers by which servers say that an answer was stored earlier (semantics of real APIs). A key's echo is not one. */
const REPLAY_MARKERS = [
  "idempotent-replayed",
  "idempotency-replayed",
  "x-idempotent-replayed",
  "x-idempotency-replayed",
];

/** One sentence of evidence for or against a second effect; `second` is null where it says nothing. */
export interface EffectEvidence {
  readonly second: boolean | null;
  readonly because: string;
}

function succeeded(exchange: Exchange): boolean {
  return exchange.response !== null && exchange.response.status >= 200 && exchange.response.status < 300;
}

/** The header that marks an answer as stored, where the first answer lacks it; null if there is none. Pure. */
export function replayMarker(base: Exchange, other: Exchange): string | null {
  for (const name of REPLAY_MARKERS) {
    const marked = headerValue(other.response?.headers ?? [], name);
    const before = headerValue(base.response?.headers ?? [], name);
    if (
      marked !== null &&
      marked.toLowerCase() !== "false" &&
      (before === null || before.toLowerCase() === "false")
    )
      return name;
  }
  return null;
}

/**
 * An id that the server made: in the answer, but neither in the URL nor in the body that was sent. What is written to
 * by PUT, PATCH or DELETE was there before, so an id in that answer is no sign of how often it was written. Pure.
 */
function serverMadeId(exchange: Exchange): string | null {
  if (!succeeded(exchange) || exchange.response === null || exchange.request.method !== "POST") return null;
  const location = headerValue(exchange.response.headers, "location");
  if (location !== null) return location;
  const id = queryJson(exchange.response.body, "$.id")?.[0];
  if (typeof id !== "string" && typeof id !== "number") return null;
  const sent = `${exchange.request.url} ${exchange.request.body}`;
  return sent.includes(String(id)) ? null : String(id);
}

/** What marks and ids in the two answers say about a second effect. Pure. */
export function answersEvidence(base: Exchange, other: Exchange): EffectEvidence {
  if (!succeeded(base))
    return { second: null, because: `${base.id} did not succeed, so there is no answer to repeat` };
  if (!succeeded(other)) return { second: null, because: `${other.id} was not answered with success` };
  const marker = replayMarker(base, other);
  if (marker !== null)
    return { second: false, because: `header ${marker} marks ${other.id} as a stored answer` };
  const [first, second] = [serverMadeId(base), serverMadeId(other)];
  if (first !== null && second !== null) {
    const same = first === second;
    return {
      second: !same,
      because: same
        ? `both answers carry the server's id ${first}`
        : `the server made two ids, ${first} and ${second}`,
    };
  }
  return { second: null, because: "the answers carry no marker and no id made by the server" };
}

/** A write of the resource between two exchanges that was not refused, and so may have moved it. */
function moverBetween(from: Exchange, to: Exchange, all: readonly Exchange[]): Exchange | undefined {
  const { resource } = subjectOf(from);
  return all.slice(all.indexOf(from) + 1, all.indexOf(to)).find((each) => {
    const subject = subjectOf(each);
    const status = each.response?.status ?? 0;
    const refused = (status >= 400 && status < 500) || each.error?.phase === "refused";
    return subject.role !== "read" && subject.resource === resource && !refused;
  });
}

/** A changed state proves a second effect only where nothing else can have changed it. */
function unlessMoved(found: EffectEvidence, mover: Exchange | undefined): EffectEvidence {
  if (found.second !== true || mover === undefined) return found;
  return { second: null, because: `${found.because}, and ${mover.id} may have done that` };
}

/** The token that the resource had by the last answer before `other`, from `base` on. */
function latestToken({ base, other, all }: Around): {
  readonly id: string;
  readonly token: string | null;
  readonly exchange: Exchange;
} {
  const { resource } = subjectOf(base);
  const exchange =
    all.slice(all.indexOf(base) + 1, all.indexOf(other)).findLast((each) => {
      const subject = subjectOf(each);
      return subject.resource === resource && subject.tokenSeen !== null && succeeded(each);
    }) ?? base;
  return { id: exchange.id, token: subjectOf(exchange).tokenSeen, exchange };
}

/** What the tokens of the two answers say of a second effect. Pure. */
export function tokensEvidence({ base, other, all }: Around): EffectEvidence {
  const [before, after] = [subjectOf(base).tokenSeen, subjectOf(other).tokenSeen];
  if (!succeeded(base) || !succeeded(other)) return { second: null, because: "" };
  if (before === null || after === null) return { second: null, because: "the answers carry no token" };
  if (before === after) return { second: false, because: `the token in both answers is ${before}` };
  const latest = latestToken({ base, other, all });
  if (latest.token === after)
    return { second: false, because: `${other.id} shows the token that ${latest.id} showed` };
  const moved = { second: true, because: `the token moved from ${latest.token} to ${after}` };
  return unlessMoved(moved, moverBetween(latest.exchange, other, all));
}

function readsOf(resource: string, exchanges: readonly Exchange[]): readonly Exchange[] {
  return exchanges.filter((each) => {
    const subject = subjectOf(each);
    return subject.role === "read" && subject.resource === resource && succeeded(each);
  });
}

function stateOf(exchange: Exchange): string {
  return subjectOf(exchange).tokenSeen ?? exchange.response?.bodySha256 ?? "";
}

/** Where two exchanges stand in their run, and everything that was sent around them. */
export interface Around {
  readonly base: Exchange;
  readonly other: Exchange;
  readonly all: readonly Exchange[];
}

/**
 * What reads of the same resource say: one between the two requests, one after the second, no other write meanwhile.
 * The token in the first answer stands in for the read between. Pure.
 */
export function readsEvidence({ base, other, all }: Around): EffectEvidence {
  const { resource } = subjectOf(base);
  const [from, to] = [all.indexOf(base), all.indexOf(other)];
  const between = readsOf(resource, all.slice(from + 1, to)).at(-1);
  const nextWrite = all.findIndex((each, index) => {
    const subject = subjectOf(each);
    return index > to && subject.resource === resource && subject.role !== "read";
  });
  const after = readsOf(resource, all.slice(to + 1, nextWrite === -1 ? undefined : nextWrite))[0];
  const before = between ?? (subjectOf(base).tokenSeen === null ? undefined : base);
  if (after === undefined || before === undefined)
    return { second: null, because: "no reads before and after it tell" };
  const same = stateOf(before) === stateOf(after);
  const because = `${after.id} reads ${same ? "what" : "something else than"} ${before.id} showed`;
  return unlessMoved({ second: !same, because }, moverBetween(before, other, all));
}
