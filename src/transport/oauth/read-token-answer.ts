import type { AnsweredOutcome } from "../outcome.js";
import type { AccessToken } from "./oauth.js";

type Members = Readonly<Record<string, unknown>>;

/** The JSON object in a body; null where it holds none. Pure. */
export function membersOf(body: Uint8Array): Members | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : null;
  } catch {
    return null;
  }
}

/** What may stand in an Authorization header after `Bearer` (RFC 6750, 2.1): anything else could begin another header. */
const TOKEN = /^[\x21-\x7e]+$/;

/** Seconds as a number, or as some servers send them, in quotes; null where it says nothing of use. */
function lifeMsOf(value: unknown): number | null {
  const seconds = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && seconds >= 0 && Number.isFinite(seconds) ? seconds * 1000 : null;
}

/** Reads a token out of a 2xx answer (RFC 6749, 5.1), or says what is wrong with it as the end of a sentence. Pure. */
export function readTokenAnswer({ body }: AnsweredOutcome, givenAt: number): AccessToken | string {
  const members = membersOf(body);
  if (members === null) return "with something that is not a JSON object";
  const { access_token: value, token_type: type, expires_in: life } = members;
  if (typeof value !== "string" || value === "") return 'without an "access_token"';
  if (!TOKEN.test(value)) return 'with an "access_token" that holds characters which no header may carry';
  if (typeof type === "string" && type.toLowerCase() !== "bearer")
    return 'with a "token_type" other than bearer, which gcidem cannot use';
  return { value, givenAt, lifeMs: lifeMsOf(life) };
}
