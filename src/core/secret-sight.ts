/** Members of JSON, XML and form bodies whose values are credentials by name. */
const NAMES =
  "(?:access|refresh|id|auth|session|api|bearer|oauth)[_-]?token|token|client[_-]?secret|client[_-]?assertion|secret|private[_-]?key|(?:x[_-])?api[_-]?key|password|passwd|(?:proxy[_-])?authorization";
const NAME = new RegExp(`^(?:${NAMES})$`, "i");

/** True for members and fields whose values are credentials by their name. Pure. */
export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** A credential's scheme is no secret, and with it the same credential would be another one. */
const SCHEME = "(?:(?:Bearer|Basic)\\s+)?";

/** What stands in a JSON string, which is not empty: however long it is, no pattern runs out of memory over it. */
export const IN_JSON_STRING = '(?!")[^"\\\\]*(?:\\\\.[^"\\\\]*){0,100000}';

/** Each has what stands before the secret, the secret, and maybe what stands after it. */
const MEMBER = new RegExp(`("(?:${NAMES})"\\s*:\\s*"${SCHEME})(${IN_JSON_STRING})(")`, "gi");
/** JSON within a JSON string, as errors and logs say it back. From the first of its backslashes, or many would be slow. */
const NESTED_MEMBER = new RegExp(
  `((?<!\\\\)\\\\+"(?:${NAMES})\\\\+"\\s*:\\s*\\\\+"${SCHEME})([^"\\\\]+)(\\\\+")`,
  "gi",
);
const ELEMENT = new RegExp(`(<(?:[\\w-]+:)?(?:${NAMES})>)([^<]+)(</)`, "gi");
/** Of a multipart form; one look at each line, whatever it holds. */
const PART = new RegExp(
  `(^content-disposition:[^\\r\\n;]*;(?:[ \\t]*filename\\*?=[^\\r\\n;]*;){0,2}[ \\t]*name="?(?:${NAMES})"?(?=[;\\s])[^\\r\\n]*(?:\\r?\\n[^\\r\\n]+){0,9}\\r?\\n\\r?\\n)([^\\r\\n]+)`,
  "gim",
);
/** A form's value goes on to the next field; in other text a quote ends it, or what follows would go with it. */
const FIELD_OF_FORM = new RegExp(`((?:^|[?&])(?:${NAMES})=)([^&\\s#]+)`, "gi");
const FIELD_IN_TEXT = new RegExp(`((?:^|[?&;,\\s])(?:${NAMES})=${SCHEME})([^&\\s#"'\`\\\\<>;,]+)`, "gi");
/** Attributes of XML, and assignments in words. */
const QUOTED_FIELD = new RegExp(
  `((?:^|[\\s&;,])(?:${NAMES})\\s*=\\s*\\\\*["']${SCHEME})([^"'\\\\<>\\r\\n]+)(\\\\*["'])`,
  "gi",
);
/** A header's line, as servers that show what came in say it back. */
const AUTHORIZATION_LINE =
  /(\bauthorization\s*[:=]\s*["']?(?:Bearer|Basic|Digest|Token)\s+)([^\s"'\\<>,;]{3,})/gi;
/** The password in a URL's authority; JSON may write its slashes with backslashes. */
const USER_INFO = /(:\\*\/\\*\/[^\s/?#@:"'<>\\]{0,200}:)([^\s/?#@"'<>\\]{1,500})(@)/g;
const FORM = /^[\w.%+[\]-]{1,200}=/;

/**
 * RFC 7519 and RFC 7516: three or five parts, of which the last or the second may be empty. The look ahead is taken once
 * for each run of such letters: a run without two dots behind it is not searched again from each of its letters.
 */
const JWT = /(?<![\w-])(?=[\w-]+\.[\w-]*\.)([\w-]*?)((?<![A-Za-z\d])eyJ[\w-]{8,}(?:\.[\w-]*){2,4})/g;
const PEM =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----BEGIN )[\s\S]){1,20000}?-----END [A-Z ]{0,40}PRIVATE KEY-----/g;

/** What no text without a secret of these kinds holds: one quick look spares most texts all of the above. */
const MAY_HOLD_SECRET =
  /token|secret|passw|(?:api|private)[_ -]?key|authoriz|assertion|eyJ|:\\*\/\\*\/[^\s/?#@]{1,200}@/i;

/**
 * `<secret:1>`, or the beginning of it where an element's or a field's value ends before the `<`; a scenario's template;
 * a scheme by itself; a shell's variable; the dots of an example.
 */
const NO_VALUE =
  /^(?:<secret(?::|>|$)|\$\([^()]*(?:\([^()]*\)[^()]*){0,100}\)$|(?:(?:[Bb]earer|[Bb]asic)\s+)?(?:\.{3}|…|\*{3,})$|(?:[Bb]earer|[Bb]asic|[Dd]igest)$|\$\{?[A-Z_]+\}?$)/;

/** What servers say of a credential. Taken for one, these words would go out of the whole report. */
const SAID_OF_ONE =
  /^(?:null|true|false|undefined|none|empty|missing|required|optional|invalid|expired|revoked|granted|denied|rejected|unknown)$/i;

/** Replaces what is a credential by its name or its form. Pure but for `hide`, which gives a secret's placeholder. */
export function replaceBySight(input: string, hide: (secret: string) => string): string {
  if (!MAY_HOLD_SECRET.test(input)) return input;
  const named = (all: string, before: string, secret: string, after: unknown): string => {
    if (NO_VALUE.test(secret) || SAID_OF_ONE.test(secret)) return all;
    return `${before}${hide(secret)}${typeof after === "string" ? after : ""}`;
  };
  return input
    .replace(MEMBER, named)
    .replace(NESTED_MEMBER, named)
    .replace(ELEMENT, named)
    .replace(PART, named)
    .replace(FORM.test(input) ? FIELD_OF_FORM : FIELD_IN_TEXT, named)
    .replace(QUOTED_FIELD, named)
    .replace(AUTHORIZATION_LINE, named)
    .replace(USER_INFO, named)
    .replace(JWT, named)
    .replace(PEM, (pem) => hide(pem));
}
