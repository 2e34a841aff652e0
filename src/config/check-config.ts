import type { Problem } from "../core/errors.js";
import { findShapeProblems, placeProblem } from "../document/check-shape.js";
import type { Checked, DocumentPath, SourceDocument } from "../document/document.js";
import type { ShapeProblem } from "../document/explain-issue.js";
import { type Field, fieldAt, isMap, items, member, members } from "../document/field.js";
import { readDocument } from "../document/read-document.js";
import { configSchema } from "./config-schema.js";
import { literalSecrets, profileProblems, ruleProblems } from "./profile-problems.js";

/** Places whose values may be secrets: a message about them names what was expected and repeats nothing. */
function mayHoldSecret(path: DocumentPath): boolean {
  const [top, , part] = path;
  return (
    top === "profiles" &&
    typeof part === "string" &&
    /^(?:credentials|proxy|headers|baseUrl|gateway)$/.test(part)
  );
}

function withoutValue(each: ShapeProblem): ShapeProblem {
  if (each.part === "key" || !mayHoldSecret(each.path)) return each;
  const message = each.message.replace(
    /^found (?:the text|the number) [\s\S]*?, expected/,
    "found a value that does not fit, expected",
  );
  const { hint: _hint, ...rest } = each;
  return { ...rest, message };
}

function isBelow(path: DocumentPath, above: DocumentPath): boolean {
  return above.every((step, index) => path[index] === step);
}

function shapeProblems(doc: SourceDocument, literals: readonly Field[]): readonly Problem[] {
  return findShapeProblems(configSchema, doc)
    .problems.filter(({ path }) => !literals.some((literal) => isBelow(path, literal.path)))
    .map((each) => placeProblem(withoutValue(each), doc));
}

function semanticProblems(doc: SourceDocument): readonly Problem[] {
  const root = fieldAt(doc);
  return [
    ...members(member(root, "profiles")).flatMap(([, profile]) =>
      isMap(profile.value) ? profileProblems(profile, doc) : [],
    ),
    ...items(member(root, "subject")).flatMap(ruleProblems),
  ];
}

const BRACKET = /^`[[\]{}]`$/;

/** What a syntax problem quotes is a line of the file, which may hold a secret that was put there by mistake. */
function withoutQuotes(each: Problem): Problem {
  return {
    ...each,
    message: each.message.replace(/`[^`]*`/g, (quote) => (BRACKET.test(quote) ? quote : "`…`")),
  };
}

/**
 * Reads a config file: syntax, shape, and what the fields mean together, all problems at once and none of them with a
 * value that could be a secret. Who may say what (commands, hosts) is judged when a target is asked for. Pure.
 */
export function checkConfig(text: string, file: string): Checked<SourceDocument> {
  const read = readDocument(text, file);
  const syntax = read.problems.map(withoutQuotes);
  const doc = read.value;
  if (doc === undefined) return { value: undefined, problems: syntax };
  const literals = members(member(fieldAt(doc), "profiles")).flatMap(([, profile]) =>
    literalSecrets(profile),
  );
  const meant = semanticProblems(doc);
  const shape = shapeProblems(doc, literals);
  return { value: doc, problems: [...syntax, ...shape, ...meant] };
}
