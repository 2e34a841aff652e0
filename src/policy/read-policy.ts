import type { Problem } from "../core/errors.js";
import { checkShape } from "../document/check-shape.js";
import type { Checked, DocumentPath, SourceDocument } from "../document/document.js";
import { readDocument, requireValue } from "../document/read-document.js";
import { findContradictions } from "./contradictions.js";
import { layOver, NO_POLICY } from "./lay-over.js";
import type { Policy } from "./policy.js";
import type { PolicyFile } from "./policy-file.js";
import { ORDER_WORDS, policySchema } from "./policy-schema.js";
import { DEFAULT_PRESET } from "./preset-names.js";
import { isPresetName, presetFor } from "./presets.js";
import { rememberFile } from "./written-file.js";

interface Place {
  readonly doc: SourceDocument;
  readonly path: DocumentPath;
}

function orderProblems(file: Pick<PolicyFile, "order">, { doc, path }: Place): readonly Problem[] {
  const { order } = file;
  if (order === undefined) return [];
  const missing = ORDER_WORDS.filter((word) => !order.includes(word));
  const twice = order.findIndex((word, index) => order.indexOf(word) !== index);
  if (twice !== -1) {
    const at = doc.positionOf([...path, "order", twice]);
    return [
      { at, message: `found "${order[twice]}" twice, expected each of ${ORDER_WORDS.join(", ")} once` },
    ];
  }
  if (missing.length === 0) return [];
  const at = doc.positionOf([...path, "order"]);
  return [
    { at, message: `order lacks ${missing.join(", ")}, expected each of ${ORDER_WORDS.join(", ")} once` },
  ];
}

function allOrderProblems(file: PolicyFile, place: Place): readonly Problem[] {
  const inRoutes = (file.routes ?? []).flatMap((route, index) =>
    orderProblems(route, { ...place, path: [...place.path, "routes", index] }),
  );
  return [...orderProblems(file, place), ...inRoutes];
}

function baseOf(file: PolicyFile): Policy {
  const name = file.extends ?? DEFAULT_PRESET;
  return isPresetName(name) ? presetFor(name) : NO_POLICY;
}

function nameOf({ doc, path }: Place): string {
  return path.length > 0 ? "inline" : doc.file;
}

/**
 * Reads the policy at a place of a document, laid over the preset that it extends. Every unknown field or word is a
 * problem with its position, and so is what can never come to bear. Pure.
 */
export function readPolicyAt(doc: SourceDocument, path: DocumentPath): Checked<Policy> {
  const { value: file, problems } = checkShape(policySchema, doc, path);
  if (file === undefined || problems.length > 0) return { value: undefined, problems };
  const place = { doc, path };
  const policy = layOver(baseOf(file), file, nameOf(place));
  rememberFile(policy, file);
  const contradictions = findContradictions(file, policy).map(({ path: inside, message, hint }) => ({
    at: doc.positionOf([...path, ...inside]),
    message,
    hint,
  }));
  return { value: policy, problems: [...allOrderProblems(file, place), ...contradictions] };
}

/**
 * Reads a policy file, YAML or JSON, laid over the preset that it extends (without `extends`: documented). Pure.
 * @throws GcidemError `invalid-file` with all problems of the text and their positions.
 */
export function parsePolicy(text: string, file = "policy"): Policy {
  const read = readDocument(text, file);
  if (read.value === undefined)
    return requireValue<Policy>({ value: undefined, problems: read.problems }, file);
  const { value, problems } = readPolicyAt(read.value, []);
  return requireValue({ value, problems: [...read.problems, ...problems] }, file);
}
