import { isDeepStrictEqual } from "node:util";
import { isObject, type JsonObject } from "../json-shape.js";
import { type Fields, fieldsOf } from "../org.js";
import type { Refusal } from "../refusal.js";
import { attributeNamed, REQUIRED, refuseScim, refuseValue, type ScimAttribute } from "./scim-attributes.js";

const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** What a write makes of a user's attributes, and which it touches; or why it makes nothing of them. */
export type Written =
  | { readonly attributes: Fields; readonly touched: ReadonlySet<ScimAttribute> }
  | { readonly refusal: Refusal };

/** One change to one attribute; `value` is undefined where it is removed. */
interface Change {
  readonly op: "add" | "replace" | "remove";
  readonly name: ScimAttribute;
  readonly value: unknown;
}

function isRefusal(value: object): value is Refusal {
  return "cause" in value;
}

/** A null is what a removed attribute has (RFC 7643, 2.5). */
function toChange(operation: JsonObject, path: string, at: string): Change | Refusal {
  const { value } = operation;
  const op = value === null ? "remove" : (String(operation.op).toLowerCase() as Change["op"]);
  const name = attributeNamed(path);
  if (name === null) return refuseScim("invalidPath", `There is no attribute ${path}.`, `${at}.path`);
  if (name === "read-only") return refuseScim("mutability", `${path} is read-only.`, `${at}.path`);
  if (op !== "remove") return refuseValue(name, value) ?? { op, name, value };
  if (REQUIRED.includes(name)) return refuseScim("mutability", `${name} is required.`, `${at}.path`);
  return { op, name, value: undefined };
}

/** RFC 7644, 3.5.2.1 and 3.5.2.3: without a path the value holds the attributes. Unknown ones are passed over. */
function changesOfValue(operation: JsonObject, at: string): readonly (Change | Refusal)[] {
  const { value } = operation;
  if (!isObject(value))
    return [
      refuseScim("invalidValue", "Without a path the value must be an object of attributes.", `${at}.value`),
    ];
  return Object.keys(value)
    .filter((name) => attributeNamed(name) !== null)
    .map((name) => toChange({ op: operation.op, value: value[name] }, name, at));
}

const OPS: readonly string[] = ["add", "replace", "remove"];

function changesOf(operation: unknown, at: string): readonly (Change | Refusal)[] {
  if (!isObject(operation)) return [refuseScim("invalidSyntax", "An operation must be an object.", at)];
  const { op, path } = operation;
  if (typeof op !== "string" || !OPS.includes(op.toLowerCase()))
    return [refuseScim("invalidSyntax", "op must be add, replace or remove.", `${at}.op`)];
  if (path === undefined || path === null) {
    if (op.toLowerCase() !== "remove") return changesOfValue(operation, at);
    return [refuseScim("noTarget", "remove needs a path.", `${at}.path`)];
  }
  if (typeof path !== "string") return [refuseScim("invalidPath", "path must be a string.", `${at}.path`)];
  return [toChange(operation, path, at)];
}

/** RFC 7644, 3.5.2.1: what is there already is not added again. */
function withAdded(present: unknown, added: unknown): unknown {
  if (!Array.isArray(present) || !Array.isArray(added)) return added;
  return [...present, ...added.filter((value) => !present.some((each) => isDeepStrictEqual(each, value)))];
}

function apply(attributes: Fields, { op, name, value }: Change): void {
  if (op === "remove") delete attributes[name];
  else attributes[name] = op === "add" ? withAdded(attributes[name], value) : value;
}

/** Applies a PatchOp (RFC 7644, 3.5.2) with paths that name one attribute each: all of its operations, or none. Pure. */
export function patchAttributes(current: Fields, body: unknown): Written {
  const sent = isObject(body) ? body : {};
  if (!Array.isArray(sent.schemas) || !sent.schemas.includes(PATCH_SCHEMA))
    return { refusal: refuseScim("invalidSyntax", `schemas must hold ${PATCH_SCHEMA}.`, "schemas") };
  if (!Array.isArray(sent.Operations) || sent.Operations.length === 0)
    return { refusal: refuseScim("invalidSyntax", "Operations must hold at least one.", "Operations") };
  const changes = sent.Operations.flatMap((operation, index) => changesOf(operation, `Operations[${index}]`));
  const attributes = fieldsOf(current);
  const touched = new Set<ScimAttribute>();
  for (const change of changes) {
    if (isRefusal(change)) return { refusal: change };
    apply(attributes, change);
    touched.add(change.name);
  }
  return { attributes, touched };
}

/**
 * Replaces the attributes by those of a body. A user is not without the required ones: the SDK's type lets a body leave
 * them out, and then they stay. What a client cannot write is passed over, so that what was read can be sent back. Pure.
 */
export function replaceAttributes(current: Fields, body: unknown): Written {
  if (!isObject(body)) return { refusal: refuseScim("invalidSyntax", "The body must be an object.", "") };
  const attributes: Fields = {};
  const touched = new Set<ScimAttribute>();
  for (const name of REQUIRED) attributes[name] = current[name];
  for (const [sent, value] of Object.entries(body)) {
    const name = attributeNamed(sent);
    if (name === null || name === "read-only" || value === null) continue;
    const refusal = refuseValue(name, value);
    if (refusal !== null) return { refusal };
    attributes[name] = value;
    touched.add(name);
  }
  return { attributes, touched };
}
