import { StringDecoder } from "node:string_decoder";
import { createRedactor } from "../../core/redact.js";
import { createSecretList } from "../../core/secret-list.js";

/** Something that must not be in a bundle. Its value is not here: a message must not spread it. */
export interface FoundSecret {
  readonly line: number;
  readonly what: string;
}

/** Looks through one file, piece by piece. */
export interface SecretSearch {
  readonly add: (bytes: Uint8Array) => void;
  /** What was found, by line, each kind once a line. */
  readonly finish: () => readonly FoundSecret[];
}

/** A line may have millions of characters: it is looked at in parts that overlap by more than any secret is long. */
const LONGEST_PART = 1 << 18;
const OVERLAP = 1 << 13;

/** Beyond these the file is plainly not fit to be sent. */
const MOST_FOUND = 20;

const MAY_HOLD =
  /token|secret|passw|(?:api|private)[_-]?key|eyJ|bearer|basic|authoriz|cookie|private key|[\w+/]{48}/i;

/** What stands where something was taken out, in any of the files: placeholders and variables of the script. */
const TAKEN_OUT =
  /(?:<|&lt;|\\+u003c|%3c)(?:secret|personal)(?:(?::|%3a)\d+)?(?:>|&gt;|\\+u003e|%3e)|'?"?\$\{(?:SECRET|PERSONAL|AUTHORIZATION)\w*\}"?'?/gi;

const HEADER_NAMES = "(?:proxy-)?authorization|x-api-key|x-auth-token|(?:set-)?cookie";
const QUOTED_HEADER = new RegExp(
  `["'](?:${HEADER_NAMES})["']\\s*[,:]\\s*(?:"value"\\s*:\\s*)?["']([^"'\\r\\n]{6,})`,
  "gi",
);
const PLAIN_HEADER = new RegExp(`\\b(?:${HEADER_NAMES}):[ \\t]+([^"'\\r\\n]{6,})`, "gi");
const CREDENTIAL = /\b(?:Bearer|Basic)\s+(?=[\w+/=.~-]*\d)[\w+/=.~-]{12,}/i;
/** What people write into a ticket: `password: hunter2`. Names of steps and words of a sentence have no digit. */
const WRITTEN =
  /\b(?:password|passwd|client[_ -]?secret|api[_ -]?key|access[_ -]?token)\s*:\s*(?=\S{0,100}\d)[^\s"'$<{[(,]{6,}/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const BASE64 = /[A-Za-z0-9+/_-]{48,}={0,2}/g;

/** Marks of other tools, and words of a sentence: nothing that opens a door. */
const HARMLESS =
  /^(?:[a-z]+\s+)?[[<({*#-]*\s*(?:redacted|removed|hidden|masked|sanitised|sanitized|filtered|scrubbed|secret|absent|present|none|[*x.#…]{3,})\s*[\])>}*#-]*$|^[A-Za-z-]+$/i;

/** `<secret:0>` is what the redactor itself takes for taken out. */
const MARK = "<secret:0>";

function holdsHeader(text: string): boolean {
  for (const pattern of [QUOTED_HEADER, PLAIN_HEADER])
    for (const [, value = ""] of text.matchAll(pattern)) {
      const plain = pattern === PLAIN_HEADER;
      if (value.includes(MARK) || HARMLESS.test(value.trim())) continue;
      // Sentences about headers have spaces; credentials of a scheme have one.
      if (plain && !CREDENTIAL.test(value) && !/^\S{16,}/.test(value)) continue;
      return true;
    }
  return false;
}

function unescaped(text: string): string {
  return text
    .replace(/\\(["\\/])/g, "$1")
    .replace(/\\u00(3c|3e|26|27|22)/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#x27": "'",
  amp: "&",
};

function withoutEntities(text: string): string {
  return text.replace(
    /&(lt|gt|quot|amp|#39|#x27);/gi,
    (_all, name: string) => ENTITIES[name.toLowerCase()] ?? "",
  );
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (coded) =>
    Buffer.from(coded.replaceAll("%", ""), "hex").toString(),
  );
}

/** The same text as different formats write it: JSON inside JSON, HTML, URLs. */
function spellings(text: string): ReadonlySet<string> {
  const once = unescaped(text);
  const views = [text, once, unescaped(once), withoutEntities(text), percentDecoded(text)];
  return new Set(views.map((view) => view.replace(TAKEN_OUT, MARK)));
}

type Look = (text: string) => readonly string[];

function createLook(known: readonly string[]): Look {
  const redactor = createRedactor();
  const ofEnvironment = createSecretList();
  for (const secret of known) ofEnvironment.placeholder(secret, "kept");
  const ofHeader: Look = (text) => {
    if (holdsHeader(text)) return ["a header that carries credentials"];
    return CREDENTIAL.test(text) ? ["Bearer or Basic credentials"] : [];
  };
  const bySight: Look = (text) =>
    redactor.text(text) === text && !WRITTEN.test(text)
      ? []
      : ["a JWT or a value under the name of a secret"];
  const plain: Look = (text) => [
    ...[...ofHeader(text), ...bySight(text)].slice(0, 1),
    ...(PRIVATE_KEY.test(text) ? ["a private key"] : []),
    ...(ofEnvironment.replaceIn(text) === text ? [] : ["a secret of this environment"]),
  ];
  const coded: Look = (text) => {
    for (const [run] of text.matchAll(BASE64)) {
      const decoded = Buffer.from(run, "base64").toString("latin1");
      if (
        /"|=|:/.test(decoded) &&
        /token|secret|passw|eyJ|earer /i.test(decoded) &&
        plain(decoded).length > 0
      )
        return ["base64 of what looks like a secret"];
    }
    return [];
  };
  return (text) => {
    if (!MAY_HOLD.test(text) && ofEnvironment.replaceIn(text) === text) return [];
    const found = [...spellings(text)].flatMap(plain);
    return [...new Set([...found, ...coded(text.replace(TAKEN_OUT, MARK))])];
  };
}

/**
 * Makes a search for what must not be in a bundle: tokens, passwords and keys by their names, JWTs, header lines with
 * credentials, and `known` secrets. What was taken out is no secret.
 */
export function createSecretSearch(known: readonly string[]): SecretSearch {
  const look = createLook(known);
  const decoder = new StringDecoder("utf8");
  const found = new Map<string, FoundSecret>();
  let rest = "";
  let line = 1;
  const take = (text: string): void => {
    if (found.size >= MOST_FOUND) return;
    for (const what of look(text)) found.set(`${line} ${what}`, { line, what });
  };
  const lines = (text: string): void => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      take(part);
      line += 1;
    }
    for (; rest.length > LONGEST_PART; rest = rest.slice(LONGEST_PART - OVERLAP))
      take(rest.slice(0, LONGEST_PART));
  };
  return {
    add: (bytes) => lines(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
    finish: () => {
      lines(decoder.end());
      take(rest);
      return [...found.values()];
    },
  };
}
