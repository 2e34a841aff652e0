import { createHash } from "node:crypto";
import type { Cause } from "../core/causes.js";

/** How many keys are remembered for the trace. */
const REMEMBERED_KEYS = 100_000;
const LONGEST_KEPT = 256;

/** Keys that a server passes over, remembered so that the trace can say what that led to. Answers never depend on it. */
export interface IgnoredKeys {
  /** Notes an effect, and says whether the key had one before: the same again, or one for another body. */
  readonly note: (operation: string, key: string, body: Buffer) => Cause | null;
}

function printOf(body: Buffer): string {
  return body.length <= LONGEST_KEPT
    ? body.toString("latin1")
    : createHash("sha256").update(body).digest("base64");
}

/** Starts with nothing noted. */
export function createIgnoredKeys(): IgnoredKeys {
  const bodies = new Map<string, string>();
  return {
    note: (operation, key, body) => {
      const name = `${operation} ${key}`;
      const print = printOf(body);
      const before = bodies.get(name);
      if (before !== undefined) return before === print ? "executed-twice" : "executed-other-body";
      bodies.set(name, print);
      if (bodies.size > REMEMBERED_KEYS) {
        const [oldest] = bodies.keys();
        if (oldest !== undefined) bodies.delete(oldest);
      }
      return null;
    },
  };
}
