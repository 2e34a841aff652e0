import { hash } from "node:crypto";
import { canonicalJson, type JsonNode, tryParseJson, writeJson } from "../core/json.js";
import type { BodyFingerprint, FingerprintPolicy } from "../policy/idempotency-policy.js";
import type { BodyPrint, FirstRequest, KeyRequest } from "./idempotency.js";

/** Bodies up to this many bytes are kept as they are. */
const KEPT_BYTES = 1024;

/** What a comparison of two requests under a policy finds; the first difference that a person would name. */
export type Comparison =
  | "same"
  /** Method, path or query. */
  | "other-resource"
  /** Another JSON value, or other bytes where one of them is not JSON. */
  | "body-changed"
  /** The same JSON value in other bytes. */
  | "bytes-changed"
  | "headers-changed";

function digest(content: string | Uint8Array): string {
  return hash("sha256", content, "hex");
}

/** The names of all members at every level, without values; items of an array count one by one. */
function memberNames(node: JsonNode): string {
  if (node.kind === "array") return `[${node.items.map(memberNames).join(",")}]`;
  if (node.kind !== "object") return "";
  const named = node.members.map(([name, value]) => `${JSON.stringify(name)}:${memberNames(value)}`);
  return `{${named.sort().join(",")}}`;
}

function childOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  if (node?.kind === "array") return /^(?:0|[1-9]\d*)$/.test(name) ? node.items[Number(name)] : undefined;
  // Of two members with one name most receivers take the last.
  return node?.kind === "object" ? node.members.findLast(([each]) => each === name)?.[1] : undefined;
}

function fieldOf(node: JsonNode, field: string): JsonNode | undefined {
  if (!field.startsWith("/")) return childOf(node, field);
  const steps = field.slice(1).split("/");
  return steps.reduce<JsonNode | undefined>(
    (inner, step) => childOf(inner, step.replaceAll("~1", "/").replaceAll("~0", "~")),
    node,
  );
}

function selectFields(
  node: JsonNode,
  fields: readonly string[],
  numbers: FingerprintPolicy["numbers"],
): string {
  const values = fields.map((field) => {
    const value = fieldOf(node, field);
    return value === undefined ? "" : canonicalJson(value, numbers);
  });
  return JSON.stringify(values);
}

function comparedJson(node: JsonNode, body: BodyFingerprint, numbers: FingerprintPolicy["numbers"]): string {
  switch (body.kind) {
    case "serialised":
      return writeJson(node, { numbers: numbers === "ieee" ? "ieee" : "text" });
    case "member-names":
      return memberNames(node);
    case "fields":
      return selectFields(node, body.fields, numbers);
    default:
      return canonicalJson(node, numbers);
  }
}

/**
 * The part of a body that a policy compares, as text; bodies with equal texts are the same to that server. A body that is
 * not JSON counts byte by byte, whatever the policy says of members. Pure.
 */
export function comparedText(body: Uint8Array, policy: Pick<FingerprintPolicy, "body" | "numbers">): string {
  if (policy.body.kind === "none") return "";
  const bytes = (): string => `bytes:${latin1(body)}`;
  if (policy.body.kind === "bytes") return bytes();
  const node = parseBody(body);
  return node === null ? bytes() : `json:${comparedJson(node, policy.body, policy.numbers)}`;
}

const CANONICAL: Pick<FingerprintPolicy, "body" | "numbers"> = {
  body: { kind: "canonical-json" },
  numbers: "ieee",
};

function latin1(body: Uint8Array): string {
  const buffer = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return buffer.toString("latin1");
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function parseBody(body: Uint8Array): JsonNode | null {
  try {
    return tryParseJson(strictUtf8.decode(body));
  } catch {
    return null;
  }
}

/** What must be kept of a body so that the same policy can recognise it. Pure. */
export function printBody(body: Uint8Array, policy: FingerprintPolicy): BodyPrint {
  if (body.byteLength <= KEPT_BYTES) return { kind: "kept", latin1: latin1(body) };
  return {
    kind: "digests",
    bytes: digest(body),
    canonical: digest(comparedText(body, CANONICAL)),
    compared: digest(comparedText(body, policy)),
  };
}

/** SHA-256 of a body's bytes in hex. Pure. */
export function bodySha256(print: BodyPrint): string {
  return print.kind === "digests" ? print.bytes : digest(Buffer.from(print.latin1, "latin1"));
}

type Digested = Extract<BodyPrint, { readonly kind: "digests" }>;

function sameBytes(first: BodyPrint, body: Uint8Array): boolean {
  return first.kind === "kept" ? first.latin1 === latin1(body) : first.bytes === digest(body);
}

function sameText(
  first: BodyPrint,
  body: Uint8Array,
  how: {
    readonly policy: Pick<FingerprintPolicy, "body" | "numbers">;
    readonly digest: (print: Digested) => string;
  },
): boolean {
  const again = comparedText(body, how.policy);
  if (first.kind === "digests") return how.digest(first) === digest(again);
  return comparedText(Buffer.from(first.latin1, "latin1"), how.policy) === again;
}

/** True where two bodies are the same JSON value, numbers as doubles; byte by byte where one is not JSON. Pure. */
export function sameValue(first: BodyPrint, body: Uint8Array): boolean {
  return (
    sameBytes(first, body) ||
    sameText(first, body, { policy: CANONICAL, digest: ({ canonical }) => canonical })
  );
}

/** What is kept of the first request of a key. Pure. */
export function firstRequest(request: KeyRequest, policy: FingerprintPolicy): FirstRequest {
  const { method, path, query, body } = request;
  const headers =
    policy.headers.length === 0 ? NO_HEADERS : policy.headers.map((name) => request.header(name));
  return { method, path, query, headers, body: printBody(body, policy) };
}

const NO_HEADERS: readonly (string | null)[] = [];

function sameResource(first: FirstRequest, request: KeyRequest, policy: FingerprintPolicy): boolean {
  return (
    (!policy.method || first.method === request.method) &&
    (!policy.path || first.path === request.path) &&
    (!policy.query || first.query === request.query)
  );
}

function sameBody(first: BodyPrint, body: Uint8Array, policy: FingerprintPolicy): boolean {
  return (
    policy.body.kind === "none" ||
    sameBytes(first, body) ||
    sameText(first, body, { policy, digest: ({ compared }) => compared })
  );
}

/** How a request differs from the first one under its key, in what the policy compares. Pure. */
export function compareWithFirst(
  first: FirstRequest,
  request: KeyRequest,
  policy: FingerprintPolicy,
): Comparison {
  if (!sameResource(first, request, policy)) return "other-resource";
  if (!sameBody(first.body, request.body, policy)) {
    return sameValue(first.body, request.body) ? "bytes-changed" : "body-changed";
  }
  const sameHeaders = policy.headers.every((name, index) => first.headers[index] === request.header(name));
  return sameHeaders ? "same" : "headers-changed";
}
