/** What a client writes, before it is spelled: a scalar, or a map of numbers. */
export type Scalar = number | string;
/** A value of a member. */
export type Value = Scalar | Readonly<Record<string, number>>;
/** What there is of a thing but its id and its token. */
export type Content = Readonly<Record<string, Value>>;

/** Which of the many texts of one JSON value is sent. */
export interface Spelling {
  readonly reversed: boolean;
  readonly spaced: boolean;
  readonly numbers: "plain" | "decimal" | "exponent";
  readonly escaped: boolean;
}

/** `broken` is text that is not JSON. `fixed` are members that are always spelled plainly: an id, a token, a key. */
export interface Body {
  readonly content: Content;
  readonly fixed: Readonly<Record<string, Scalar>>;
  readonly spelling: Spelling;
  readonly broken: boolean;
}

/** The spelling of JSON.stringify. */
export const PLAIN: Spelling = { reversed: false, spaced: false, numbers: "plain", escaped: false };

function numberText(value: number, { numbers }: Spelling): string {
  return { plain: `${value}`, decimal: `${value}.0`, exponent: `${value}e0` }[numbers];
}

function stringText(value: string, { escaped }: Spelling): string {
  if (!escaped) return JSON.stringify(value);
  const codes = [...value].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${codes.join("")}"`;
}

function inOrder<T>(entries: readonly T[], { reversed }: Spelling): readonly T[] {
  return reversed ? entries.toReversed() : entries;
}

function mapText(entries: readonly (readonly [string, string])[], { spaced }: Spelling): string {
  const members = entries.map(([name, text]) => (spaced ? ` "${name}" :\n${text}` : `"${name}":${text}`));
  return spaced ? `{${members.join(" ,")} }` : `{${members.join(",")}}`;
}

function valueText(value: Value, spelling: Spelling): string {
  if (typeof value === "number") return numberText(value, spelling);
  if (typeof value === "string") return stringText(value, spelling);
  const members = Object.entries(value).map(([name, each]) => [name, numberText(each, spelling)] as const);
  return mapText(inOrder(members, spelling), spelling);
}

/** The bytes that are sent. */
export function bodyText({ content, fixed, spelling, broken }: Body): string {
  const members = [
    ...Object.entries(fixed).map(([name, value]) => [name, JSON.stringify(value)] as const),
    ...Object.entries(content).map(([name, value]) => [name, valueText(value, spelling)] as const),
  ];
  const text = mapText(inOrder(members, spelling), spelling);
  return broken ? text.slice(0, -1) : text;
}

/** What of a body is looked at when two are compared. */
interface Regard {
  readonly order: boolean;
  readonly numbers: "ieee" | "textual";
}

function shapeOf(value: Value, fixed: boolean, spelling: Spelling, regard: Regard): unknown {
  if (typeof value === "number") {
    return { number: regard.numbers === "ieee" || fixed ? `${value}` : numberText(value, spelling) };
  }
  if (typeof value === "string") return value;
  return membersOf(Object.entries(value), { fixed, spelling, regard });
}

function membersOf(
  entries: readonly (readonly [string, Value])[],
  { fixed, spelling, regard }: { fixed: boolean; spelling: Spelling; regard: Regard },
): readonly unknown[] {
  const shaped = entries.map(([name, value]) => [name, shapeOf(value, fixed, spelling, regard)] as const);
  return regard.order ? inOrder(shaped, spelling) : shaped.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Equal for two bodies that are the same as far as `regard` looks. Not for a broken body. */
export function shapeOfBody({ content, fixed, spelling }: Body, regard: Regard): string {
  const parts: readonly (readonly [string, unknown])[] = [
    ...Object.entries(fixed).map(([name, value]) => [name, shapeOf(value, true, spelling, regard)] as const),
    ...Object.entries(content).map(
      ([name, value]) => [name, shapeOf(value, false, spelling, regard)] as const,
    ),
  ];
  const listed = regard.order ? inOrder(parts, spelling) : parts.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(listed);
}

/** True for two bodies of one JSON value: member order, white space, escapes and the form of numbers do not count. */
export function sameJson(a: Body, b: Body): boolean {
  if (a.broken || b.broken) return bodyText(a) === bodyText(b);
  const regard: Regard = { order: false, numbers: "ieee" };
  return shapeOfBody(a, regard) === shapeOfBody(b, regard);
}

function asSpelled(value: Value, spelling: Spelling): Value {
  return typeof value === "object" ? Object.fromEntries(inOrder(Object.entries(value), spelling)) : value;
}

/** The content as a server reads it: members in the order in which they came. `others` are fixed members that count. */
export function contentAsSent({ content, spelling }: Body, others: Content): Content {
  const members = [
    ...Object.entries(others),
    ...Object.entries(content).map(([name, value]) => [name, asSpelled(value, spelling)] as const),
  ];
  return Object.fromEntries(inOrder(members, spelling));
}

/** Equal for two contents that read the same, the order of members included: an ETag stands for a text. */
export function contentText(content: Content): string {
  return JSON.stringify(content);
}
