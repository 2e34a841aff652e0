import type { IncomingHttpHeaders } from "node:http";
import type { Connection } from "./connections.js";

/** One request as it reached the mock. */
export interface MockRequest {
  /** Upper case. */
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly connection: Connection;
  /** True once the client hung up. */
  readonly gone: () => boolean;
  /** Calls once when the client hangs up before it is answered. */
  readonly onGone: (listener: () => void) => void;
}

/** What a body holds, or why it cannot be used. */
export type ParsedBody =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "malformed"; readonly reason: string }
  | { readonly kind: "wrong-type"; readonly contentType: string };

/** Deeper nesting is an attack on the stack of whoever writes the JSON back, not data. */
const MAX_DEPTH = 500;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** True where brackets outside strings nest too deeply. Two bytes a level: short bodies cannot. */
function isTooDeep(body: Buffer): boolean {
  if (body.length < 2 * MAX_DEPTH) return false;
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (byte === BACKSLASH && quoted) index++;
    else if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && (byte === 0x7b || byte === 0x5b) && ++depth > MAX_DEPTH) return true;
    else if (!quoted && (byte === 0x7d || byte === 0x5d)) depth--;
  }
  return false;
}

const USUAL_TYPE = "application/json";

/** Types that cannot be JSON whatever the body holds. Any other is read as JSON, as most servers do. */
const NEVER_JSON = /^(?:application\/x-www-form-urlencoded|multipart\/)/i;

/** Reads the body of a request as JSON; no body is undefined. Pure. */
export function parseBody(body: Buffer, contentType: string | undefined): ParsedBody {
  if (body.length === 0) return { kind: "json", value: undefined };
  if (contentType !== undefined && contentType !== USUAL_TYPE && NEVER_JSON.test(contentType))
    return { kind: "wrong-type", contentType };
  if (isTooDeep(body)) return { kind: "malformed", reason: `the body nests deeper than ${MAX_DEPTH}` };
  try {
    return { kind: "json", value: JSON.parse(body.toString()) };
  } catch {
    return { kind: "malformed", reason: "the body is not JSON" };
  }
}
