import { type AskedValue, hasMark, mark, replaceMarks } from "../intake/written.js";
import type { Draft } from "./draft.js";
import { camelCase, createNames, isIdName, isUnmistakable, looksLikeId, singular } from "./ids.js";
import { type Place, placesOf } from "./places.js";

/** A var of the scenario. */
export interface Var {
  readonly name: string;
  /** Its value on the mock; may hold marks. */
  readonly mock: string;
  readonly ask: string;
  /** The value that the source has; null where nobody knows it. */
  readonly value: string | null;
}

/** Names of the vars by the values that they stand for. */
export interface Vars {
  readonly all: readonly Var[];
  readonly ofKey: ReadonlyMap<string, string>;
  readonly ofId: ReadonlyMap<string, string>;
}

/** True for a value that is an id where it stands. Pure. */
export function isIdThere({ in: where, value, name, number }: Place): boolean {
  if (where === "path") return looksLikeId(value) && (isUnmistakable(value) || /[A-Za-z]s$/.test(name));
  if (number) return false;
  return isUnmistakable(value) || (isIdName(name) && looksLikeId(value));
}

function nameFor({ in: where, name }: Place): string {
  const base = where === "path" ? camelCase(singular(name)) : camelCase(name);
  if (base === "") return "id";
  return /id$/i.test(base) ? base : `${base}Id`;
}

/** Ids that stand in several requests, with the place of the first. */
function recurringIds(
  drafts: readonly Draft[],
): ReadonlyMap<string, { readonly place: Place; readonly draft: Draft }> {
  const firsts = new Map<string, { readonly place: Place; readonly draft: Draft; readonly index: number }>();
  const recurring = new Map<string, { readonly place: Place; readonly draft: Draft }>();
  for (const [index, draft] of drafts.entries()) {
    for (const place of placesOf(draft)) {
      if (!isIdThere(place)) continue;
      const first = firsts.get(place.value);
      if (first === undefined) firsts.set(place.value, { place, draft, index });
      else if (first.index !== index) recurring.set(place.value, first);
    }
  }
  return recurring;
}

function mockOf({ name }: AskedValue): string {
  return /id$/i.test(name) ? mark("uuid()") : name;
}

/** A key that a template cannot stand for as it is: empty, or with something in it that is not known. */
function isPlainKey(value: string): boolean {
  return value !== "" && !hasMark(value) && !value.includes("<secret");
}

/** Makes vars of the keys, of the ids that recur, and of what the source itself asks for. */
export function createVars(drafts: readonly Draft[], asked: readonly AskedValue[]): Vars {
  const nameOf = createNames(["env", "writer", "uuid", "now", "sha256", ...asked.map(({ name }) => name)]);
  const all: Var[] = [];
  const [ofKey, ofId] = [new Map<string, string>(), new Map<string, string>()];
  for (const { key } of drafts) {
    if (key === null || !isPlainKey(key.value) || ofKey.has(key.value)) continue;
    const name = nameOf("key");
    ofKey.set(key.value, name);
    all.push({ name, mock: key.value, ask: "an idempotency key that was not used before", value: key.value });
  }
  for (const [value, { place, draft }] of recurringIds(drafts)) {
    if (ofKey.has(value)) continue;
    const name = nameOf(nameFor(place));
    ofId.set(value, name);
    const where = `${draft.method} ${replaceMarks(draft.target.split("?")[0] ?? "", (name) => `<${name}>`)}`;
    all.push({ name, mock: value, ask: `an id as in ${where.slice(0, 120)}, where it was ${value}`, value });
  }
  const given = asked.map(
    (each): Var => ({ name: each.name, mock: mockOf(each), ask: each.ask, value: null }),
  );
  return { all: [...all, ...given], ofKey, ofId };
}
