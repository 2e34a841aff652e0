import { findPattern, PatternTooSlow } from "../core/bounded-pattern.js";
import { correlationIdOf, type HeaderList, headerValue } from "../core/http.js";
import type { Capture } from "../scenario/scenario.js";
import { textOf } from "./evaluate-template.js";
import { changedNumberText, queryJson } from "./query-json.js";

/** The parts of an answer that values are captured from. */
export interface CapturedAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  /** What the target calls its correlation ID. Absent: the usual names. */
  readonly correlationNames?: readonly string[] | undefined;
}

/** A captured value, or why there is none. */
export type Captured =
  | { readonly found: true; readonly value: unknown }
  | { readonly found: false; readonly reason: string };

function none(reason: string): Captured {
  return { found: false, reason };
}

/** `asText`: what a regex takes from the value, which keeps the digits of a number. */
function fromJson(body: string, path: string, asText: boolean): Captured {
  const values = queryJson(body, path);
  if (values === null) return none("the answer is not JSON");
  if (values.length === 0) return none(`the answer has nothing at ${path}`);
  const changed = changedNumberText(body, path);
  if (changed !== null && asText) return { found: true, value: changed };
  if (changed !== null)
    return none(`the number ${changed} at ${path} would lose digits; capture it with a regex`);
  return { found: true, value: values[0] };
}

function take({ from, regex }: Capture, answer: CapturedAnswer): Captured {
  switch (from.kind) {
    case "status":
      return { found: true, value: answer.status };
    case "header": {
      const value = headerValue(answer.headers, from.name);
      return value === null ? none(`the answer has no header ${from.name}`) : { found: true, value };
    }
    case "correlationId": {
      const value = correlationIdOf(answer.headers, answer.correlationNames);
      return value === null ? none("the answer has no correlation ID") : { found: true, value };
    }
    case "json":
      return fromJson(answer.body, from.path, regex !== null);
  }
}

/** Takes a value out of an answer. Pure. */
export function captureValue(capture: Capture, answer: CapturedAnswer): Captured {
  const taken = take(capture, answer);
  if (!taken.found || capture.regex === null) return taken;
  const text = textOf(taken.value);
  try {
    const match = findPattern(capture.regex, text);
    if (match === null) return none(`"${text.slice(0, 80)}" does not match /${capture.regex}/`);
    return { found: true, value: match[1] ?? match[0] };
  } catch (error) {
    if (error instanceof PatternTooSlow) return none(error.message);
    throw error;
  }
}
