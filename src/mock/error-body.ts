import { STATUS_CODES } from "node:http";
import type { Cause } from "../core/causes.js";
import type { ErrorStyle } from "../policy/policy.js";
import type { Refusal } from "./refusal.js";

/** A style of a policy, or the one that SCIM has besides under the vendor's. */
export type ErrorForm = ErrorStyle | "scim";

/** An error body as it travels. */
export interface ErrorBody {
  readonly contentType: string;
  readonly text: string;
}

/** The one body of `errors: opaque`: it says nothing, whatever went wrong. */
const OPAQUE = JSON.stringify({ message: "The request was not accepted." });

/** The vendor's ErrorBody, in the order of its announcement of 2021-11-10; `contextId` is the correlation ID. */
function genesys(refusal: Refusal, correlationId: string): unknown {
  return {
    message: refusal.message,
    code: refusal.code,
    status: refusal.status,
    contextId: correlationId,
    details: refusal.details ?? [],
    errors: [],
    ...refusal.members,
  };
}

/** Table 9 of RFC 7644: a refusal whose code is one of these says so itself. */
const SCIM_TYPES: ReadonlySet<string> = new Set([
  "invalidSyntax",
  "invalidPath",
  "invalidValue",
  "mutability",
  "noTarget",
]);

/** The vendor's SCIM says invalidVers of an outdated ETag (SDK 262.0.0), which RFC 7644 means for a protocol version. */
const SCIM_TYPE_OF: Partial<Readonly<Record<Cause, string>>> = {
  "stale-etag": "invalidVers",
  "stale-version": "invalidVers",
  "etag-weak": "invalidVers",
  "etag-malformed": "invalidVers",
  "etag-other-resource": "invalidVers",
  "duplicate-entity": "uniqueness",
};

function scimTypeOf({ code, cause, status }: Refusal): string | undefined {
  if (SCIM_TYPES.has(code)) return code;
  return cause === "invalid-request" && status === 400 ? "invalidSyntax" : SCIM_TYPE_OF[cause];
}

/**
 * What the platform's gateway answers before SCIM sees the request. The form of the 429 is documented for all of the
 * platform's APIs (2021-11-10); that the others have it too is gcidem's choice.
 */
const BEFORE_SCIM: ReadonlySet<number> = new Set([401, 403, 413, 415, 429]);

/** RFC 7644, 3.12: the status is a text. There is no correlation ID in it. */
function scim(refusal: Refusal, correlationId: string): unknown {
  if (BEFORE_SCIM.has(refusal.status) || refusal.status >= 500) return genesys(refusal, correlationId);
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: String(refusal.status),
    scimType: scimTypeOf(refusal),
    detail: refusal.message,
    ...refusal.members,
  };
}

/** RFC 9457. The type is a name, not a page: nothing is served under it. */
function problem(refusal: Refusal, correlationId: string): unknown {
  return {
    type: `urn:problem-type:${refusal.code.replaceAll(".", "-")}`,
    title: STATUS_CODES[refusal.status] ?? "Error",
    status: refusal.status,
    detail: refusal.message,
    instance: `urn:uuid:${correlationId}`,
    ...refusal.members,
  };
}

function stripeType(refusal: Refusal): string {
  if (refusal.cause.startsWith("key-") || refusal.cause === "conflict-not-replay") return "idempotency_error";
  if (refusal.status === 401) return "authentication_error";
  if (refusal.status === 429) return "rate_limit_error";
  return refusal.status >= 500 ? "api_error" : "invalid_request_error";
}

function stripe(refusal: Refusal): unknown {
  const code = refusal.code.replaceAll(".", "_");
  return { error: { type: stripeType(refusal), message: refusal.message, code, ...refusal.members } };
}

function generic(refusal: Refusal): unknown {
  const error = (STATUS_CODES[refusal.status] ?? "Error").toUpperCase().replaceAll(" ", "_");
  return { status: refusal.status, error, message: refusal.message, ...refusal.members };
}

/** Shopify's way: the answer is a success, and `userErrors` holds the refusal. */
function graphql(refusal: Refusal): unknown {
  const code = refusal.code.replaceAll(/[.-]/g, "_").toUpperCase();
  const field = refusal.details?.map((detail) => detail.fieldName) ?? null;
  return { data: null, userErrors: [{ code, field, message: refusal.message, ...refusal.members }] };
}

/** How an operation writes its refusals: SCIM has a form of its own among the vendor's, and in no other style. Pure. */
export function errorForm(style: ErrorStyle, own: "scim" | undefined): ErrorForm {
  return style === "genesys" && own !== undefined ? own : style;
}

/** Writes a refusal in a form. `opaque` hides even what went wrong. Pure. */
export function errorBody(refusal: Refusal, form: ErrorForm, correlationId: string): ErrorBody {
  switch (form) {
    case "genesys":
      return { contentType: "application/json", text: JSON.stringify(genesys(refusal, correlationId)) };
    case "scim":
      return { contentType: "application/json", text: JSON.stringify(scim(refusal, correlationId)) };
    case "problem+json":
      return {
        contentType: "application/problem+json",
        text: JSON.stringify(problem(refusal, correlationId)),
      };
    case "stripe":
      return { contentType: "application/json", text: JSON.stringify(stripe(refusal)) };
    case "generic":
      return { contentType: "application/json", text: JSON.stringify(generic(refusal)) };
    case "graphql":
      return { contentType: "application/json", text: JSON.stringify(graphql(refusal)) };
    case "opaque":
      return { contentType: "application/json", text: OPAQUE };
  }
}

/** The status that goes with a refusal in a form: GraphQL tells a refused operation with 200. Pure. */
export function statusIn(form: ErrorForm, refusal: Refusal): number {
  const told = refusal.status < 500 && refusal.status !== 401 && refusal.status !== 429;
  return form === "graphql" && told ? 200 : refusal.status;
}
