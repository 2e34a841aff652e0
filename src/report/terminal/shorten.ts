import { displayWidth, headOf, tailOf } from "./display-width.js";
import type { Marks } from "./look.js";

/** Ids are cut to their first four and last two characters: enough to find one again by eye. */
const HEAD = 4;
const TAIL = 2;

/** Shorter texts are left alone: cutting them saves nothing. */
const LONGEST_WHOLE = 12;

/** Long, with a digit, without a word's spaces: something that a machine made. */
const MACHINE_MADE = /^(?=.*\d)[\w.~-]{16,}$/;

/** Cuts the end off a text that is too wide. Pure. */
export function cutEnd(text: string, columns: number, marks: Marks): string {
  if (displayWidth(text) <= columns) return text;
  return headOf(text, columns - marks.ellipsis.length) + marks.ellipsis;
}

/** Cuts the middle out of a text that is too wide, so that both ends can be recognised. Pure. */
export function cutMiddle(text: string, columns: number, marks: Marks): string {
  if (displayWidth(text) <= columns) return text;
  const room = Math.max(0, columns - marks.ellipsis.length);
  const tail = tailOf(text, Math.floor(room / 3));
  return headOf(text, room - displayWidth(tail)) + marks.ellipsis + tail;
}

function cutId(id: string, head: number, marks: Marks): string {
  const short = headOf(id, head) + marks.ellipsis + tailOf(id, TAIL);
  return displayWidth(id) <= LONGEST_WHOLE || displayWidth(short) >= displayWidth(id) ? id : short;
}

/**
 * Short forms of ids that are shown together. Two different ids never look the same: more of their beginning is kept
 * until they differ. Pure.
 */
export function shortenIds(ids: Iterable<string>, marks: Marks): ReadonlyMap<string, string> {
  const all = [...new Set(ids)];
  for (let head = HEAD; ; head += 4) {
    const shortened = all.map((id) => [id, cutId(id, head, marks)] as const);
    const distinct = new Set(shortened.map(([, short]) => short)).size === all.length;
    if (distinct || all.every((id) => id.length <= head))
      return new Map(distinct ? shortened : all.map((id) => [id, id]));
  }
}

function withShortIds(path: string, marks: Marks): string {
  return path
    .split("/")
    .map((segment) => (MACHINE_MADE.test(segment) ? cutId(segment, HEAD, marks) : segment))
    .join("/");
}

/** A path in so many columns: first its ids are shortened, then segments are left out from the start. Pure. */
export function shortenPath(path: string, columns: number, marks: Marks): string {
  const short = withShortIds(path, marks);
  if (displayWidth(short) <= columns) return short;
  const segments = short.split("/");
  for (let first = 1; first < segments.length; first++) {
    const rest = `${marks.ellipsis}/${segments.slice(first).join("/")}`;
    if (displayWidth(rest) <= columns) return rest;
  }
  return cutMiddle(`${marks.ellipsis}/${segments.at(-1) ?? ""}`, columns, marks);
}
