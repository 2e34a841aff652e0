import { VERSION } from "../core/version.js";
import { counted, indented } from "../report/terminal/block.js";
import { displayWidth } from "../report/terminal/display-width.js";
import { type Look, lookOf, type TerminalOptions } from "../report/terminal/look.js";
import { GLUE } from "../report/terminal/wrap-text.js";
import type { AuthCheck, Finding, Tried } from "./auth-check.js";
import type { ListedTarget } from "./check-json.js";
import { foundLines } from "./found-lines.js";
import { beside, row } from "./label-rows.js";
import { permissionLines } from "./permission-lines.js";

/** Of a list of targets: a longer name stands on a line of its own. */
const WIDEST_NAME = 32;

function* settingLines({ settings }: AuthCheck, look: Look): Generator<string> {
  yield look.paint.bold("settings");
  for (const { name, shown, source } of settings) {
    // A source is a place: it stands on one line where it can.
    const from = `from ${look.text(source)}`.replaceAll(" ", GLUE);
    const spans = [{ text: look.text(shown) }, { text: `  ${from}`, paint: look.paint.dim }];
    yield* beside(look, look.text(name), { spans });
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
    yield* beside(look, look.text(what), { spans });
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

function title(look: Look, about: string, more: string): Iterable<string> {
  const tool = `gcidem ${look.text(VERSION)}   auth check   `;
  return indented(look, { indent: 0, hang: 2 }, [
    { text: tool },
    { text: about, paint: look.paint.bold },
    { text: more },
  ]);
}

function* pieces(check: AuthCheck, look: Look): Generator<string> {
  const at = check.baseUrl === "" ? "" : ` at ${look.text(check.baseUrl)}`;
  yield* title(look, look.text(check.target), at);
  yield "";
  yield* settingLines(check, look);
  yield* triedLines(check, look);
  yield* foundLines(check, look);
  yield* permissionLines(check, look);
  yield* correlationLines(check, look);
  yield* findingLines(check, look);
  yield "";
  yield* indented(look, 0, [{ text: verdict(check) }]);
}

/** What was found about one target, for a terminal. Pure. */
export function* renderCheck(check: AuthCheck, options: TerminalOptions): Generator<string> {
  for (const line of pieces(check, lookOf(options))) yield `${line}\n`;
}

function* targetLines(listed: readonly ListedTarget[], look: Look): Generator<string> {
  yield* title(look, "the targets that were found", "");
  yield "";
  const widest = Math.max(...listed.map(({ name }) => displayWidth(look.text(name))));
  const width = Math.min(2 + widest, WIDEST_NAME);
  for (const { name, source } of listed) {
    const spans = [{ text: look.text(source), paint: look.paint.dim }];
    yield* beside(look, look.text(name), { spans, width });
  }
  yield "";
  const advice = "nothing was sent; --target NAME checks one of them, --all checks each";
  yield* indented(look, 0, [{ text: advice }]);
}

/** All targets that there are, for a terminal. Pure. */
export function* renderTargets(listed: readonly ListedTarget[], options: TerminalOptions): Generator<string> {
  for (const line of targetLines(listed, lookOf(options))) yield `${line}\n`;
}
