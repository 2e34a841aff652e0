import { isObject, type Shape } from "../json-shape.js";
import { type Fields, fieldsOf, type Item, setFields } from "../org.js";
import type { Refusal } from "../refusal.js";
import type { Instant } from "../versioned.js";

/** The schema of a SCIM user (RFC 7643, 8.7.1). */
export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";

/** An attribute that a client may write. The last three are taken, and nothing is done with them. */
export type ScimAttribute =
  | "userName"
  | "displayName"
  | "active"
  | "title"
  | "externalId"
  | "emails"
  | "phoneNumbers"
  | "password"
  | "groups"
  | "roles";

/** As the SDK's `ScimV2User` has them. */
const TYPES: Readonly<Record<ScimAttribute, Shape[string]>> = {
  userName: "string",
  displayName: "string",
  active: "boolean",
  title: "string",
  externalId: "string",
  emails: "array",
  phoneNumbers: "array",
  password: "string",
  groups: "array",
  roles: "array",
};

const READ_ONLY: readonly string[] = ["id", "meta", "schemas"];

const NAMES: ReadonlyMap<string, ScimAttribute | "read-only"> = new Map([
  ...(Object.keys(TYPES) as ScimAttribute[]).map((name) => [name.toLowerCase(), name] as const),
  ...READ_ONLY.map((name) => [name, "read-only"] as const),
]);

/** The attributes without which there is no user: nothing removes them. */
export const REQUIRED: readonly ScimAttribute[] = ["userName", "displayName", "active"];

/** What the vendor's field mappings (help.mypurecloud.com, read 2026-11-22) call them in `User`. */
const USER_MEMBERS: Partial<Readonly<Record<ScimAttribute, string>>> = {
  userName: "email",
  displayName: "name",
  active: "state",
};

/** The members of a user that a write of these attributes touches. Pure. */
export function membersOf(attributes: Iterable<ScimAttribute>): readonly string[] {
  return [...attributes].map((name) => USER_MEMBERS[name] ?? name);
}

/** The attribute of that name, in any case (RFC 7643, 2.1) and with its schema or without; null for an unknown one. Pure. */
export function attributeNamed(path: string): ScimAttribute | "read-only" | null {
  const folded = path.toLowerCase();
  const schema = `${USER_SCHEMA.toLowerCase()}:`;
  return NAMES.get(folded.startsWith(schema) ? folded.slice(schema.length) : folded) ?? null;
}

/** A 400 of SCIM's own (RFC 7644, 3.12). Pure. */
export function refuseScim(scimType: string, detail: string, fieldName: string): Refusal {
  return {
    status: 400,
    code: scimType,
    message: detail,
    details: [{ errorCode: "invalid.value", fieldName }],
    cause: "invalid-request",
    reason: detail,
  };
}

function fits(name: ScimAttribute, value: unknown): boolean {
  const type = TYPES[name];
  if (type !== "array") return typeof value === type && value !== "";
  return Array.isArray(value) && value.every(isObject);
}

/** The refusal of a value that an attribute cannot have; null where it can. Pure. */
export function refuseValue(name: ScimAttribute, value: unknown): Refusal | null {
  if (fits(name, value)) return null;
  const wanted = TYPES[name] === "array" ? "a list of objects" : `a ${TYPES[name]}`;
  return refuseScim("invalidValue", `${name} must be ${wanted}.`, name);
}

/** The mapping's "same as userName", which nothing but the userName changes. */
function isMainEmail(email: unknown): boolean {
  return isObject(email) && email.type === "other";
}

function keptApart(user: Item): Fields {
  return isObject(user.fields.scim) ? user.fields.scim : {};
}

/** The attributes of a user that clients may write and that are shown. */
export function attributesOf(user: Item): Fields {
  const { email, name, state, title } = user.fields;
  const { emails, ...others } = keptApart(user);
  return {
    userName: email,
    displayName: name,
    active: state === "active",
    ...(typeof title === "string" ? { title } : {}),
    emails: [{ value: email, type: "other", primary: true }, ...(Array.isArray(emails) ? emails : [])],
    ...others,
  };
}

/** Gives a user these attributes, and takes away those of the stored ones that are not among them. */
export function setAttributes(user: Item, attributes: Fields, instant: Instant): void {
  const { userName, displayName, active, title, emails, externalId, phoneNumbers } = attributes;
  const { title: _title, scim: _scim, ...kept } = user.fields;
  const others = Array.isArray(emails) ? emails.filter((email) => !isMainEmail(email)) : [];
  const scim = {
    ...(others.length === 0 ? {} : { emails: others }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(phoneNumbers === undefined ? {} : { phoneNumbers }),
  };
  const fields = fieldsOf({
    ...kept,
    email: userName,
    username: userName,
    name: displayName,
    ...(active === attributesOf(user).active ? {} : { state: active === true ? "active" : "inactive" }),
    ...(title === undefined ? {} : { title }),
    ...(Object.keys(scim).length === 0 ? {} : { scim }),
  });
  setFields(user, fields, instant);
}
