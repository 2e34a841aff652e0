import { randomBytes } from "node:crypto";
import type { HeaderList } from "../core/http.js";

/** A request as somebody wrote it down: texts may hold {@link mark}s where a value comes from elsewhere. */
export interface WrittenRequest {
  /** Line of the source that it begins in, from 1. */
  readonly line: number;
  /** What its author calls it; null where it has no name. */
  readonly name: string | null;
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
  /** In ms; null: nothing is said. */
  readonly timeoutMs: number | null;
}

/** Something that was dropped or guessed. */
export interface WrittenNote {
  /** Line of the source, from 1; null: the whole source. */
  readonly line: number | null;
  readonly text: string;
}

/** A value that the source names and does not have. */
export interface AskedValue {
  readonly name: string;
  /** What a person must give. */
  readonly ask: string;
}

/** What a source of written requests holds. */
export interface WrittenRequests {
  /** `curl`, `Postman collection 2.1`, `.http file`. */
  readonly format: string;
  readonly requests: readonly WrittenRequest[];
  readonly notes: readonly WrittenNote[];
  readonly asked: readonly AskedValue[];
  /** Values that are credentials by what their author calls them, wherever they stand. */
  readonly secrets: readonly string[];
}

/** Reads a file that a source names; a text says why it cannot be read. */
export type ReadBeside = (path: string) => Uint8Array | string;

/**
 * A mark must be gcidem's own: a recording that holds one could otherwise have a variable of the environment sent to whoever
 * made it. So each process has another one, between noncharacters of Unicode.
 */
const NONCE = randomBytes(8).toString("hex");
const OPEN = `\ufdd0${NONCE}:`;
const CLOSE = "\ufdd1";
const MARK = new RegExp(`${OPEN}([^\ufdd0\ufdd1]*)${CLOSE}`, "g");
const ENCODED = new RegExp(`%EF%B7%90${NONCE}(?::|%3A)((?:(?!%EF%B7%9[01])[^\ufdd0\ufdd1])*)%EF%B7%91`, "gi");

/** Stands in a text for the value of a scenario's expression, such as `uuid()` or a var's name. Pure. */
export function mark(expression: string): string {
  return `${OPEN}${expression}${CLOSE}`;
}

/** Replaces each mark of a text. Pure. */
export function replaceMarks(text: string, replacement: (expression: string) => string): string {
  return text.includes(OPEN)
    ? text.replace(MARK, (_all, expression: string) => replacement(expression))
    : text;
}

/** A text's parts: those with an odd index are the expressions of marks. Pure. */
export function splitMarks(text: string): readonly string[] {
  return text.split(MARK);
}

/** True where a text holds a mark. Pure. */
export function hasMark(text: string): boolean {
  return text.includes(OPEN);
}

/** Puts marks back that a URL's parser has encoded. Pure. */
export function restoreMarks(url: string): string {
  return url.replace(ENCODED, (_all, expression: string) => mark(decodeURIComponent(expression)));
}

/** A name as a var may have it: letters, digits, - and _. Pure. */
export function varName(name: string): string {
  const simple = name.trim().replace(/[^A-Za-z0-9_-]+/g, "_");
  const started = /^[A-Za-z_]/.test(simple) ? simple : `_${simple}`;
  return /^(?:env|writer|uuid|now|sha256)$/.test(started) ? `${started}_` : started;
}
