import { VERSION } from "../core/version.js";
import { PERMISSIONS_SOURCE } from "../platform/permissions.js";
import { counted, indented, underLabel } from "../report/terminal/block.js";
import { type Look, lookOf, type TerminalOptions } from "../report/terminal/look.js";
import { GLUE } from "../report/terminal/wrap-text.js";
import type { AuthCheck, Caller, Finding, HostWay, PermissionRow, Tried } from "./auth-check.js";
import type { ListedTarget } from "./check-json.js";
import { durationWords } from "./duration-words.js";

const LABEL_WIDTH = 16;

function* row(look: Look, name: string, text: string): Generator<string> {
  yield* underLabel(look, { indent: 2, text: look.text(name), width: LABEL_WIDTH }, [
    { text: look.text(text) },
  ]);
}

function* settingLines({ settings }: AuthCheck, look: Look): Generator<string> {
  yield look.paint.bold("settings");
  for (const { name, shown, source } of settings) {
    // A source is a place: it stands on one line where it can.
    const from = `from ${look.text(source)}`.replaceAll(" ", GLUE);
    const spans = [{ text: look.text(shown) }, { text: `  ${from}`, paint: look.paint.dim }];
    yield* underLabel(look, { indent: 2, text: look.text(name), width: LABEL_WIDTH }, spans);
  }
}

function* triedLines({ tried, baseUrl }: AuthCheck, look: Look): Generator<string> {
  yield "";
  yield look.paint.bold("tried");
  if (tried.length === 0) yield "  nothing";
  for (const { what, method, url, status, failure, durationMs } of tried) {
    const came = failure === null ? String(status) : "no answer";
    // The target's own address stands at the top.
    const address = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
    const request = `${method} ${look.text(address)}`.replaceAll(" ", GLUE);
    const spans = [{ text: `${came}, ${Math.round(durationMs)} ms  ${request}` }];
    yield* underLabel(look, { indent: 2, text: look.text(what), width: LABEL_WIDTH }, spans);
  }
}

function* correlationLines({ tried }: AuthCheck, look: Look): Generator<string> {
  if (!look.verbose) return;
  const known = tried.filter(
    (each): each is Tried & { correlationId: string } => each.correlationId !== null,
  );
  if (known.length === 0) return;
  yield "";
  yield look.paint.bold("correlation IDs");
  for (const { what, correlationId } of known) yield* row(look, what, correlationId);
}

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

function* foundLines({ ways, token, caller, clock }: AuthCheck, look: Look): Generator<string> {
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

const STATES: Readonly<Record<PermissionRow["state"], string>> = {
  held: "yes",
  likely: "likely",
  missing: "MISSING",
  unknown: "not known",
  "none-needed": "none needed",
};

/** Rows that differ in nothing but the operation. */
function groupsOf(permissions: readonly PermissionRow[]): readonly (readonly PermissionRow[])[] {
  const groups = new Map<string, PermissionRow[]>();
  for (const each of permissions) {
    const name = JSON.stringify({ ...each, operation: "" });
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups.values()];
}

function permissionWords({ anyOf, needsUser }: PermissionRow): string {
  if (needsUser) return "documented to need a user";
  return anyOf === null || anyOf.length === 0 ? "" : anyOf.join(" or ");
}

/** `{conversationId}` and the like are `{id}`: a line has room for the path itself. */
function operationWords(operation: string): string {
  return operation.replaceAll(/\{\w+\}/g, "{id}").replaceAll(" ", GLUE);
}

function* permissionLines({ permissions }: AuthCheck, look: Look): Generator<string> {
  if (permissions.length === 0) return;
  yield "";
  yield look.paint.bold("permissions") +
    look.paint.dim(`  documented by the vendor's ${PERMISSIONS_SOURCE.name}, not tested`);
  for (const group of groupsOf(permissions)) {
    const [first] = group;
    if (first === undefined) continue;
    const paint = first.state === "missing" ? look.paint.red : undefined;
    const place = { indent: 2, hang: LABEL_WIDTH };
    const words = look.text(permissionWords(first));
    const state = { text: STATES[first.state], paint };
    const gap = " ".repeat(Math.max(1, LABEL_WIDTH - STATES[first.state].length));
    const because = first.because === "" ? "" : `  ${look.text(first.because)}`;
    yield* indented(look, place, [state, { text: gap + words }, { text: because, paint: look.paint.dim }]);
    for (const { operation } of group)
      yield* indented(look, 2 + LABEL_WIDTH, [{ text: operationWords(look.text(operation)) }]);
  }
}

const LEVELS: Readonly<Record<Finding["level"], string>> = {
  problem: "PROBLEM",
  warning: "warning",
  note: "note",
};

function* findingLines({ findings }: AuthCheck, look: Look): Generator<string> {
  const order: readonly Finding["level"][] = ["problem", "warning", "note"];
  for (const { level, message, hint } of findings.toSorted(
    (a, b) => order.indexOf(a.level) - order.indexOf(b.level),
  )) {
    const paint = level === "problem" ? look.paint.red : level === "warning" ? look.paint.yellow : undefined;
    yield "";
    yield* indented(look, { indent: 0, hang: 2 }, [
      { text: LEVELS[level], paint },
      { text: `  ${look.text(message)}` },
    ]);
    if (hint !== null) yield* indented(look, 2, [{ text: look.text(hint) }]);
  }
}

function verdict({ findings, tried }: AuthCheck): string {
  const count = (level: Finding["level"]): number => findings.filter((each) => each.level === level).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const logins = tried.filter(({ method }) => method === "POST").length;
  const reads = tried.length - logins;
  const parts = [logins > 0 ? counted(logins, "login") : "", reads > 0 ? counted(reads, "read") : ""];
  const sent =
    tried.length === 0 ? "nothing was sent" : `tried: ${parts.filter((each) => each !== "").join(", ")}`;
  const found =
    problems + warnings === 0
      ? "nothing wrong was found"
      : [problems > 0 ? counted(problems, "problem") : "", warnings > 0 ? counted(warnings, "warning") : ""]
          .filter((each) => each !== "")
          .join(", ");
  return tried.length === 0 ? `${found}; ${sent}` : `${found}; ${sent}; nothing was changed`;
}

function* pieces(check: AuthCheck, look: Look): Generator<string> {
  const at = check.baseUrl === "" ? "" : ` at ${look.text(check.baseUrl)}`;
  yield `gcidem ${look.text(VERSION)}   auth check   ${look.paint.bold(look.text(check.target))}${at}`;
  yield "";
  yield* settingLines(check, look);
  yield* triedLines(check, look);
  yield* foundLines(check, look);
  yield* permissionLines(check, look);
  yield* correlationLines(check, look);
  yield* findingLines(check, look);
  yield "";
  yield verdict(check);
}

/** What was found about one target, for a terminal. Pure. */
export function* renderCheck(check: AuthCheck, options: TerminalOptions): Generator<string> {
  for (const line of pieces(check, lookOf(options))) yield `${line}\n`;
}

/** All targets that there are, for a terminal. Pure. */
export function* renderTargets(listed: readonly ListedTarget[], options: TerminalOptions): Generator<string> {
  const look = lookOf(options);
  const width = Math.max(...listed.map(({ name }) => look.text(name).length));
  yield `gcidem ${look.text(VERSION)}   auth check   ${look.paint.bold("the targets that were found")}\n\n`;
  for (const { name, source } of listed)
    yield `  ${look.text(name).padEnd(width)}  ${look.paint.dim(look.text(source))}\n`;
  yield "\nnothing was sent; --target NAME checks one of them, --all checks each\n";
}
