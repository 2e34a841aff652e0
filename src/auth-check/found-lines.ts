import type { Look } from "../report/terminal/look.js";
import type { AuthCheck, Caller, HostWay } from "./auth-check.js";
import { durationWords } from "./duration-words.js";
import { row } from "./label-rows.js";

function wayWords({ way, certificate }: HostWay): string {
  if (certificate === null) return way;
  const { authority, isPublic, validTo } = certificate;
  const who = isPublic ? "a public authority" : "not a public authority";
  return `${way}; certificate by ${authority} (${who}), good until ${validTo.slice(0, 10)}`;
}

function* callerLines(caller: Caller, look: Look): Generator<string> {
  const { organization, client, user, isClientAlone, scopes } = caller;
  const both = ({ id, name }: { readonly id: string; readonly name: string }): string =>
    [name, id === "" ? "" : `(${id})`].filter((each) => each !== "").join(" ");
  if (organization !== null) yield* row(look, "organization", both(organization));
  if (client !== null) yield* row(look, "OAuth client", both(client));
  yield* row(
    look,
    "user",
    user ?? (isClientAlone === true ? "none: the token stands for a client" : "not known"),
  );
  if (scopes.length > 0) yield* row(look, "scopes", scopes.join(", "));
}

/** The way, the token, whom it stands for, and the clock. Pure. */
export function* foundLines({ ways, token, caller, clock }: AuthCheck, look: Look): Generator<string> {
  if (ways.length === 0 && caller === null && token === null) return;
  yield "";
  yield look.paint.bold("found");
  for (const way of ways) yield* row(look, "way", `${way.host}: ${wayWords(way)}`);
  if (token !== null)
    yield* row(
      look,
      "token",
      token.lifeMs === null
        ? "given; the login host does not say for how long"
        : `given, lives for ${durationWords(token.lifeMs)}`,
    );
  if (caller !== null) yield* callerLines(caller, look);
  if (clock !== null) {
    const { skewMs, marginMs, host } = clock;
    const size = Math.abs(skewMs);
    const side = skewMs > 0 ? "ahead of" : "behind";
    const words =
      size <= marginMs
        ? `as this machine's, to within ${durationWords(marginMs)}`
        : `${durationWords(size)} ${side} this machine's, to within ${durationWords(marginMs)}`;
    yield* row(look, "clock", `${host}: ${words}`);
  }
}
