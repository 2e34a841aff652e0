import { createHmac, hash, randomBytes } from "node:crypto";
import type { HeaderList } from "./http.js";
import { createPersonalData, NOTHING_PERSONAL, type PersonalRules, type PersonalScope } from "./personal.js";
import { createSecretList } from "./secret-list.js";
import { IN_JSON_STRING, replaceBySight } from "./secret-sight.js";

/** Headers whose values are credentials whatever they hold. */
const SECRET_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "apikey",
  "x-goog-api-key",
  "ocp-apim-subscription-key",
  "x-functions-key",
  "x-auth-token",
  "x-access-token",
  "x-refresh-token",
  "x-id-token",
  "x-session-token",
  "x-csrf-token",
  "x-xsrf-token",
  "x-amz-security-token",
  "x-vault-token",
  "private-token",
  "x-client-secret",
]);

/** Names that say so by their last word, such as X-Gitlab-Token and X-Shopify-Access-Token. */
const NAMED_SECRET = /(?:^|[-_])(?:token|secret|password|api[-_]?key|authorization)$/;
/** Tokens of these kinds say where a caller stands, which a conflict may be about. They open nothing. */
const NO_SECRET =
  /(?:idempoten\w*|dedup\w*|entity|resource|row|revision|client|request|concurrency|version|etag|change|lock|sync|delta|continuation|next|page|paging|cursor|skip|resume)[-_]?token$/;

/** True for headers whose values are credentials whatever they hold. Pure. */
export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRET_HEADERS.has(lower) || (NAMED_SECRET.test(lower) && !NO_SECRET.test(lower));
}

const PLACEHOLDER = /^<secret(?::\d+)?>$/;

/** A cookie may hold a preference as well: `theme=dark` must not take every "dark" out of the report. */
const SHORTEST_COOKIE = 8;

function cookie(pair: string, hide: (secret: string) => string): string {
  const [, name, value] = /^\s*([^=]*)="?([^"]*)"?\s*$/.exec(pair) ?? [];
  if (name === undefined || value === undefined) return hide(pair);
  return `${name}=${value.length < SHORTEST_COOKIE ? "<secret>" : hide(value)}`;
}

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
  /** The same for what is sent to a URL, and for its answer: callers' data is hidden where the URL may give it. */
  readonly about: (url: string) => Redactor;
  /** The JSON of a value that an answer is compared with, as the record has it. */
  readonly expected: (json: string) => string;
  /** A text with nothing but its secrets replaced. */
  readonly withoutSecrets: (text: string) => string;
  /** Gives a value's placeholder; the value is personal from now on. */
  readonly learnPersonal: (value: string) => string;
  /** How many different values of callers' data were replaced so far. */
  readonly countPersonal: () => number;
  /** Another number once an equal text might come out otherwise than before. */
  readonly revision: () => number;
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
  /** Headers that a name such as X-Dedup-Token makes no credentials of, but for those that always are. */
  readonly shown?: readonly string[];
}

/** Takes the values of some members out of a text; numbers and booleans too, since an account may be a number. */
function hidingMembers(
  members: readonly string[],
  hide: (secret: string) => string,
): ((text: string) => string) | null {
  if (members.length === 0) return null;
  const names = members.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const member = new RegExp(
    `("(?:${names})"\\s*:\\s*)(?:"(${IN_JSON_STRING})"|([-\\d][\\d.eE+-]*|true|false))`,
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
 * wants hidden besides. `personal`: where callers' data may stand; nowhere unless somebody says so.
 */
export function createRedactor(
  rules: RedactorRules = { headers: [], members: [] },
  personal: PersonalRules = NOTHING_PERSONAL,
): Redactor {
  const secrets = createSecretList();
  const hmacKey = randomBytes(32);
  const passing = (secret: string): string => secrets.placeholder(secret, "passing");
  const kept = (secret: string): string => secrets.placeholder(secret, "kept");
  const shownHeaders = new Set(rules.shown?.map((name) => name.toLowerCase()));
  const hiddenHeaders = new Set(rules.headers.map((name) => name.toLowerCase()));
  const byRule = hidingMembers(rules.members, passing);
  const withoutSecrets = (input: string): string => {
    const seen = replaceBySight(input, passing);
    return secrets.replaceIn(byRule === null ? seen : byRule(seen));
  };
  const people = createPersonalData(personal);
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
  const header = (name: string, value: string, text: (input: string) => string): string => {
    const lower = name.toLowerCase();
    const shown = shownHeaders.has(lower) && !SECRET_HEADERS.has(lower);
    if (isSecretHeader(lower) && !shown) return secretHeader(lower, value);
    return hiddenHeaders.has(lower) ? passing(value) : text(value);
  };
  const common = {
    learn: kept,
    bodyHash: (body: Uint8Array, redacted: boolean) =>
      redacted
        ? `hmac-sha256:${createHmac("sha256", hmacKey).update(body).digest("hex")}`
        : hash("sha256", body, "hex"),
    count: secrets.count,
    expected: (json: string) => people.inExpected(withoutSecrets(json)),
    withoutSecrets,
    learnPersonal: people.learn,
    countPersonal: people.count,
    revision: () => secrets.revision() + people.revision(),
  };
  const writing = (text: (input: string) => string): Pick<Redactor, "text" | "headers"> => ({
    text,
    headers: (headers) => headers.map(([name, value]) => [name, header(name, value, text)] as const),
  });
  const inScope = (scope: PersonalScope): Redactor => ({
    ...common,
    ...writing((input) => people.inMessage(withoutSecrets(input), scope)),
    about: (url) => scopes[people.scopeOf(url)],
  });
  const scopes: Readonly<Record<PersonalScope, Redactor>> = {
    people: inScope("people"),
    things: inScope("things"),
    nothing: inScope("nothing"),
  };
  return {
    ...common,
    ...writing((input) => people.inText(withoutSecrets(input))),
    about: (url) => scopes[people.scopeOf(url)],
  };
}
