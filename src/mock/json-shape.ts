import { type InvalidField, invalidRequest, type Refusal } from "./refusal.js";

/** Any JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object: neither null nor a list. Pure. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The platform's 400 for a body that is not a JSON object; null where it is one. Pure. */
export function refuseUnlessObject(body: unknown): Refusal | null {
  return isObject(body) ? null : invalidRequest("the body is not a JSON object");
}

/** The platform's 400 for the members that are wrong; null where none is. Pure. */
export function refuseInvalid(details: readonly InvalidField[]): Refusal | null {
  if (details.length === 0) return null;
  return invalidRequest(
    `wrong type or value: ${details.map((detail) => detail.fieldName).join(", ")}`,
    details,
  );
}

const NONE_WRONG: readonly InvalidField[] = [];

function invalid(fieldName: string): InvalidField {
  return { errorCode: "invalid.value", fieldName };
}

/** The type that each member must have where it is there. */
export type Shape = Readonly<Record<string, "string" | "boolean" | "number" | "object" | "array">>;

function hasType(value: unknown, type: Shape[string]): boolean {
  if (type === "object") return isObject(value);
  return type === "array" ? Array.isArray(value) : typeof value === type;
}

/** Members of the wrong type. Absent members and null are fine. Pure. */
export function wrongTypes(body: JsonObject, shape: Shape): readonly InvalidField[] {
  let wrong: readonly InvalidField[] = NONE_WRONG;
  for (const name of Object.keys(body)) {
    const type = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const value = body[name];
    if (type !== undefined && value !== null && !hasType(value, type)) wrong = [...wrong, invalid(name)];
  }
  return wrong;
}

/** Members that a body must have and has not, or has as null. Pure. */
export function missingMembers(body: JsonObject, names: readonly string[]): readonly InvalidField[] {
  return names
    .filter((name) => !Object.hasOwn(body, name) || body[name] === null)
    .map((fieldName) => ({ errorCode: "missing.value", fieldName }));
}

/** The same details for an object that is itself a member of the body, under the names from the top. Pure. */
export function within(at: string, details: readonly InvalidField[]): readonly InvalidField[] {
  return details.map(({ errorCode, fieldName }) => ({ errorCode, fieldName: `${at}.${fieldName}` }));
}

/** What is wrong with a map of names to texts, such as participant attributes. Pure. */
export function wrongAttributes(value: unknown, at: string): readonly InvalidField[] {
  if (!isObject(value)) return [invalid(at)];
  return Object.keys(value)
    .filter((name) => typeof value[name] !== "string")
    .map((name) => invalid(`${at}.${name}`));
}
