import type { Problem } from "../core/errors.js";
import { isSecretHeader } from "../core/redact.js";
import { oneOf, quoted } from "../document/describe-value.js";
import type { DocumentPath, SourceDocument } from "../document/document.js";
import { type Field, fieldAt, items, member, members, placeOf, problem, textIn } from "../document/field.js";
import { profileChain } from "./profile-chain.js";
import { findRegion, regionHint } from "./regions.js";

/** Where the schema wants `secretFrom`, below a profile. */
const SECRET_PLACES: readonly DocumentPath[] = [
  ["credentials", "bearer"],
  ["credentials", "basic", "password"],
  ["credentials", "header", "value"],
  ["credentials", "client", "clientSecret"],
  ["proxy", "password"],
];

/** Header names by which people send credentials to APIs of all kinds. */
const LIKELY_SECRET = /auth|token|secret|passw|cookie|api-?key/i;

const WHY_NO_LITERAL =
  "config files are shared and committed: say where it is with secretFrom: { env: NAME }, { file: path } or { command: [...] }";

function at(field: Field, path: DocumentPath): Field | null {
  return path.reduce<Field | null>(
    (each, name) => (each === null ? null : member(each, String(name))),
    field,
  );
}

/** Secrets that stand in a profile as they are. Pure. */
export function literalSecrets(profile: Field): readonly Field[] {
  return SECRET_PLACES.flatMap((path) => {
    const found = at(profile, path);
    return found === null || found.value === null || typeof found.value === "object" ? [] : [found];
  });
}

function literalProblems(profile: Field): readonly Problem[] {
  const inFields = literalSecrets(profile).map((field) =>
    problem(placeOf(field), "found a secret in the file, which is refused", WHY_NO_LITERAL),
  );
  const inHeaders = members(member(profile, "headers"))
    .filter(([name]) => isSecretHeader(name) || LIKELY_SECRET.test(name))
    .map(([name, field]) =>
      problem(
        placeOf(field, "key"),
        `found the header ${quoted(name)}, which carries a credential`,
        "use credentials: { header: { name: ..., value: { secretFrom: ... } } }, or bearer or basic",
      ),
    );
  return [...inFields, ...inHeaders];
}

const ONLY_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  genesys: ["region", "gc", "gateway"],
  http: ["baseUrl"],
};

function kindProblems(profile: Field, chain: readonly Field[]): readonly Problem[] {
  const own = textIn(member(profile, "kind"));
  const inherited = chain
    .slice(1)
    .map((each) => textIn(member(each, "kind")))
    .find((kind) => kind !== null);
  const kind = own ?? inherited ?? null;
  if (own !== null && inherited !== undefined && own !== inherited) {
    const field = member(profile, "kind") ?? profile;
    return [
      problem(
        placeOf(field),
        `found the kind ${own}, but the profile that it extends is of kind ${inherited}`,
      ),
    ];
  }
  const foreign =
    kind === "genesys" ? (ONLY_OF_KIND.http ?? []) : kind === "http" ? (ONLY_OF_KIND.genesys ?? []) : [];
  return foreign.flatMap((name) => {
    const field = member(profile, name);
    if (field === null) return [];
    const hint =
      name === "baseUrl"
        ? "hosts in front of an org are gateway: { api: ..., login: ... }"
        : "an http profile has baseUrl";
    return [
      problem(
        placeOf(field, "key"),
        `found \`${name}\`, which a profile of kind ${kind} does not have`,
        hint,
      ),
    ];
  });
}

function regionProblems(profile: Field): readonly Problem[] {
  const field = member(profile, "region");
  const text = textIn(field);
  if (field === null || text === null || text === "" || findRegion(text) !== null) return [];
  return [problem(placeOf(field), `found the region ${quoted(text)}, which is unknown`, regionHint(text))];
}

function tokenUrlProblems(profile: Field, kind: string | null): readonly Problem[] {
  const client = at(profile, ["credentials", "client"]);
  if (client === null || kind === null) return [];
  const tokenUrl = member(client, "tokenUrl");
  if (kind === "http" && tokenUrl === null)
    return [problem(placeOf(client), "`tokenUrl` is missing, expected where tokens are given")];
  if (kind === "genesys" && tokenUrl !== null)
    return [
      problem(
        placeOf(tokenUrl, "key"),
        "found `tokenUrl`, which a profile of kind genesys does not have",
        "it follows from the region; hosts in front of an org are gateway: { api: ..., login: ... }",
      ),
    ];
  return [];
}

/** Names in braces, and what is left of a text without them. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
}

/** What is wrong with a subject rule besides its shape. Pure. */
export function ruleProblems(rule: Field): readonly Problem[] {
  const [path, resource] = [member(rule, "path"), member(rule, "resource")];
  const known = namesIn(textIn(path) ?? "");
  const bad = known.find((name, index) => !/^\w+$/.test(name) || known.indexOf(name) !== index);
  if (
    path !== null &&
    (bad !== undefined || /[{}]/.test((textIn(path) ?? "").replace(/\/\{\w+\}(?=\/|$)/g, "")))
  )
    return [
      problem(
        placeOf(path),
        "expected whole segments in braces, each with a name of its own",
        "such as /v1/orders/{id}/lines/{line}",
      ),
    ];
  const wild = (textIn(path) ?? "").split("/").find((segment) => /^(?:\*+|:\w+)$/.test(segment));
  if (path !== null && wild !== undefined)
    return [
      problem(
        placeOf(path),
        `found the segment ${quoted(wild)}, which stands for itself here`,
        `a changing segment has a name in braces: {${wild.replace(/^[*:]+/, "") || "id"}}`,
      ),
    ];
  return namesIn(textIn(resource) ?? "")
    .filter((name) => !known.includes(name))
    .map((name) =>
      problem(
        placeOf(resource ?? rule),
        `found ${quoted(`{${name}}`)}, expected ${known.length === 0 ? "no braces: the path has none" : oneOf(known.map((each) => `{${each}}`))}`,
      ),
    );
}

/** What is wrong with a profile besides its shape; no message repeats a secret. Pure. */
export function profileProblems(profile: Field, doc: SourceDocument): readonly Problem[] {
  const { chain, problems } = profileChain(profile, member(fieldAt(doc), "profiles"));
  const kind = chain.map((each) => textIn(member(each, "kind"))).find((each) => each !== null) ?? null;
  return [
    ...problems,
    ...literalProblems(profile),
    ...kindProblems(profile, chain),
    ...(kind === null && problems.length === 0
      ? [
          problem(
            placeOf(profile, "key"),
            "`kind` is missing, expected genesys or http, here or in a profile that this one extends",
          ),
        ]
      : []),
    ...regionProblems(profile),
    ...tokenUrlProblems(profile, kind),
    ...items(member(profile, "subject")).flatMap(ruleProblems),
  ];
}
