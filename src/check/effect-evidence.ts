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

/** An id that the server made: in the answer, but neither in the URL nor in the body that was sent. Pure. */
function serverMadeId(exchange: Exchange): string | null {
  if (!succeeded(exchange) || exchange.response === null) return null;
  const location = headerValue(exchange.response.headers, "location");
  if (location !== null) return location;
  const id = queryJson(exchange.response.body, "$.id")?.[0];
  if (typeof id !== "string" && typeof id !== "number") return null;
  const sent = `${exchange.request.url} ${exchange.request.body}`;
  return sent.includes(String(id)) ? null : String(id);
}

/** What the two answers alone say about a second effect. Pure. */
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
  const [before, after] = [subjectOf(base).tokenSeen, subjectOf(other).tokenSeen];
  if (before !== null && after !== null) {
    const same = before === after;
    return {
      second: !same,
      because: same ? `the token in both answers is ${before}` : `the token moved from ${before} to ${after}`,
    };
  }
  return { second: null, because: "the answers carry no marker, no id made by the server and no token" };
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
  return {
    second: !same,
    because: `${after.id} reads ${same ? "what" : "something else than"} ${before.id} showed`,
  };
}
