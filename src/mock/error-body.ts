import { STATUS_CODES } from "node:http";
import type { ErrorStyle } from "../policy/policy.js";
import type { Refusal } from "./refusal.js";

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

/** Writes a refusal in a style. `opaque` hides even what went wrong. Pure. */
export function errorBody(refusal: Refusal, style: ErrorStyle, correlationId: string): ErrorBody {
  switch (style) {
    case "genesys":
      return { contentType: "application/json", text: JSON.stringify(genesys(refusal, correlationId)) };
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

/** The status that goes with a refusal in a style: GraphQL tells a refused operation with 200. Pure. */
export function statusIn(style: ErrorStyle, refusal: Refusal): number {
  const told = refusal.status < 500 && refusal.status !== 401 && refusal.status !== 429;
  return style === "graphql" && told ? 200 : refusal.status;
}
