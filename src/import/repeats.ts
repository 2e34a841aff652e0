import { diffJson } from "../compare/diff-json.js";
import { isWrite } from "../core/http.js";
import { type JsonNode, tryParseJson, writeJson } from "../core/json.js";
import { mutate } from "../plan/mutate.js";
import type { Scope } from "../plan/plan.js";
import { reserialize } from "../plan/reserialize.js";
import type { JsonTemplate, ReserializeForm } from "../scenario/scenario.js";
import type { Carried } from "./carry-values.js";
import { type Draft, sameBody } from "./draft.js";

/** One operation of a patch, its value with marks. */
interface PatchLine {
  readonly op: string;
  readonly path: string;
  readonly value?: JsonNode;
}

/** Parts that a repeat sets otherwise; null removes. */
interface SetLines {
  readonly method?: string;
  readonly path?: string;
  readonly key?: string | null;
  readonly ifMatch?: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

/** How a request is said as a repeat of an earlier one. */
export interface Repeat {
  /** Index of the earlier draft. */
  readonly of: number;
  readonly set: SetLines | null;
  readonly patch: readonly PatchLine[];
  readonly reserialize: ReserializeForm | null;
}

const FORMS: readonly ReserializeForm[] = ["whitespace", "key-order", "number-format", "unicode-escapes"];
const MOST_OPERATIONS = 10;
const NOWHERE = { file: "", line: 1, column: 1 };

/** A patch of literal values asks its scope for nothing. */
const NO_SCOPE: Scope = {
  variable: () => undefined,
  capture: () => undefined,
  env: () => "",
  uuid: () => "",
  now: () => "",
  encode: String,
  readFile: () => new Uint8Array(),
  baseUrl: "http://unknown",
  userAgent: "",
};

function literal(node: JsonNode): JsonTemplate {
  switch (node.kind) {
    case "array":
      return { kind: "array", items: node.items.map(literal) };
    case "object":
      return {
        kind: "object",
        members: node.members.map(
          ([name, value]) => [{ parts: [name], at: NOWHERE }, literal(value)] as const,
        ),
      };
    case "string":
      return { kind: "string", template: { parts: [node.value], at: NOWHERE } };
    default:
      return { kind: "literal", json: writeJson(node) };
  }
}

function text(value: string): JsonNode {
  return { kind: "string", value };
}

function operationsOf(lines: readonly PatchLine[]): JsonTemplate {
  const operations = lines.map(({ op, path, value }): JsonNode => {
    const members = [["op", text(op)] as const, ["path", text(path)] as const];
    return {
      kind: "object",
      members: value === undefined ? members : [...members, ["value", value] as const],
    };
  });
  return literal({ kind: "array", items: operations });
}

/** What the run would make of the patch; null where it would refuse it. */
function patched(body: string, lines: readonly PatchLine[]): string | null {
  const request = { method: "POST", url: "http://unknown/", headers: [], body: Buffer.from(body) };
  try {
    const made = mutate(request, [{ kind: "patch", operations: operationsOf(lines), at: NOWHERE }], NO_SCOPE);
    return Buffer.from(made.body ?? []).toString("utf8");
  } catch {
    return null;
  }
}

function nodeAt(root: JsonNode, pointer: string): JsonNode | undefined {
  if (pointer === "") return root;
  const segments = pointer
    .slice(1)
    .split("/")
    .map((each) => each.replaceAll("~1", "/").replaceAll("~0", "~"));
  return segments.reduce<JsonNode | undefined>((node, segment) => {
    if (node?.kind === "array") return node.items[Number(segment)];
    return node?.kind === "object" ? node.members.find(([name]) => name === segment)?.[1] : undefined;
  }, root);
}

interface Sides {
  readonly draft: Draft;
  readonly carried: Carried;
}

/** The value of an operation as the later body has it: with a mark where it comes from elsewhere. */
function valueIn({ carried, draft }: Sides, path: string, value: JsonNode): JsonNode {
  if (carried.node === null || draft.body.kind !== "json") return value;
  const same = nodeAt(draft.body.node, path);
  const marked = nodeAt(carried.node, path);
  return same !== undefined && marked !== undefined && writeJson(same) === writeJson(value) ? marked : value;
}

type BodyChange = Pick<Repeat, "patch" | "reserialize">;

const UNCHANGED: BodyChange = { patch: [], reserialize: null };

/** How a body comes of an earlier one; null where no mutation says it. */
function bodyChange(base: Draft, side: Sides): BodyChange | null {
  const [before, after] = [base.body, side.draft.body];
  if (sameBody(before, after)) return UNCHANGED;
  if ((before.kind !== "json" && before.kind !== "text") || (after.kind !== "json" && after.kind !== "text"))
    return null;
  const [one, other] = [tryParseJson(before.text), tryParseJson(after.text)];
  if (one === null || other === null) return null;
  const form = FORMS.find((each) => reserialize(one, each) === after.text);
  if (form !== undefined) return { patch: [], reserialize: form };
  const { changes, omitted } = diffJson(one, other, MOST_OPERATIONS);
  const lines = changes.map(
    ({ op, path, value }): PatchLine => ({ op, path, ...(value === undefined ? {} : { value }) }),
  );
  if (omitted > 0 || lines.length === 0 || patched(before.text, lines) !== after.text) return null;
  const marked = lines.map((line) =>
    line.value === undefined ? line : { ...line, value: valueIn(side, line.path, line.value) },
  );
  return { patch: marked, reserialize: null };
}

function headerChanges(base: Draft, { draft, carried }: Sides): SetLines["headers"] {
  const names = new Map([...base.headers, ...draft.headers].map(([name]) => [name.toLowerCase(), name]));
  const valueAt = (headers: Draft["headers"], wanted: string): string | null =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
  names.delete("content-type");
  const changed = [...names].flatMap(([lower, name]): SetLines["headers"] => {
    if (valueAt(base.headers, lower) === valueAt(draft.headers, lower)) return [];
    return [[name, valueAt(carried.headers, lower)]];
  });
  return base.contentType === draft.contentType ? changed : [...changed, ["Content-Type", draft.contentType]];
}

function setOf(base: Draft, side: Sides): SetLines | null {
  const { draft, carried } = side;
  const headers = headerChanges(base, side);
  const sameKey = JSON.stringify(base.key) === JSON.stringify(draft.key);
  const set: SetLines = {
    ...(base.method === draft.method ? {} : { method: draft.method }),
    ...(base.target === draft.target ? {} : { path: carried.target }),
    ...(sameKey ? {} : { key: carried.key }),
    ...(base.ifMatch === draft.ifMatch ? {} : { ifMatch: carried.ifMatch }),
    headers,
  };
  return Object.keys(set).length === 1 && headers.length === 0 ? null : set;
}

/** A key that moves to another header, or is written in another way, is no small change. */
function keysFit(base: Draft, { key }: Draft): boolean {
  if (base.key === null || key === null) return true;
  return base.key.header.toLowerCase() === key.header.toLowerCase() && base.key.quoted === key.quoted;
}

/** Earlier requests that a request may be a repeat of, the likeliest first. */
function candidates(drafts: readonly Draft[], index: number): readonly number[] {
  const draft = drafts[index];
  if (draft === undefined || !isWrite(draft.method, [])) return [];
  const earlier = drafts.slice(0, index).map((each, at) => ({ each, at }));
  const writes = earlier.filter(({ each }) => isWrite(each.method, []) && keysFit(each, draft));
  const sameKey = writes.filter(({ each }) => draft.key !== null && each.key?.value === draft.key.value);
  const alike = writes.filter(
    ({ each }) =>
      each.method === draft.method && each.target === draft.target && sameBody(each.body, draft.body),
  );
  const both = sameKey.filter((each) => alike.includes(each));
  return [...both, ...sameKey, ...alike].map(({ at }) => at);
}

/** How a request is said as a repeat; null where it is none, or where that says no less. */
export function repeatOf(
  index: number,
  {
    drafts,
    carried,
    may,
  }: {
    readonly drafts: readonly Draft[];
    readonly carried: readonly Carried[];
    readonly may: (index: number) => boolean;
  },
): Repeat | null {
  const [draft, own] = [drafts[index], carried[index]];
  if (draft === undefined || own === undefined || draft.body.kind === "asked") return null;
  for (const of of candidates(drafts, index)) {
    const base = drafts[of];
    if (base === undefined || !may(of)) continue;
    const change = bodyChange(base, { draft, carried: own });
    if (change === null) continue;
    return { of, set: setOf(base, { draft, carried: own }), ...change };
  }
  return null;
}
