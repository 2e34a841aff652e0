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

function partsOf(text: string): readonly [payload: string, signature: string] {
  const dot = text.indexOf(".");
  return [text.slice(0, Math.max(0, dot)), text.slice(dot + 1)];
}

function said(payload: string): SignedToken {
  const [name, expiresAtMs] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [string, number];
  return { name, expiresAtMs };
}

/** What a token says, where it is signed with the secret; null otherwise. Pure. */
export function readSignedToken(secret: string, text: string): SignedToken | null {
  const [payload, signature] = partsOf(text);
  const expected = Buffer.from(signatureOf(secret, payload));
  const found = Buffer.from(signature);
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) return null;
  return said(payload);
}

/** What a token says whose signature was looked at before. Pure. */
export function readKnownToken(text: string): SignedToken {
  return said(partsOf(text)[0]);
}

/** What a token is called where it must not be told: its signature, which alone lets nobody in. Pure. */
export function tokenName(text: string): string {
  return partsOf(text)[1];
}
