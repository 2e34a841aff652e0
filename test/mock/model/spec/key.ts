import { ACCOUNTS } from "./cast.js";
import type { Rules } from "./rules.js";
import type { Sent } from "./sent.js";

/** What a server finds where keys travel (I2, I3). */
export type KeyFound =
  | { readonly kind: "none" }
  | { readonly kind: "malformed" }
  | { readonly kind: "key"; readonly key: string };

/** `"k"` in the form of RFC 8941, 3.3.3; the keys of this test need no escapes. */
const QUOTED = /^"([^"\\]*)"$/;

/**
 * Bare is taken as it comes, quotes and all: to such a server `"k"` and `k` are two keys (semantics.md, 1.1).
 * In a JSON body a key has quotes anyway: there its text is taken as it comes.
 */
export function findKey({ key }: Sent, { idempotency: { syntax, maxLength, carrier } }: Rules): KeyFound {
  if (key === null) return { kind: "none" };
  const [, unquoted] = QUOTED.exec(key.raw) ?? [];
  const content = {
    bare: key.raw,
    quoted: unquoted,
    normalised: unquoted ?? (key.raw.includes('"') ? undefined : key.raw),
  }[carrier.kind === "body" ? "bare" : syntax];
  if (content === undefined || content.length > maxLength) return { kind: "malformed" };
  return { kind: "key", key: content };
}

/** Two keys of one identity are the same key (I5). */
export function identityOf(key: string, sent: Sent, { idempotency: { scope } }: Rules): string {
  const parts = {
    account: ACCOUNTS[sent.principal ?? "default"],
    principal: sent.principal,
    method: sent.method,
    path: sent.path,
    query: sent.query.map((pair) => pair.join("=")).join("&"),
  };
  return JSON.stringify([key, ...scope.toSorted().map((part) => [part, parts[part]])]);
}

/** The key itself, as the server reads it. Pure. */
export function keyOfIdentity(identity: string): string {
  const [key] = JSON.parse(identity) as readonly [string];
  return key;
}

/** Whether the policy looks at keys of this method at all (I1, I4). */
export function looksAtKeys({ method }: Sent, { idempotency: { support, methods } }: Rules): boolean {
  return support !== "ignored" && methods.some((each) => each === method);
}
