import { type KeepRule, keepsName, keepsPlace } from "./keep-rules.js";
import { isNameOfThings, isNeverPersonal, isPersonalName } from "./personal-names.js";
import { digitsOf, replaceDigits, replaceShapes } from "./personal-shapes.js";
import { type JsonPlace, replaceInJson, stringOfJson } from "./replace-in-json.js";

/**
 * What of a message names people: `people` every member that {@link isPersonalName} says, `things` the same but for
 * `name`, which queues and flows have, `nothing` where the message is not about callers at all.
 */
export type PersonalScope = "people" | "things" | "nothing";

/** Which messages hold callers' data, and what of it is kept. */
export interface PersonalRules {
  readonly scopeOf: (url: string) => PersonalScope;
  /** True where texts that belong to no message (a scenario's, a captured value's) may hold callers' data as well. */
  readonly everywhere: boolean;
  readonly keep: readonly KeepRule[];
}

/** What hides nothing. */
export const NOTHING_PERSONAL: PersonalRules = { scopeOf: () => "nothing", everywhere: false, keep: [] };

/** Replaces callers' data by stable placeholders, so that equal values stay recognisable as equal. */
export interface PersonalData {
  readonly scopeOf: PersonalRules["scopeOf"];
  /** A message's text: members by name, fields by name, telephone numbers and mail addresses by their shape. */
  readonly inMessage: (text: string, scope: PersonalScope) => string;
  /** A text that belongs to no message: what is known already, and shapes where they count everywhere. */
  readonly inText: (text: string) => string;
  /** The placeholder of a value, which is personal from now on. */
  readonly learn: (value: string) => string;
  /** A value's JSON as messages have it: a placeholder where it is known. */
  readonly inExpected: (json: string) => string;
  /** How many different values were replaced so far. */
  readonly count: () => number;
  /** Another number once a text might come out otherwise than before. */
  readonly revision: () => number;
}

const PLACEHOLDER = /^<(?:personal|secret)(?::\d+)?>$/;
const FIELD = /((?:^|[?&])([A-Za-z][\w.-]{0,60})=)([^&\s#"'\\<>]+)/g;

/** Shorter ones are words of any text: they are hidden where they stand, and looked for nowhere else. */
const SHORTEST_ALONE = 3;

/** Members that make a text worth reading as JSON. */
const MAY_BE_JSON = /^\s*[{[]/;

function isOf(name: string, scope: PersonalScope): boolean {
  return isPersonalName(name) && !(scope === "things" && isNameOfThings(name));
}

function isHiddenAt(at: JsonPlace, scope: PersonalScope): boolean {
  const last = at.findLast((step) => typeof step === "string");
  if (typeof last === "string" && isNeverPersonal(last)) return false;
  return at.some((step) => typeof step === "string" && isOf(step, scope));
}

function plainField(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value;
  }
}

/** Makes an empty list of personal data. It is never written anywhere. */
export function createPersonalData(rules: PersonalRules): PersonalData {
  const placeholders = new Map<string, string>();
  const byDigits = new Map<string, string>();
  const kept = new Set<string>();

  const learn = (value: string): string => {
    if (PLACEHOLDER.test(value)) return value;
    const known = placeholders.get(value);
    if (known !== undefined) return known;
    const placeholder = `<personal:${placeholders.size + 1}>`;
    placeholders.set(value, placeholder);
    const digits = digitsOf(value);
    if (digits !== null && !byDigits.has(digits)) byDigits.set(digits, placeholder);
    return placeholder;
  };
  const found = (text: string): string => {
    const value = plainField(text.replaceAll("+", "%2B"));
    return kept.has(value) ? text : learn(value);
  };
  const shapes = (text: string): string => {
    const replaced = replaceShapes(text, found);
    return byDigits.size === 0
      ? replaced
      : replaceDigits(replaced, (digits) => (kept.has(digits) ? null : (byDigits.get(digits) ?? null)));
  };
  const member = (json: string, at: JsonPlace, scope: PersonalScope): string | null => {
    if (!isHiddenAt(at, scope)) return null;
    const value = json.startsWith('"') ? stringOfJson(json) : json;
    if (value === "" || PLACEHOLDER.test(value)) return null;
    if (keepsPlace(rules.keep, at)) {
      kept.add(value);
      return null;
    }
    return JSON.stringify(learn(value));
  };
  const members = (text: string, scope: PersonalScope): string =>
    MAY_BE_JSON.test(text) ? replaceInJson(text, (json, at) => member(json, at, scope)) : text;
  const fields = (text: string, scope: PersonalScope): string =>
    text.includes("=")
      ? text.replace(FIELD, (all, before: string, name: string, value: string) => {
          if (!isOf(name, scope)) return all;
          if (!keepsName(rules.keep, name)) return `${before}${learn(plainField(value))}`;
          kept.add(plainField(value));
          return all;
        })
      : text;
  const alone = (text: string): string | null =>
    text.length < SHORTEST_ALONE ? null : (placeholders.get(text) ?? null);
  const inText = (text: string): string =>
    alone(text) ?? (rules.everywhere ? shapes(fields(text, "things")) : text);

  return {
    scopeOf: rules.scopeOf,
    learn,
    inText,
    inMessage: (text, scope) =>
      scope === "nothing" ? text : (alone(text) ?? shapes(fields(members(text, scope), scope))),
    inExpected: (json) => {
      if (/^["\d-]/.test(json)) {
        const known = placeholders.get(json.startsWith('"') ? stringOfJson(json) : json);
        return known === undefined ? inText(json) : JSON.stringify(known);
      }
      return shapes(members(json, placeholders.size === 0 ? "nothing" : "people"));
    },
    count: () => placeholders.size,
    revision: () => placeholders.size + kept.size,
  };
}
