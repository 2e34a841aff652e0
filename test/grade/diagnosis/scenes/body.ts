import type { Draw } from "../draw.js";

/** A member of a body; `level` 1 lies inside `attributes`. */
export interface Member {
  readonly name: string;
  readonly value: string | number | boolean;
}

/** How the same JSON value is written. */
export interface Spelling {
  readonly reversed: boolean;
  readonly spaced: boolean;
  readonly decimals: boolean;
  readonly escaped: boolean;
}

/** A JSON body, its value apart from the way of writing it. */
export interface Body {
  /** Where the members lie: at the top, or inside this member. */
  readonly inside: string | null;
  readonly members: readonly Member[];
  readonly spelling: Spelling;
  /** Members that are written as they stand, such as a version: `"version":$(read.token)`. */
  readonly raw: readonly string[];
}

/** The plain way: compact, in order. */
export const PLAIN: Spelling = { reversed: false, spaced: false, decimals: false, escaped: false };

function escaped(text: string): string {
  const [first = "", ...rest] = [...text];
  return `\\u${first.charCodeAt(0).toString(16).padStart(4, "0")}${rest.join("")}`;
}

function writeValue(value: Member["value"], spelling: Spelling): string {
  if (typeof value === "number") return spelling.decimals ? `${value}.0` : String(value);
  if (typeof value === "boolean" || value === "") return JSON.stringify(value);
  return spelling.escaped ? `"${escaped(value)}"` : JSON.stringify(value);
}

/** The text of a body. Pure. */
export function writeBody({ inside, members, spelling, raw }: Body): string {
  const gap = spelling.spaced ? " " : "";
  const written = members.map(
    ({ name, value }) => `${JSON.stringify(name)}:${gap}${writeValue(value, spelling)}`,
  );
  const ordered = spelling.reversed ? [...written].reverse() : written;
  const object = (parts: readonly string[]): string => `{${parts.join(`,${gap}`)}}`;
  return inside === null
    ? object([...ordered, ...raw])
    : object([`${JSON.stringify(inside)}:${gap}${object(ordered)}`, ...raw]);
}

/** The same body with another value: one member changed, added or taken away. */
export function otherValue(draw: Draw, body: Body): Body {
  const how = draw.oneOf(["change", "change", "change", "add", "remove"] as const);
  const [first, ...rest] = body.members;
  if (first === undefined || how === "add")
    return { ...body, members: [...body.members, { name: "c", value: draw.word() }] };
  if (how === "remove" && rest.length > 0) return { ...body, members: rest };
  const changed = { ...first, value: typeof first.value === "number" ? first.value + 1 : draw.word() };
  return { ...body, members: [changed, ...rest] };
}

/** The same value in other bytes. */
export function otherBytes(draw: Draw, body: Body): Body {
  const hasNumber = body.members.some(({ value }) => typeof value === "number");
  const ways: readonly [keyof Spelling, ...(keyof Spelling)[]] = hasNumber
    ? ["spaced", "reversed", "decimals", "escaped"]
    : ["spaced", "reversed", "escaped"];
  return { ...body, spelling: { ...body.spelling, [draw.oneOf(ways)]: true } };
}
