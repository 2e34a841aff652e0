import type { HeaderList } from "../../core/http.js";

/** An answer of the control endpoints. It has none of the headers that the org's answers have. */
export interface ControlAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

/** What the trace and tokens say is for whoever asked, not for a cache. */
const JSON_HEADERS: HeaderList = [
  ["Content-Type", "application/json"],
  ["Cache-Control", "no-store"],
  ["X-Content-Type-Options", "nosniff"],
];

/** Done, nothing to say. */
export const DONE: ControlAnswer = { status: 204, headers: [], body: "" };

/** 200 with a JSON text. Pure. */
export function found(json: string): ControlAnswer {
  return { status: 200, headers: JSON_HEADERS, body: json };
}

/** A refusal that says why, in a form that has nothing of the org's own errors. Pure. */
export function refusing(status: number, message: string, headers: HeaderList = []): ControlAnswer {
  return { status, headers: [...JSON_HEADERS, ...headers], body: JSON.stringify({ message }) };
}
