import { headerValue } from "../core/http.js";
import { tryParseJson } from "../core/json.js";
import type { Draft } from "./draft.js";
import { isIdName, isUnmistakable, isVersionName } from "./ids.js";
import { type Answered, answeredIn, placesOf } from "./places.js";

/** Longer answers are lists and downloads. In characters. */
const LONGEST_ANSWER = 262_144;

/** A value that an answer had. */
export interface Source {
  readonly index: number;
  readonly from: string;
  readonly regex: string | null;
  readonly name: string;
}

/** What answers hold that later requests may carry, and who said a value first. */
export interface Sources {
  readonly ofValue: (value: string) => readonly Source[];
  readonly ofEtag: (etag: string) => readonly Source[];
  /** Index of the first request that carried a value; Infinity where none does. */
  readonly firstSent: (value: string) => number;
}

const LAST_SEGMENT = "([^/?#]+)(?:[?#].*)?$";

function isUseful({ name, value, number }: Answered): boolean {
  if (value === "" || value.length > 256) return false;
  if (isVersionName(name) || isIdName(name)) return true;
  return !number && isUnmistakable(value);
}

function answersOf(
  { sent, times }: Draft,
  index: number,
): readonly (readonly [value: string, source: Source])[] {
  const { answer } = sent;
  if (answer === null || times > 1) return [];
  const body = answer.body ?? "";
  const node = body.length > LONGEST_ANSWER ? null : tryParseJson(body);
  const found = (node === null ? [] : answeredIn(node)).filter(isUseful);
  const location = new RegExp(LAST_SEGMENT).exec(headerValue(answer.headers, "location") ?? "")?.[1];
  const moved: Source = { index, from: "header Location", regex: LAST_SEGMENT, name: "id" };
  return [
    ...found.map(({ value, from, name }) => [value, { index, from, regex: null, name }] as const),
    ...(location === undefined ? [] : [[location, moved] as const]),
  ];
}

function collect<T>(into: Map<string, T[]>, value: string, each: T): void {
  const list = into.get(value);
  if (list === undefined) into.set(value, [each]);
  else list.push(each);
}

/** Looks through the answers and requests once. */
export function createSources(drafts: readonly Draft[]): Sources {
  const [values, etags] = [new Map<string, Source[]>(), new Map<string, Source[]>()];
  const first = new Map<string, number>();
  const note = (value: string, index: number): void => {
    if (!first.has(value)) first.set(value, index);
  };
  const texts: (readonly [text: string, index: number])[] = [];
  for (const [index, draft] of drafts.entries()) {
    for (const { value } of placesOf(draft)) note(value, index);
    for (const [, value] of draft.headers) note(value, index);
    if (draft.key !== null) note(draft.key.value, index);
    if (draft.body.kind === "text") texts.push([draft.body.text, index]);
    for (const [value, source] of answersOf(draft, index)) collect(values, value, source);
    const etag = draft.sent.answer === null ? null : headerValue(draft.sent.answer.headers, "etag");
    if (etag !== null && draft.times === 1)
      collect(etags, etag, { index, from: "header ETag", regex: null, name: "etag" });
  }
  return {
    ofValue: (value) => values.get(value) ?? [],
    ofEtag: (etag) => etags.get(etag) ?? [],
    firstSent: (value) => {
      const inText = texts.find(([text]) => text.includes(value))?.[1] ?? Number.POSITIVE_INFINITY;
      return Math.min(first.get(value) ?? Number.POSITIVE_INFINITY, inText);
    },
  };
}
