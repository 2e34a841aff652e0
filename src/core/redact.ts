import { createHash, createHmac, randomBytes } from "node:crypto";
import type { HeaderList } from "./http.js";

/** Headers whose values are credentials whatever they hold. */
const SECRET_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "x-auth-token",
]);

/** True for headers whose values are credentials whatever they hold. Pure. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADERS.has(name.toLowerCase());
}

/** Members of JSON and form bodies whose values are credentials by name. */
const SECRET_MEMBER =
  /("(?:access_token|refresh_token|id_token|client_secret|password|passwd|api_key|apiKey|secret)"\s*:\s*")((?:[^"\\]|\\.)+)(")/gi;
const SECRET_FIELD =
  /((?:^|[&?])(?:access_token|refresh_token|id_token|client_secret|password|passwd|api_key|apiKey|secret)=)([^&\s#]+)/gi;
const JWT = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;

/** What no text without a secret of these kinds holds: one quick look spares most texts the three above. */
const MAY_HOLD_SECRET = /token|secret|passw|api_?key|eyJ/i;
const PLACEHOLDER = /^<secret:/;

/** Values shorter than this would turn up by chance and make a report unreadable. */
const SHORTEST_SECRET = 4;

/** Replaces secrets by stable placeholders, so that equal secrets stay recognisable as equal. */
export interface Redactor {
  /** Makes a value a secret from now on, in its raw, JSON-escaped, percent-encoded and base64 forms. */
  readonly learn: (secret: string) => void;
  readonly text: (text: string) => string;
  readonly headers: (headers: HeaderList) => HeaderList;
  /** SHA-256 of the bytes; where redaction changed the body, an HMAC under a key that only this run knows. */
  readonly bodyHash: (body: Uint8Array, redacted: boolean) => string;
  /** How many different secrets were replaced so far. */
  readonly count: () => number;
}

function spellings(secret: string): readonly string[] {
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("base64url"),
    ]),
  ];
}

/** Makes a redactor. Its state is the secrets that it has met; nothing of it is ever written. */
export function createRedactor(): Redactor {
  const placeholders = new Map<string, string>();
  const hmacKey = randomBytes(32);
  let spelled: readonly (readonly [spelling: string, placeholder: string])[] = [];

  const learn = (secret: string): void => {
    if (secret.length < SHORTEST_SECRET || placeholders.has(secret)) return;
    const placeholder = `<secret:${placeholders.size + 1}>`;
    placeholders.set(secret, placeholder);
    const added = spellings(secret).map((spelling) => [spelling, placeholder] as const);
    spelled = [...spelled, ...added].sort(([a], [b]) => b.length - a.length);
  };
  const placeholderOf = (secret: string): string => {
    learn(secret);
    return placeholders.get(secret) ?? "<secret>";
  };
  const bySight = (input: string): string =>
    input
      .replace(SECRET_MEMBER, (_all, before: string, secret: string, after: string) =>
        PLACEHOLDER.test(secret) ? `${before}${secret}${after}` : `${before}${placeholderOf(secret)}${after}`,
      )
      .replace(SECRET_FIELD, (_all, before: string, secret: string) =>
        PLACEHOLDER.test(secret) ? `${before}${secret}` : `${before}${placeholderOf(secret)}`,
      )
      .replace(JWT, (jwt) => placeholderOf(jwt));
  const text = (input: string): string => {
    let output = MAY_HOLD_SECRET.test(input) ? bySight(input) : input;
    for (const [spelling, placeholder] of spelled) {
      if (output.includes(spelling)) output = output.replaceAll(spelling, placeholder);
    }
    return output;
  };
  const header = (name: string, value: string): string => {
    if (!isSecretHeader(name)) return text(value);
    const [, scheme, rest] = /^(Basic|Bearer|Digest)\s+(.+)$/i.exec(value) ?? [];
    return scheme === undefined || rest === undefined
      ? placeholderOf(value)
      : `${scheme} ${placeholderOf(rest)}`;
  };
  return {
    learn,
    text,
    headers: (headers) => headers.map(([name, value]) => [name, header(name, value)] as const),
    bodyHash: (body, redacted) =>
      redacted
        ? `hmac-sha256:${createHmac("sha256", hmacKey).update(body).digest("hex")}`
        : createHash("sha256").update(body).digest("hex"),
    count: () => placeholders.size,
  };
}
