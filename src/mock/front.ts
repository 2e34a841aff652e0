import type { Front } from "../policy/policy.js";
import type { Answer } from "./answer.js";

/** What reaches the server of a request. */
export interface Passed {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** True where the middleware changed something. */
  readonly altered: boolean;
}

/** A middleware of the user's own between client and server. */
export interface Middleware {
  /** Rewrites a request, or leaves it as it is. */
  readonly rewrite: (front: Front | null, passed: Passed) => Passed;
  /** The stored answer for a key; null for none. Costs no correlation ID: the server is never asked. */
  readonly recall: (front: Front | null, key: string | undefined, nowMs: number) => Answer | null;
  /** Stores an answer that came back for a key. */
  readonly keep: (
    front: Front | null,
    key: string | undefined,
    kept: { readonly answer: Answer; readonly nowMs: number },
  ) => void;
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}: ${spaced(each)}`)
    .join(", ")}}`;
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, each]) => [name, reversed(each)] as const)
      .reverse(),
  );
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/**
 * Maps without an order are written in one order now and in another later, as by languages whose maps have none: that
 * is how a middleware breaks a comparison of bytes although no value changes.
 */
function reserialise(body: Buffer, turn: number): Buffer {
  const value = parsed(body);
  if (value === undefined) return body;
  return Buffer.from(spaced(turn % 2 === 0 ? value : reversed(value)));
}

function addField(body: Buffer, name: string, turn: number): Buffer {
  const value = parsed(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return body;
  return Buffer.from(JSON.stringify({ ...value, [name]: `mw-${turn + 1}` }));
}

/** Starts with nothing stored. */
export function createMiddleware(): Middleware {
  const stored = new Map<string, { readonly answer: Answer; readonly atMs: number }>();
  let turn = 0;
  const withBody = (passed: Passed, body: Buffer): Passed =>
    body.equals(passed.body) ? passed : { ...passed, body, altered: true };
  return {
    rewrite: (front, passed) => {
      if (front?.kind !== "rewrite") return passed;
      if (front.what === "drop-header") {
        const name = front.name.toLowerCase();
        if (passed.headers[name] === undefined) return passed;
        return { ...passed, headers: { ...passed.headers, [name]: undefined }, altered: true };
      }
      if (passed.body.length === 0) return passed;
      const body =
        front.what === "reserialise"
          ? reserialise(passed.body, turn++)
          : addField(passed.body, front.name, turn++);
      return withBody(passed, body);
    },
    recall: (front, key, nowMs) => {
      const kept = front?.kind === "cache" && key !== undefined ? stored.get(key) : undefined;
      if (kept === undefined) return null;
      const age = String(Math.floor((nowMs - kept.atMs) / 1000));
      return { ...kept.answer, headers: [...kept.answer.headers, ["Age", age], ["Via", "1.1 middleware"]] };
    },
    keep: (front, key, { answer, nowMs }) => {
      const succeeded = answer.status >= 200 && answer.status < 300;
      if (front?.kind === "cache" && key !== undefined && succeeded) stored.set(key, { answer, atMs: nowMs });
    },
  };
}
