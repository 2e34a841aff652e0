import type { InvariantResult } from "../../../check/check.js";
import { isWrite } from "../../../core/http.js";
import type { Exchange } from "../../../journal/journal.js";
import { outcomeOf } from "../answer-words.js";
import type { Look } from "../look.js";
import { cutMiddle } from "../shorten.js";
import { instantWords, numberOf } from "./lane-label.js";

const LONGEST_TOKEN = 40;

function shown(value: string | number, look: Look): string {
  return cutMiddle(look.text(String(value)), LONGEST_TOKEN, look.marks);
}

function tokenWords({ version, etag }: Exchange, look: Look): string | null {
  if (version !== null) return `version ${shown(version, look)}`;
  return etag === null ? null : `ETag ${shown(etag, look)}`;
}

function answerWords(exchange: Exchange, look: Look): string {
  const { request, response } = exchange;
  if (response === null) return `had no answer (${look.text(outcomeOf(exchange))})`;
  const token = tokenWords(exchange, look);
  const { status } = response;
  if (status >= 300) return `was refused with ${status}${token === null ? "" : `, which told ${token}`}`;
  const names = request.headers.map(([name]) => name);
  if (!isWrite(request.method, names)) return `returned ${token ?? `${status} without a version`}`;
  return `was acknowledged with ${token === null ? `${status}, no version` : token}`;
}

function sentWith({ ifMatch, idempotencyKey }: Exchange, look: Look): string {
  if (ifMatch !== null) return ` with If-Match ${shown(ifMatch, look)}`;
  return idempotencyKey === null ? "" : ` with key ${shown(idempotencyKey, look)}`;
}

/**
 * What one exchange adds to a story: `#41 GET by writer 3, sent at 4.10 ms, returned version 17 at 7.21 ms`. Times
 * count from `zeroMs`. Pure.
 */
export function storyLine(exchange: Exchange, zeroMs: number, look: Look): string {
  const { id, writer, request, timings } = exchange;
  const sentMs = timings.releasedMs ?? timings.sentMs ?? timings.startMs;
  const by = writer === null ? "outside the race" : `by writer ${writer}`;
  const end = timings.endMs === null ? "" : ` at ${instantWords(timings.endMs - zeroMs)}`;
  const sent = `sent at ${instantWords(sentMs - zeroMs)}${sentWith(exchange, look)}`;
  return `${numberOf(id, look)} ${look.text(request.method)} ${by}, ${sent}, ${answerWords(exchange, look)}${end}`;
}

/** What would let an invariant be decided that could not be. */
const DECIDERS: Readonly<Record<InvariantResult["name"], string>> = {
  "no-lost-update": "answers with an ETag or a `version`, conditional writes, or a read after the race",
  "at-most-once":
    "`effects` in the scenario, which count what happened; or answers with an id made by the server",
  "read-your-writes": "writers that write and then read, and answers with an ETag or a `version`",
  "monotonic-reads": "writers that read twice, and answers with an ETag or a `version`",
  linearizable: "answers with an ETag or a `version`, and conditional writes, which name what they replace",
  "one-winner": "conditional writes, or an answer to each request: a time-out may or may not have won",
};

/** What a scenario needs for an invariant to be decided. Pure. */
export function deciderWords(name: InvariantResult["name"]): string {
  return DECIDERS[name];
}
