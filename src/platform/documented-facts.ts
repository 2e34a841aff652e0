import { headerValue } from "../core/http.js";
import { tryParseJson } from "../core/json.js";
import { DETAILED_OPERATIONS, operationAt } from "./all-operations.js";
import { findOperation } from "./find-operation.js";
import { pathShape } from "./path-shape.js";
import type {
  AskedRequest,
  DocumentedFact,
  DocumentedMatch,
  DocumentedOperation,
  Source,
} from "./platform.js";
import { SDK, SWAGGER_2017 } from "./sources.js";

type Words = Omit<DocumentedFact, "explanation"> & { readonly why?: string };

/** `Documented, not tested`, and where. Pure. */
function citation({ name, readOn }: Source): string {
  return `Documented, not tested: ${name}, read ${readOn}.`;
}

function toFact({ why, ...words }: Words): DocumentedFact {
  const because = why === undefined ? "" : ` ${why}`;
  return {
    ...words,
    explanation: `${words.operation} ${words.fact}.${because} ${citation(words.source)}`,
  };
}

function nameOf({ method, path }: Pick<DocumentedOperation, "method" | "path">): string {
  return `${method} ${path}`;
}

/** Operations in words, `A or B`. */
function named(operations: readonly DocumentedOperation[]): string {
  return operations.map(nameOf).join(" or ");
}

/** What to send instead: below the nearest may be one that takes what the body has. */
function nearestRemedy(nearest: readonly DocumentedOperation[], body: string | null): string {
  const [first] = nearest;
  if (first === undefined) return "Look the operation up in the vendor's API documents.";
  const known = new Set(first.body?.map(({ name }) => name));
  const others = first.openBody ? [] : membersOf(body).filter((name) => !known.has(name));
  for (const member of others) {
    const home = homeOf(member, first);
    if (home !== undefined) return `Send ${nameOf(home)}: that takes \`${member}\`.`;
  }
  return `Send ${named(nearest)}.`;
}

function noSuchOperation(
  { method, url, body }: AskedRequest,
  { nearest }: Extract<DocumentedMatch, { readonly kind: "not-documented" }>,
): DocumentedFact {
  const isNear = nearest.length > 0;
  return toFact({
    cause: "no-such-operation",
    operation: `${method.toUpperCase()} ${pathShape(pathOf(url))}`,
    fact: `is no operation of the platform; ${isNear ? `the nearest is ${named(nearest)}` : "none is near it"}`,
    remedy: nearestRemedy(nearest, body),
    source: SDK,
  });
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : (url.split(/[?#]/)[0] ?? url);
}

/** The header by which a client means to send an idempotency key. */
const KEY_HEADER = /idempoten/i;

const KEYED: string = named(DETAILED_OPERATIONS.filter(({ keyHeader }) => keyHeader !== null));

function keyFact(request: AskedRequest, operation: DocumentedOperation): readonly DocumentedFact[] {
  const sent = request.headers.map(([name]) => name).find((name) => KEY_HEADER.test(name));
  const { keyHeader } = operation;
  if (sent === undefined || sent.toLowerCase() === keyHeader?.toLowerCase()) return [];
  const words = { cause: "header-not-declared", operation: nameOf(operation), source: SDK } as const;
  if (keyHeader !== null) {
    const remedy = `Send the key as ${keyHeader}.`;
    return [toFact({ ...words, fact: `takes its key as ${keyHeader}, not as ${sent}`, remedy })];
  }
  return [
    toFact({
      ...words,
      fact: `takes no ${sent}`,
      why: `Of all operations only ${KEYED} declares a key; what this one does with it is unknown.`,
      remedy:
        "Do not count on the key: before sending again after a lost answer, read what the first attempt did.",
    }),
  ];
}

function whatGuards({ version }: DocumentedOperation): string {
  return version?.carrier === "body"
    ? `Send the current \`${version.name}\` in the body instead: that is what is compared.`
    : "Do not count on it: read again after the write to see that nobody else's change was lost.";
}

function preconditionFacts(request: AskedRequest, operation: DocumentedOperation): readonly DocumentedFact[] {
  const declared = {
    "If-Match": operation.version?.carrier === "if-match",
    "If-None-Match": operation.ifNoneMatch,
  };
  return Object.entries(declared)
    .filter(([name, isDeclared]) => !isDeclared && headerValue(request.headers, name) !== null)
    .map(([name]) =>
      toFact({
        cause: "header-not-declared",
        operation: nameOf(operation),
        fact: `takes no ${name}`,
        why: "Only users and groups by SCIM declare it; what this operation does with it is unknown.",
        remedy: whatGuards(operation),
        source: SDK,
      }),
    );
}

function membersOf(body: string | null): readonly string[] {
  if (body === null) return [];
  const node = tryParseJson(body);
  return node?.kind === "object" ? [...new Set(node.members.map(([name]) => name))] : [];
}

/** A body may have thousands of members; a sentence may not. */
const MOST_MEMBERS = 5;

function listOf(members: readonly string[]): string {
  const shown = members.slice(0, MOST_MEMBERS).map((name) => `\`${name}\``);
  const left = members.length - shown.length;
  return left === 0 ? shown.join(", ") : `${shown.join(", ")} and ${left} more`;
}

/** The operation below this one, with the same method, whose body has the member. */
function homeOf(member: string, { method, path }: DocumentedOperation): DocumentedOperation | undefined {
  return DETAILED_OPERATIONS.find(
    (each) =>
      each.method === method &&
      each.path.startsWith(`${path}/`) &&
      each.body?.some(({ name }) => name === member) === true,
  );
}

function fieldRemedy(members: readonly string[], operation: DocumentedOperation): string {
  for (const member of members) {
    const home = homeOf(member, operation);
    if (home !== undefined) return `Send \`${member}\` to ${nameOf(home)}.`;
  }
  const known = operation.body?.map(({ name }) => name) ?? [];
  if (known.length === 0) return "Send no body.";
  return `Leave ${members.length === 1 ? "it" : "them"} out. The body has ${known.join(", ")}.`;
}

function fieldFacts(request: AskedRequest, operation: DocumentedOperation): readonly DocumentedFact[] {
  if (operation.openBody) return [];
  const known = new Set(operation.body?.map(({ name }) => name));
  const others = membersOf(request.body).filter((name) => !known.has(name));
  if (others.length === 0) return [];
  const { bodyType } = operation;
  const list = listOf(others);
  return [
    toFact({
      cause: "field-not-declared",
      operation: nameOf(operation),
      fact: bodyType === null ? `has no body, so no ${list}` : `has no ${list} in its body (${bodyType})`,
      why: others.includes("version")
        ? "Nothing compares a version here: an outdated write is not refused for it."
        : "What the platform does with it is unknown; it may ignore it.",
      remedy: fieldRemedy(others, operation),
      source: operation.source,
    }),
  ];
}

/** What shows afterwards what an operation did: a read of it, or of the first thing above it that can be read. */
function readOf({ path }: DocumentedOperation): DocumentedOperation | null {
  const segments = path.split("/");
  for (let length = segments.length; length > SHORTEST_PATH; length--) {
    const operation = operationAt("GET", segments.slice(0, length).join("/"));
    if (operation !== null) return operation;
  }
  return null;
}

/** `/api/v2/AREA`: above it nothing is about the thing any more. */
const SHORTEST_PATH = 4;

function successFacts(_request: AskedRequest, operation: DocumentedOperation): readonly DocumentedFact[] {
  const { success } = operation;
  if (success === null || success.body !== "empty") return [];
  const read = readOf(operation);
  return [
    toFact({
      cause: "success-without-body",
      operation: nameOf(operation),
      fact: `answers a success ${success.status === null ? "" : `with ${success.status} and `}without a body`,
      why: "It says that the request was taken, not what is stored now.",
      remedy: read === null ? "Expect no body." : `Read ${nameOf(read)} to see what is there now.`,
      source: success.source,
    }),
  ];
}

function userFacts(_request: AskedRequest, operation: DocumentedOperation): readonly DocumentedFact[] {
  if (operation.needsUser !== true) return [];
  const forAttributes = homeOf("attributes", operation);
  return [
    toFact({
      cause: "user-required",
      operation: nameOf(operation),
      fact: "needs a user's token: client credentials get 400 not.a.user",
      why: "Whether that still holds is unknown.",
      remedy:
        forAttributes === undefined
          ? "Log in as a user (authorization code), not by client credentials."
          : `Log in as a user (authorization code); for attributes send ${nameOf(forAttributes)}, of which this is not said.`,
      source: SWAGGER_2017,
    }),
  ];
}

/**
 * What the vendor documents about a request, without sending it: that there is no such operation, headers and members that
 * the operation does not declare, a success without a body, and that it needs a user's token. Empty for what is not the
 * platform's. Every explanation says that it is documented and not tested. Pure.
 */
export function documentedFacts(request: AskedRequest): readonly DocumentedFact[] {
  const match = findOperation(request.method, request.url);
  if (match.kind === "foreign") return [];
  if (match.kind === "not-documented") return match.known ? [noSuchOperation(request, match)] : [];
  return [keyFact, preconditionFacts, fieldFacts, successFacts, userFacts].flatMap((facts) =>
    facts(request, match.operation),
  );
}
