import { DIMENSION_NAMES, type DimensionName } from "../src/policy/dimension-names.js";
import { factsOf, pathsFact } from "../src/policy/explain/facts.js";
import { EVERYWHERE } from "../src/policy/explain/say.js";
import { mergeLayers } from "../src/policy/merge-layers.js";
import { NOTHING_PROMISED } from "../src/policy/nothing-promised.js";
import { PRESET_NAMES } from "../src/policy/preset-names.js";
import { presetFor } from "../src/policy/presets.js";
import { readLayer } from "../src/policy/read-layer.js";
import { parsePolicy } from "../src/policy/read-policy.js";
import { policyJsonSchema } from "./json-schemas.js";
import { SAMPLES } from "./policy-samples.js";

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly definitions?: Readonly<Record<string, Node>>;
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly items?: Node;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly type?: string;
}

const SCHEMA = policyJsonSchema() as Node;

function resolved(node: Node): Node {
  const name = (node.$ref ?? node.allOf?.[0]?.$ref)?.replace("#/definitions/", "");
  return name === undefined ? node : (SCHEMA.definitions?.[name] ?? node);
}

function nodeOf(dimension: DimensionName): Node {
  return dimension
    .split(".")
    .reduce<Node>((node, name) => resolved(resolved(node).properties?.[name] ?? {}), SCHEMA);
}

/** A value as it is written in a policy file. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const members = Object.entries(value).map(([name, inner]) => `${name}: ${flow(inner)}`);
  return `{ ${members.join(", ")} }`;
}

/** A file that says one dimension. */
function fileOf(dimension: DimensionName, value: unknown): Readonly<Record<string, unknown>> {
  const [part = "", field] = dimension.split(".");
  return field === undefined ? { [part]: value } : { [part]: { [field]: value } };
}

/** Where every dimension has an effect: keys are required, tokens are read in two places. */
const CONTEXT = {
  idempotency: { support: "required" },
  concurrency: {
    validator: { kind: "version", name: "version", etag: "strong" },
    readFrom: ["if-match", "body version"],
  },
};

/** What two ways differ in shows only after a wait. */
const WAITING = { inFlight: { outcome: "wait" } };

function inContext(dimension: DimensionName, value: unknown): string {
  const file = fileOf(dimension, value) as Partial<typeof CONTEXT>;
  const blind = dimension === "concurrency.validator" && value === "none" ? { readFrom: [] } : {};
  const waiting = dimension === "idempotency.inFlightOrder" ? WAITING : {};
  return JSON.stringify({
    extends: "none",
    ...CONTEXT,
    ...file,
    idempotency: { ...CONTEXT.idempotency, ...waiting, ...file.idempotency },
    concurrency: { ...CONTEXT.concurrency, ...file.concurrency, ...blind },
  });
}

function sentencesOf(dimension: DimensionName, value: unknown): readonly string[] {
  const policy = parsePolicy(inContext(dimension, value));
  const facts = dimension === "paths" ? [pathsFact(policy.paths)] : factsOf(policy, EVERYWHERE);
  const fact = facts.find((each) => each.dimension === dimension);
  if (fact === undefined) return [];
  return fact.isOff ? ["None."] : fact.sentences.flatMap((text) => text.split(/(?<=\.) (?=[A-Z0-9])/));
}

function isDefault(dimension: DimensionName, value: unknown): boolean {
  if (dimension === "paths") return value === "documented";
  const merged = mergeLayers(NOTHING_PROMISED, readLayer(fileOf(dimension, value)));
  return JSON.stringify(merged) === JSON.stringify(NOTHING_PROMISED);
}

/** Of a part of a map only what it changes of the first sample is told. */
function rowOf(dimension: DimensionName, value: unknown, first: readonly string[]): string {
  const sentences = sentencesOf(dimension, value);
  const news = sentences.filter((sentence) => !first.includes(sentence));
  const told = isWhole(value) || value === SAMPLES[dimension][0] ? sentences : news;
  const mark = isDefault(dimension, value) ? " (default)" : "";
  return `| \`${flow(value)}\`${mark} | ${told.length === 0 ? "The same." : told.join(" ")} |`;
}

function isWhole(value: unknown): boolean {
  return typeof value !== "object" || value === null || Array.isArray(value) || "kind" in value;
}

/** Every word that a value of this shape can be; none where it is open. */
function wordsOf(node: Node): readonly string[] {
  const inner = resolved(node);
  const own = inner.enum ?? (inner.const === undefined ? [] : [inner.const]);
  const others = [...(inner.anyOf ?? []), ...(inner.items === undefined ? [] : [inner.items])];
  return [...new Set([...own.map(String), ...others.flatMap(wordsOf)])];
}

/** The maps that a value can be, also as items of a list. */
function mapsOf(node: Node): readonly Node[] {
  const inner = resolved(node);
  const others = [...(inner.anyOf ?? []), ...(inner.items === undefined ? [] : [inner.items])];
  return inner.properties === undefined ? others.flatMap(mapsOf) : [inner];
}

/** A map that says no more than a bare word needs no words of its own. */
const BARE = "The same as the bare word.";

function fieldLine(name: string, fields: readonly Node[]): string {
  const words = [...new Set(fields.flatMap(wordsOf))].map((word) => `\`${word}\``);
  const said = [...new Set(fields.map(({ description }) => description ?? ""))].join(" ");
  return `- \`${name}\`: ${said}${words.length === 0 ? "" : ` One of ${words.join(", ")}.`}`;
}

function fieldLines(node: Node): readonly string[] {
  const fields = new Map<string, Node[]>();
  for (const map of mapsOf(node)) {
    for (const [name, field] of Object.entries(map.properties ?? {})) {
      if (field.description !== BARE) fields.set(name, [...(fields.get(name) ?? []), field]);
    }
  }
  return [...fields].map(([name, each]) => fieldLine(name, each));
}

function dimensionLines(dimension: DimensionName): readonly string[] {
  const node = nodeOf(dimension);
  const samples = SAMPLES[dimension];
  const first = sentencesOf(dimension, samples[0]);
  const fields = fieldLines(node);
  return [
    `### \`${dimension}\``,
    "",
    node.description ?? "",
    "",
    ...(fields.length === 0 ? [] : [...fields, ""]),
    "| value | for a client |",
    "| --- | --- |",
    ...samples.map((value) => rowOf(dimension, value, first)),
    "",
  ];
}

const INTRODUCTION = `# Policies

A policy says what a server promises about idempotency keys and versions, and how it breaks its promises. The mock obeys
one; without \`--policy\` it is \`documented\`. What one of them means for a client, route by route, with its sources and what
is unknown, is printed by

\`\`\`sh
gcidem mock --policy documented --explain
\`\`\`

## Presets
`;

const OWN = `
## Your own

A file that says what differs from a preset (without \`extends\`: from \`documented\`; \`extends: none\` is a server that promises
nothing). With its first line an editor that knows YAML schemas completes and explains the fields; the schema is
\`scenarios/policy.schema.json\` of the package.

\`\`\`yaml policy
# yaml-language-server: $schema=./policy.schema.json
extends: documented
description: Our gateway as measured in November.
source: our gateway's manual, chapter 3
sources: { idempotency.ttl: measured on 2026-11-01 }
idempotency: { support: honoured, ttl: 15m }
unknown: { idempotency.inFlight: nobody has tried two at once }
routes:
  - match: PATCH /api/v2/users/{id}
    description: The gateway adds an ETag.
    concurrency: { validator: etag-strong, readFrom: [if-match], stale: { status: 412 } }
\`\`\`

- Use it with \`--policy FILE\`, or in a scenario as \`policy: FILE\`, or write it in place under \`policy:\`.
  \`gcidem validate FILE\` checks it and tells every mistake with line and column.
- Maps merge deeply; lists, and maps with a \`kind\`, are replaced whole; \`null\` switches off. A bare word is short for
  \`{ kind: word }\`.
- \`routes\`: the first whose \`match\` fits a request is merged over the rest. \`{name}\` stands for one segment of a path, the
  method \`*\` for any. Own routes are tried before the preset's, and a field at the top does not change what a preset's route
  says. \`churn\`, \`front\`, \`idempotency.lookup\` and \`paths\` are the whole server's and stand at the top only.
- \`source\` and \`sources\` say who says so, \`unknown\` what nobody has established; \`--explain\` prints all three.
- What could never come to bear is an error: a refusal of missing tokens where none is read, a route behind one that fits all
  its requests.

## Dimensions

One field each. The tables show every word of a closed set, and examples where a value is open. What they say holds where
keys are required, a second request waits where that makes a difference, and the version is read from If-Match and from the
body; a dimension without effect under the others is not mentioned
by \`--explain\`. "Default" is the value of \`extends: none\`.
`;

/** `docs/policies.md`: the presets, and each dimension with its values and what they mean. Pure. */
export function policiesPage(): string {
  const presets = PRESET_NAMES.map((name) => `| \`${name}\` | ${presetFor(name).description} |`);
  const lines = [
    INTRODUCTION,
    "| preset | what it is |",
    "| --- | --- |",
    ...presets,
    OWN,
    ...DIMENSION_NAMES.flatMap(dimensionLines),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
