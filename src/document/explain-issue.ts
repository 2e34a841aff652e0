import type { $ZodIssue, $ZodRawIssue, $ZodType } from "zod/v4/core";
import { closedWords, describeShape, fieldNames, requiredNames, unwrapped } from "./describe-shape.js";
import { describeValue, oneOf, quoted } from "./describe-value.js";
import { didYouMeanHint } from "./did-you-mean.js";
import type { DocumentPath } from "./document.js";
import { shapeNotes } from "./shapes.js";

/** Something of another shape than expected, told by its path. */
export interface ShapeProblem {
  readonly path: DocumentPath;
  readonly part: "key" | "value";
  readonly message: string;
  readonly hint?: string;
}

/** Zod's finished issues lose the schema and the input that they are about; this finds the raw one again. */
type RawIssueOf = (issue: $ZodIssue) => $ZodRawIssue | undefined;

interface Context {
  readonly rawOf: RawIssueOf;
  readonly base: DocumentPath;
}

function pathOf(issue: $ZodIssue, base: DocumentPath): DocumentPath {
  return [...base, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
}

/** A map by a long list of names says what they are in a few words. */
function expectedNames(schema: $ZodType | undefined, names: readonly string[]): string {
  const def = schema === undefined ? undefined : unwrapped(schema)._zod.def;
  if (def?.type === "record") return describeShape(def.keyType);
  return names.length === 0 ? "none" : oneOf(names);
}

function unknownField(name: string, schema: $ZodType | undefined, path: DocumentPath): ShapeProblem {
  const names = schema === undefined ? [] : fieldNames(schema);
  const own = schema === undefined ? undefined : shapeNotes.get(schema)?.elsewhere?.[name];
  const message = `found the unknown field ${quoted(name)}, expected ${expectedNames(schema, names)}`;
  return {
    path: [...path, name],
    part: "key",
    message,
    ...(own === undefined ? didYouMeanHint(name, names) : { hint: own }),
  };
}

function mismatch(issue: $ZodIssue, context: Context): ShapeProblem {
  const raw = context.rawOf(issue);
  const schema = schemaOf(raw);
  const path = pathOf(issue, context.base);
  const expected = expectedBy(issue, schema);
  if (raw?.input === undefined) {
    const name = String(path.at(-1) ?? "");
    return {
      path: path.slice(0, -1),
      part: "value",
      message: `${quoted(name)} is missing, expected ${expected}`,
    };
  }
  const words = schema === undefined ? null : closedWords(schema);
  const hint = typeof raw.input === "string" && words !== null ? didYouMeanHint(raw.input, words) : {};
  return { path, part: "value", message: `found ${describeValue(raw.input)}, expected ${expected}`, ...hint };
}

function expectedBy(issue: $ZodIssue, schema: $ZodType | undefined): string {
  const expected = schema === undefined ? "another value" : describeShape(schema);
  const pattern = issue.code === "invalid_format" && "pattern" in issue ? issue.pattern : undefined;
  return expected === "text" && pattern !== undefined ? `text that matches ${pattern}` : expected;
}

/** A check (a bound, a pattern) is no schema; zod notes the schema that it belongs to beside it. */
function schemaOf(raw: $ZodRawIssue | undefined): $ZodType | undefined {
  const { schema, inst } = (raw ?? {}) as { readonly schema?: $ZodType; readonly inst?: $ZodType };
  return schema ?? (inst !== undefined && "def" in inst._zod && "type" in inst._zod.def ? inst : undefined);
}

function bound(
  issue: $ZodIssue & { readonly code: "too_small" | "too_big" },
  context: Context,
): ShapeProblem {
  const raw = context.rawOf(issue);
  const path = pathOf(issue, context.base);
  const [word, number] =
    issue.code === "too_small" ? (["least", issue.minimum] as const) : (["most", issue.maximum] as const);
  const { input } = raw ?? {};
  if (typeof input !== "string" && !Array.isArray(input)) {
    const message = `found ${describeValue(input)}, expected at ${word} ${number}`;
    return { path, part: "value", message };
  }
  const isList = Array.isArray(input);
  const found = input.length === 0 ? `an empty ${isList ? "list" : "text"}` : counted(input.length, isList);
  return { path, part: "value", message: `found ${found}, expected at ${word} ${counted(number, isList)}` };
}

function counted(count: number | bigint, isList: boolean): string {
  const isOne = Number(count) === 1;
  if (isList) return `${count} ${isOne ? "entry" : "entries"}`;
  return `${count} ${isOne ? "character" : "characters"}`;
}

type UnionIssue = Extract<$ZodIssue, { code: "invalid_union" }>;

/** Fields that tell the maps of a union apart: required in one and not in all. */
function tagsOf(options: readonly $ZodType[]): readonly (readonly string[])[] {
  const required = options.map(requiredNames);
  return required.map((names) => names.filter((name) => !required.every((others) => others.includes(name))));
}

function isMapValue(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function clashOfTags(value: object, tags: readonly string[], path: DocumentPath): ShapeProblem | null {
  const present = tags.filter((tag) => tag in value);
  const expected = `expected exactly one of ${oneOf(tags).replace(/ or (?=[^ ]*$)/, " and ")}`;
  if (present.length === 0) {
    const names = Object.keys(value);
    const meant =
      names.map((name) => didYouMeanHint(name, tags)).find((hint) => hint.hint !== undefined) ?? {};
    const found =
      names.length === 0 ? "an empty map" : `a map with ${oneOf(names.map(quoted)).replace(/ or /, " and ")}`;
    return { path, part: "value", message: `found ${found}, ${expected}`, ...meant };
  }
  if (present.length === 1) return null;
  const message = `found ${present.map(quoted).join(" and ")} together, ${expected}`;
  return { path: [...path, present[1] ?? ""], part: "key", message };
}

function explainUnion(issue: UnionIssue, context: Context): readonly ShapeProblem[] {
  const raw = context.rawOf(issue);
  const schema = schemaOf(raw);
  const path = pathOf(issue, context.base);
  const options =
    schema !== undefined && "options" in schema._zod.def ? (schema._zod.def.options as $ZodType[]) : [];
  const close = issue.errors
    .map((issues, index) => ({ issues, option: options[index] }))
    .filter(({ issues }) =>
      issues.every((each) => each.path.length > 0 || each.code === "unrecognized_keys"),
    );
  if (close.length === 0) return [mismatch(issue, context)];
  const inner = { ...context, base: path };
  const maps = close.map(({ option }) => option).filter((option) => option !== undefined);
  const input: unknown = raw?.input;
  if (close.length > 1 && isMapValue(input)) {
    const tags = tagsOf(maps);
    if (tags.every((names) => names.length > 0)) {
      const clash = clashOfTags(input, [...new Set(tags.flat())], path);
      if (clash !== null) return [clash];
      const chosen = close[tags.findIndex((names) => names.some((name) => name in input))];
      return (chosen?.issues ?? []).flatMap((each) => explainIssue(each, inner));
    }
  }
  const best = close.toSorted((a, b) => a.issues.length - b.issues.length)[0];
  return (best?.issues ?? []).flatMap((each) => explainIssue(each, inner));
}

/** What one issue of zod means to the person who wrote the file. Pure. */
export function explainIssue(issue: $ZodIssue, context: Context): readonly ShapeProblem[] {
  const path = pathOf(issue, context.base);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((name) => unknownField(name, schemaOf(context.rawOf(issue)), path));
    case "invalid_union":
      return explainUnion(issue, context);
    case "invalid_key": {
      const record = schemaOf(context.rawOf(issue));
      const def = record === undefined ? undefined : unwrapped(record)._zod.def;
      const keyType = def?.type === "record" ? def.keyType : undefined;
      const name = String(path.at(-1) ?? "");
      const expected = keyType === undefined ? "another name" : describeShape(keyType);
      const hint = didYouMeanHint(name, keyType === undefined ? [] : (closedWords(keyType) ?? []));
      return [
        { path, part: "key", message: `found the name ${quoted(name)}, expected ${expected}`, ...hint },
      ];
    }
    case "too_small":
    case "too_big":
      return [bound(issue, context)];
    default:
      return [mismatch(issue, context)];
  }
}
