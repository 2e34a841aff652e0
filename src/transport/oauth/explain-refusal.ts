import { headerValue } from "../../core/http.js";
import { printable } from "../../core/printable.js";
import { createRedactor } from "../../core/redact.js";
import type { AnsweredOutcome } from "../outcome.js";
import type { LoginOptions } from "./oauth.js";
import { membersOf } from "./read-token-answer.js";

/** Why there is no token: a plain sentence and what to do. */
export interface Refused {
  readonly message: string;
  readonly hint: string;
}

/** Long enough for what servers say about errors, short enough for a line. */
const LONGEST_WORDS = 200;

function textMember(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name];
  return typeof value === "string" ? value : "";
}

/** What the server itself says, fit for a terminal; a server may say back what it was sent. */
function wordsOf({ body }: AnsweredOutcome, secret: string): readonly [error: string, description: string] {
  const members = membersOf(body) ?? {};
  const redactor = createRedactor();
  redactor.learn(secret);
  const shown = (text: string): string => printable(redactor.text(text)).slice(0, LONGEST_WORDS);
  const description = textMember(members, "error_description") || textMember(members, "description");
  return [shown(textMember(members, "error")), shown(description)];
}

/** Names that RFC 6749, 5.2 gives to errors, but for `invalid_client`. */
const OTHER_ERRORS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  invalid_scope: ["does not grant the scope that was asked for", "check the profile's scope"],
  unauthorized_client: [
    "knows the client and does not let it log in by client credentials",
    "make an OAuth client with the grant type Client Credentials",
  ],
  unsupported_grant_type: [
    "takes no logins by client credentials",
    "check the token URL; this host may be for people only",
  ],
  invalid_request: ["could not read the login", "check the token URL; is it that of an OAuth 2 server?"],
};

/** The platform's two documented shapes: 400 `client not found`, 401 `authentication failed`. */
function clientRefused(description: string, { kind, credentials }: LoginOptions): readonly [string, string] {
  const id = printable(credentials.clientId);
  if (/not found|unknown/i.test(description)) {
    return kind === "genesys"
      ? [
          `knows no OAuth client ${id}: its id is wrong, or the client lives in another region`,
          "check the client id and the region: a client is known at its own region's login host only, and gcidem auth check --try-regions asks the others",
        ]
      : [`knows no OAuth client ${id}`, "check the client id and the token URL"];
  }
  if (/authentication failed/i.test(description)) {
    return [
      `knows the OAuth client ${id} and refused its secret`,
      "the secret is wrong, or a new one was made since; copy it again where the client is managed",
    ];
  }
  return [
    `refused the OAuth client ${id}: its id or its secret is wrong`,
    "check both, and that the token URL is the right one",
  ];
}

function statusRefused(answer: AnsweredOutcome): readonly [string, string] {
  const { status, headers } = answer;
  if (status === 429) {
    const after = headerValue(headers, "retry-after");
    const wait = after !== null && /^\d{1,6}$/.test(after) ? `; it asks to wait ${after} s` : "";
    return [
      `answered 429: too many logins${wait}`,
      "wait, then run it again; --token-cache logs in less often",
    ];
  }
  if (status >= 300 && status < 400)
    return [
      `answered ${status}, a redirect, and credentials never follow one`,
      "give the token URL that it leads to, if that is to be trusted",
    ];
  if (status === 404 || status === 405)
    return [`answered ${status}: there is no login at this address`, "check the token URL"];
  if (status >= 500)
    return [`answered ${status}: it is there and does not work`, "try again; if it stays, ask its support"];
  return [`answered ${status}`, "check the client id, its secret and the token URL"];
}

/** Says why a login host gave no token, from its answer. The secret is in no word of it. Pure. */
export function explainRefusal(answer: AnsweredOutcome, options: LoginOptions): Refused {
  const { tokenUrl, clientSecret } = options.credentials;
  const [error, description] = wordsOf(answer, clientSecret);
  const [what, hint] =
    error === "invalid_client"
      ? clientRefused(description, options)
      : ((Object.hasOwn(OTHER_ERRORS, error) ? OTHER_ERRORS[error] : undefined) ?? statusRefused(answer));
  const said = [error, description].filter((each) => each !== "").join(": ");
  const words = said === "" ? "" : ` (${answer.status} ${said})`;
  return { message: `the login host ${new URL(tokenUrl).host} ${what}${words}`, hint };
}
