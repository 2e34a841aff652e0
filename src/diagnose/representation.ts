import { graphqlIn } from "../subject/graphql.js";
import type { Seen } from "./seen.js";
import { jsonOf } from "./words.js";

/** Larger answers are not searched: a list of everything says little about one write, and costs much. */
const MAX_SEARCHED = 256 * 1024;
const MAX_DEPTH = 8;

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON of an answer; undefined where there is none, or where it is too large to be searched. Pure. */
export function answerOf({ exchange: { response } }: Seen): unknown {
  if (response === null || response.truncated || response.body.length > MAX_SEARCHED) return undefined;
  return jsonOf(response);
}

/**
 * What a write asks for: its JSON object without version, key and members that take something away. Null where it asks
 * for nothing that an answer could show. Pure.
 */
export function askedOf(seen: Seen): Members | null {
  if (seen.kept.asked === undefined) seen.kept.asked = readAsked(seen);
  return seen.kept.asked;
}

/** What GraphQL asks for is in its variables; what they are for is in the document. */
function variablesOf(seen: Seen): Members | null {
  if (graphqlIn(seen.exchange.request) === null) return null;
  const body = jsonOf(seen.exchange.request);
  const variables = isObject(body) ? body.variables : null;
  if (!isObject(variables)) return {};
  const tokens = seen.sent.map(({ name }) => name.slice(name.lastIndexOf("/") + 1));
  const asked = Object.entries(isObject(variables.input) ? variables.input : variables);
  return Object.fromEntries(asked.filter(([name, value]) => !tokens.includes(name) && value !== seen.key));
}

function readAsked(seen: Seen): Members | null {
  const variables = variablesOf(seen);
  if (variables !== null) return Object.keys(variables).length === 0 ? null : variables;
  const body = jsonOf(seen.exchange.request);
  if (!isObject(body)) return null;
  const isVersion = (member: string): boolean =>
    seen.sent.some(({ carrier, name }) => carrier === "body" && name === member);
  const own = Object.entries(body).filter(
    ([name, value]) => value !== null && value !== seen.key && !isVersion(name),
  );
  const asked = own.map(([name, value]): readonly [string, unknown] => {
    const isWithin = seen.sent.some(
      ({ carrier, name: version }) => carrier === "body" && version.startsWith(`${name}/`),
    );
    if (!isWithin || !isObject(value)) return [name, value];
    return [
      name,
      Object.fromEntries(Object.entries(value).filter(([inner]) => !isVersion(`${name}/${inner}`))),
    ];
  });
  return asked.length === 0 ? null : Object.fromEntries(asked);
}

/** True where a value has all that was asked for; what it has beside that does not count. */
function has(value: unknown, asked: unknown): boolean {
  if (isObject(asked)) {
    if (!isObject(value)) return false;
    return Object.entries(asked).every(([name, member]) => member === null || has(value[name], member));
  }
  if (Array.isArray(asked)) return JSON.stringify(value) === JSON.stringify(asked);
  return value === asked;
}

/** How many places of a value have all that was asked for: a representation has one, a list one for each item. Pure. */
export function placesWith(value: unknown, asked: Members, depth: number = 0): number {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return 0;
  if (has(value, asked)) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + placesWith(each, asked, depth + 1), 0);
}

/** The first place of a value that has all that was asked for, with what it has beside that; null where there is none. Pure. */
export function placeWith(value: unknown, asked: Members, depth: number = 0): Members | null {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return null;
  if (isObject(value) && has(value, asked)) return value;
  for (const each of Object.values(value)) {
    const found = placeWith(each, asked, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** True where an answer shows what a write asked for. Pure. */
export function showsAsked(answer: unknown, asked: Members | null): boolean {
  return asked !== null && placesWith(answer, asked) > 0;
}

/** Paths and values of the members below an object, arrays as a whole: `/attributes/tier`. Pure. */
export function leavesOf(value: unknown, at: string = ""): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (each: unknown, path: string, depth: number): void => {
    if (isObject(each) && depth <= MAX_DEPTH)
      for (const [name, member] of Object.entries(each)) walk(member, `${path}/${name}`, depth + 1);
    else leaves.set(path, each);
  };
  walk(value, at, 0);
  return leaves;
}

/** A member that both writes set, to different values; null where they set none. Pure. */
export function contestedBy(a: Seen, b: Seen): string | null {
  const [one, other] = [leavesOf(askedOf(a) ?? {}), leavesOf(askedOf(b) ?? {})];
  for (const [path, value] of one)
    if (other.has(path) && JSON.stringify(other.get(path)) !== JSON.stringify(value)) return path;
  return null;
}
