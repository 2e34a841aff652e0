import type { Happened } from "../drive/happened.js";

/** Ids that servers make, and tokens: which of them are equal counts, not what they are. */
const IDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|ch_[0-9a-f]{32}/g;
const TOKENS = /\b(?:\d{1,15}-[0-9a-f]{4}|[0-9a-f]{16}|6[0-9a-f]{7}|\d{10,15})\b/g;
/** Times in bodies. */
export const INSTANTS: RegExp = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Headers whose value is a time. */
const TIMES = new Set(["date", "age", "inin-ratelimit-reset"]);
/** What follows from the rest. */
const DERIVED = new Set(["content-length"]);

function headersText(headers: readonly (readonly [string, string])[]): string {
  return headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !DERIVED.has(name))
    .map(([name, value]) => `${name}:${TIMES.has(name) ? "" : value}`)
    .join("\n");
}

/** Who was still waiting for an answer when this one was sent: that is seen without any clock. */
function overlap({ startMs }: Happened, earlier: readonly Happened[]): string {
  return earlier.flatMap(({ endMs }, index) => (endMs > startMs ? [index] : [])).join(",");
}

/** All that is seen of an exchange, without times. Pure. */
export function seenText(one: Happened, earlier: readonly Happened[]): string {
  const { send, target, headers, body, credentials, received, error } = one;
  const text = [
    `${send.method} ${target} ${send.writer} ${credentials} ${overlap(one, earlier)}`,
    headersText(headers),
    body ?? "",
    // How an answer got lost says nothing of whether the request had arrived.
    error === null ? "" : error.phase,
    received === null ? "" : `${received.status}\n${headersText(received.headers)}\n${received.body}`,
  ].join("\n\n");
  return text.replace(INSTANTS, "");
}

/** Gives the texts of exchanges, one after the other, such that they are the same wherever nobody could tell them apart. */
export type Renamer = (text: string) => string;

/** Begins anew: ids and tokens are numbered in the order in which they appear. */
export function newRenamer(): Renamer {
  const numbers = new Map<string, number>();
  const rename = (found: string): string => {
    const number = numbers.get(found) ?? numbers.size + 1;
    numbers.set(found, number);
    return `#${number}`;
  };
  return (text) => text.replace(IDS, rename).replace(TOKENS, rename);
}
