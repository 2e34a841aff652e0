import type { DocumentedField, DocumentedOperation, DocumentedSuccess, Source } from "./platform.js";
import { SDK } from "./sources.js";

/** The type of a body, as the vendor names it. */
export interface RequestBody {
  readonly type: string;
  readonly fields: readonly DocumentedField[];
}

/** Names of members, separated by spaces, by their type; one with `!` is required. */
type FieldNames = Partial<Readonly<Record<DocumentedField["type"], string>>>;

const FIELD_TYPES: readonly DocumentedField["type"][] = [
  "string",
  "number",
  "boolean",
  "object",
  "array",
  "map of strings",
  "any",
];

/** A documented body. Pure. */
export function requestBody(type: string, names: FieldNames): RequestBody {
  const fields = FIELD_TYPES.flatMap((fieldType) =>
    (names[fieldType]?.split(" ") ?? []).map((name) => ({
      name: name.replace(/!$/, ""),
      type: fieldType,
      required: name.endsWith("!"),
    })),
  );
  return { type, fields };
}

/** A success that shows what it is about, with 200. Pure. */
function shows(source: Source = SDK): DocumentedSuccess {
  return { status: 200, body: "representation", source };
}

/** A success without a body. Pure. */
export function saysNothing(status: number | null, source: Source): DocumentedSuccess {
  return { status, body: "empty", source };
}

type Details = Partial<
  Omit<DocumentedOperation, "method" | "path" | "sdkMethod" | "body" | "bodyType" | "openBody">
> & {
  /** `open`: any member may be in it. Absent: there is no body. */
  readonly body?: RequestBody | "open";
};

/**
 * One documented operation: `METHOD /path`, the SDK's method, and what is not the usual (no key, no precondition, no body,
 * 200 with a representation). Pure.
 */
export function operation(
  name: string,
  sdkMethod: string | null,
  details: Details = {},
): DocumentedOperation {
  const [method = "", path = ""] = name.split(" ");
  const { body: given, ...rest } = details;
  const body = given === undefined || given === "open" ? null : given;
  return {
    keyHeader: null,
    ifNoneMatch: false,
    version: null,
    success: shows(),
    needsUser: null,
    source: SDK,
    ...rest,
    method,
    path,
    sdkMethod,
    bodyType: body?.type ?? null,
    body: body?.fields ?? null,
    openBody: given === "open",
  };
}

/** An operation of which gcidem knows no more than that it is there. Pure. */
export function listedOperation(method: string, path: string): DocumentedOperation {
  return { ...operation(`${method} ${path}`, null, { body: "open" }), success: null };
}
