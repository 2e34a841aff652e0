/** Members of JSON, XML and form bodies whose values are credentials by name. */
const NAMES =
  "(?:access|refresh|id|auth|session)_?token|token|client_?secret|client_?assertion|secret|private_?key|api_?key|password|passwd";
const NAME = new RegExp(`^(?:${NAMES})$`, "i");

/** True for members and fields whose values are credentials by their name. Pure. */
export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** Each has what stands before the secret, the secret, and maybe what stands after it. */
const MEMBER = new RegExp(`("(?:${NAMES})"\\s*:\\s*")((?:[^"\\\\]|\\\\.)+)(")`, "gi");
/** JSON within a JSON string, as errors and logs say it back. */
const NESTED_MEMBER = new RegExp(`(\\\\+"(?:${NAMES})\\\\+"\\s*:\\s*\\\\+")([^"\\\\]+)(\\\\+")`, "gi");
const ELEMENT = new RegExp(`(<(?:[\\w-]+:)?(?:${NAMES})>)([^<]+)(</)`, "gi");
const PART = new RegExp(
  `(name="?(?:${NAMES})"?[^\\r\\n]*(?:\\r?\\n[^\\r\\n]+){0,9}\\r?\\n\\r?\\n)([^\\r\\n]+)`,
  "gi",
);
/** A form's value goes on to the next field; in other text a quote ends it, or what follows would go with it. */
const FIELD_OF_FORM = new RegExp(`((?:^|[?&])(?:${NAMES})=)([^&\\s#]+)`, "gi");
const FIELD_IN_TEXT = new RegExp(`((?:^|[?&;,\\s])(?:${NAMES})=)([^&\\s#"'\\\\<>;,]+)`, "gi");
const FORM = /^[\w.%+[\]-]{1,200}=/;

/** RFC 7519 and RFC 7516: three or five parts, of which the last or the second may be empty. */
const JWT = /(?<![A-Za-z\d])eyJ[\w-]{8,}(?:\.[\w-]*){2,4}/g;
const PEM = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{1,20000}?-----END [A-Z ]{0,40}PRIVATE KEY-----/g;

/** What no text without a secret of these kinds holds: one quick look spares most texts all of the above. */
const MAY_HOLD_SECRET = /token|secret|passw|(?:api|private)[_ ]?key|assertion|eyJ/i;

/** `<secret:1>`, or the beginning of it where an element's or a field's value ends before the `<`. */
const PLACEHOLDER = /^<secret(?::|>|$)/;

/** Replaces what is a credential by its name or its form. Pure but for `hide`, which gives a secret's placeholder. */
export function replaceBySight(input: string, hide: (secret: string) => string): string {
  if (!MAY_HOLD_SECRET.test(input)) return input;
  const named = (all: string, before: string, secret: string, after: unknown): string => {
    if (PLACEHOLDER.test(secret)) return all;
    return `${before}${hide(secret)}${typeof after === "string" ? after : ""}`;
  };
  return input
    .replace(MEMBER, named)
    .replace(NESTED_MEMBER, named)
    .replace(ELEMENT, named)
    .replace(PART, named)
    .replace(FORM.test(input) ? FIELD_OF_FORM : FIELD_IN_TEXT, named)
    .replace(JWT, (jwt) => hide(jwt))
    .replace(PEM, (pem) => hide(pem));
}
