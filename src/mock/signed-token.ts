import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** What a signed token says. */
export interface SignedToken {
  /** Name of the principal. */
  readonly name: string;
  readonly expiresAtMs: number;
}

function signatureOf(secret: string, payload: string): string {
  return createHmac("sha256", secret).update(payload).digest("base64url");
}

/** A token that every server with the same secret knows without having issued it. */
export function signToken(secret: string, name: string, expiresAtMs: number): string {
  const words = [name, expiresAtMs, randomBytes(8).toString("base64url")];
  const payload = Buffer.from(JSON.stringify(words)).toString("base64url");
  return `${payload}.${signatureOf(secret, payload)}`;
}

/** What a token says, where it is signed with the secret; null otherwise. Pure. */
export function readSignedToken(secret: string, text: string): SignedToken | null {
  const [payload = "", signature = ""] = text.split(".", 2);
  const expected = Buffer.from(signatureOf(secret, payload));
  const found = Buffer.from(signature);
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) return null;
  const [name, expiresAtMs] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [string, number];
  return { name, expiresAtMs };
}

/** What a bearer token is revoked by: it names the token without being it. Pure. */
export function revocationName(text: string): string {
  return text.slice(text.indexOf(".") + 1);
}
