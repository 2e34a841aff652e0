import { quoted } from "../document/describe-value.js";
import { type Field, placeInside, placeOf, problem } from "../document/field.js";
import { type Reading, templateOf } from "./reading.js";
import type { Template } from "./scenario.js";

const CONTROL_PATH = "/__gcidem";

/** What stands in for a template while the static part of a path is looked at. */
const PLACEHOLDER = "template";

const ORIGIN = "http://target.invalid";

function staticPart(template: Template): string {
  return template.parts.map((part) => (typeof part === "string" ? part : PLACEHOLDER)).join("");
}

const FROM_TARGET =
  "the host comes from --target: keep the path alone, or list this host as an allowed one in your own config";

/** True for a whole URL at an origin that the user's own config lists. No template is part of the origin. */
function isAllowedUrl(path: string, { otherOrigins = [], resolve }: Reading): boolean {
  if (!/^https?:\/\/[^/?#\\]+(\/|$)/i.test(path) || !URL.canParse(path)) return false;
  const { origin, username, password } = new URL(path);
  const listed = otherOrigins === "any" || otherOrigins.includes(origin);
  return listed && username === "" && password === "" && resolve === undefined;
}

function otherHost(path: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return FROM_TARGET;
  return /^[/\\]{2}/.test(path) ? "two slashes or backslashes at the start name another host" : null;
}

function isControlPath(path: string): boolean {
  try {
    const segments = decodeURIComponent(new URL(path, ORIGIN).pathname).replace(/\/{2,}/g, "/");
    return `${segments}/`.startsWith(`${CONTROL_PATH}/`);
  } catch {
    return false;
  }
}

interface Mistake {
  readonly message: string;
  readonly hint?: string;
}

function hostMistake(path: string, reading: Reading): Mistake | null {
  if (isAllowedUrl(path, reading)) return null;
  const host = otherHost(path);
  if (host !== null)
    return { message: `found ${quoted(path)}, expected a path on the target that starts with /`, hint: host };
  return path.startsWith("/")
    ? null
    : { message: `found ${quoted(path)}, expected a path that starts with /` };
}

function pathMistake(path: string): Mistake | null {
  if (path.includes("\\"))
    return { message: `found a backslash in the path ${quoted(path)}, expected none`, hint: "write %5C" };
  if (/\s/.test(path))
    return { message: `found a space in the path ${quoted(path)}, expected none`, hint: "write %20" };
  if (path.includes("#")) {
    return {
      message: `found # in the path ${quoted(path)}, expected none: what follows it is never sent`,
      hint: "write %23",
    };
  }
  if (isControlPath(path)) {
    return {
      message: `found the path ${quoted(path)}, expected none under ${CONTROL_PATH}/`,
      hint: "that is the mock's control, which a scenario may not use",
    };
  }
  return null;
}

/** The template of a path, its static part checked. What templates insert is checked again when it is sent. */
export function readPath(reading: Reading, field: Field, text: string): Template {
  const template = templateOf(reading, field, text);
  const path = staticPart(template);
  const mistake = hostMistake(path, reading) ?? pathMistake(path);
  if (mistake !== null) {
    const at = placeInside(field.doc, placeOf(field), text);
    reading.problems.push(problem(at, mistake.message, mistake.hint));
  }
  return template;
}

/** Method and path of `METHOD /path`; null where the text has another form (whose shape somebody else has reported). */
export function readRequestLine(
  reading: Reading,
  field: Field | null,
): { readonly method: string; readonly path: Template } | null {
  const match =
    typeof field?.value === "string" ? /^([A-Z][A-Z-]*) +(\S.*)$/s.exec(field.value.trimEnd()) : null;
  if (field === null || match === null) return null;
  return { method: match[1] ?? "", path: readPath(reading, field, match[2] ?? "") };
}

/** Notes a file name that leads out of the scenario's folder. Links are followed when the file is read. */
export function checkInsideFolder(reading: Reading, field: Field): void {
  const path = String(field.value);
  const at = placeOf(field);
  const hint = "a scenario may only read files beside it, in its folder or below";
  if (/^(?:[/\\~]|[A-Za-z]:)/.test(path)) {
    reading.problems.push(
      problem(
        at,
        `found the absolute path ${quoted(path)}, expected one relative to the scenario's folder`,
        hint,
      ),
    );
    return;
  }
  let depth = 0;
  for (const segment of path.split(/[/\\]/)) {
    if (segment === "..") depth -= 1;
    else if (segment !== "" && segment !== ".") depth += 1;
    if (depth >= 0) continue;
    reading.problems.push(
      problem(at, `found ${quoted(path)}, which leads out of the scenario's folder`, hint),
    );
    return;
  }
}
