import { createHash, createHmac, randomBytes } from "node:crypto";
import type { HeaderList } from "./http.js";
import { createSecretList } from "./secret-list.js";

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
const SECRET_NAMES =
  "(?:access|refresh|id|auth|session)_?token|token|client_?secret|secret|private_?key|api_?key|password|passwd";
const SECRET_NAME = new RegExp(`^(?:${SECRET_NAMES})$`, "i");
const SECRET_MEMBER = new RegExp(`("(?:${SECRET_NAMES})"\\s*:\\s*")((?:[^"\\\\]|\\\\.)+)(")`, "gi");
const SECRET_FIELD = new RegExp(`((?:^|[&?])(?:${SECRET_NAMES})=)([^&\\s#]+)`, "gi");
const JWT = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;

/** What no text without a secret of these kinds holds: one quick look spares most texts the three above. */
const MAY_HOLD_SECRET = /token|secret|passw|(?:api|private)_?key|eyJ/i;
const PLACEHOLDER = /^<secret:/;

/** True for members and fields whose values are credentials by their name. Pure. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A cookie may hold a preference as well: `theme=dark` must not take every "dark" out of the report. */
const SHORTEST_COOKIE = 8;

/** Replaces secrets by stable placeholders, so that equal secrets stay recognisable as equal. */
export interface Redactor {
  /** Makes a value a secret from now on, in its raw, JSON-escaped, percent-encoded, form and base64 spellings. */
  readonly learn: (secret: string) => void;
  readonly text: (text: string) => string;
  readonly headers: (headers: HeaderList) => HeaderList;
  /** SHA-256 of the bytes; where redaction changed the body, an HMAC under a key that only this run knows. */
  readonly bodyHash: (body: Uint8Array, redacted: boolean) => string;
  /** How many different secrets were replaced so far. */
  readonly count: () => number;
}

/** The password of Basic credentials, which a server may say back by itself; null where there is none. */
function basicPassword(scheme: string, credentials: string): string | null {
  if (scheme.toLowerCase() !== "basic") return null;
  return /^[^:]*:(.+)$/s.exec(Buffer.from(credentials, "base64").toString("utf8"))?.[1] ?? null;
}

/** What a redactor hides besides what it knows to be a secret. Names in any case. */
export interface RedactorRules {
  readonly headers: readonly string[];
  /** Names of JSON members and form fields. */
  readonly members: readonly string[];
}

/** Takes the values of some members out of a text; numbers and booleans too, since an account may be a number. */
function hidingMembers(
  members: readonly string[],
  hide: (secret: string) => string,
): ((text: string) => string) | null {
  if (members.length === 0) return null;
  const names = members.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const member = new RegExp(
    `("(?:${names})"\\s*:\\s*)(?:"((?:[^"\\\\]|\\\\.)+)"|([-\\d][\\d.eE+-]*|true|false))`,
    "gi",
  );
  const field = new RegExp(`((?:^|[&?])(?:${names})=)([^&\\s#]+)`, "gi");
  const hidden = (value: string): string => (PLACEHOLDER.test(value) ? value : hide(value));
  return (text) =>
    text
      .replace(member, (_all, before: string, quoted: string | undefined, bare: string | undefined) => {
        return `${before}"${quoted === undefined ? (bare === undefined ? "" : "<secret>") : hidden(quoted)}"`;
      })
      .replace(field, (_all, before: string, value: string) => `${before}${hidden(value)}`);
}

/**
 * Makes a redactor. Its state is the secrets that it has met; nothing of it is ever written. `rules`: what a config file
 * wants hidden besides.
 */
export function createRedactor(rules: RedactorRules = { headers: [], members: [] }): Redactor {
  const secrets = createSecretList();
  const hmacKey = randomBytes(32);
  const passing = (secret: string): string => secrets.placeholder(secret, "passing");
  const kept = (secret: string): string => secrets.placeholder(secret, "kept");
  const bySight = (input: string): string =>
    input
      .replace(SECRET_MEMBER, (_all, before: string, secret: string, after: string) =>
        PLACEHOLDER.test(secret) ? `${before}${secret}${after}` : `${before}${passing(secret)}${after}`,
      )
      .replace(SECRET_FIELD, (_all, before: string, secret: string) =>
        PLACEHOLDER.test(secret) ? `${before}${secret}` : `${before}${passing(secret)}`,
      )
      .replace(JWT, (jwt) => passing(jwt));
  const hiddenHeaders = new Set(rules.headers.map((name) => name.toLowerCase()));
  const byRule = hidingMembers(rules.members, passing);
  const seen = (input: string): string => (MAY_HOLD_SECRET.test(input) ? bySight(input) : input);
  const text = (input: string): string =>
    secrets.replaceIn(byRule === null ? seen(input) : byRule(seen(input)));
  const cookie = (pair: string, hide: (secret: string) => string): string => {
    const [, name, value] = /^\s*([^=]*)="?([^"]*)"?\s*$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) return hide(pair);
    return `${name}=${value.length < SHORTEST_COOKIE ? "<secret>" : hide(value)}`;
  };
  const secretHeader = (name: string, value: string): string => {
    if (name === "cookie")
      return value
        .split(";")
        .map((pair) => cookie(pair, kept))
        .join("; ");
    if (name === "set-cookie") {
      const [pair = "", ...attributes] = value.split(";");
      return [cookie(pair, passing), ...attributes].join(";");
    }
    const [, scheme, rest] = /^(Basic|Bearer|Digest)\s+(.+)$/i.exec(value) ?? [];
    if (scheme === undefined || rest === undefined) return kept(value);
    const password = basicPassword(scheme, rest);
    if (password !== null) kept(password);
    return `${scheme} ${kept(rest)}`;
  };
  const header = (name: string, value: string): string => {
    if (isSecretHeader(name)) return secretHeader(name.toLowerCase(), value);
    return hiddenHeaders.has(name.toLowerCase()) ? passing(value) : text(value);
  };
  return {
    learn: kept,
    text,
    headers: (headers) => headers.map(([name, value]) => [name, header(name, value)] as const),
    bodyHash: (body, redacted) =>
      redacted
        ? `hmac-sha256:${createHmac("sha256", hmacKey).update(body).digest("hex")}`
        : createHash("sha256").update(body).digest("hex"),
    count: secrets.count,
  };
}
