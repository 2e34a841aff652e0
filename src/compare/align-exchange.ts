import type { HeaderList } from "../core/http.js";
import { type JsonNode, tryParseJson, writeJson } from "../core/json.js";
import type { Exchange } from "../journal/journal.js";
import { type Aligning, alignJson, alignText, alignValue } from "./align-texts.js";
import type { JournalledBody } from "./compare-bodies.js";
import type { MessagePlace } from "./runs.js";
import { isVolatile } from "./volatile-headers.js";
import { kindOfHeader } from "./volatile-values.js";

/** How the other run's exchanges are put into the base's names. */
export interface RunAligning extends Aligning {
  readonly baseUrl: string;
  readonly otherUrl: string;
}

/** What stands for the hash of a body that was put into other names: no hash of bytes looks so. */
const RENAMED_HASH = "renamed";

function isHeader(place: MessagePlace, name: string): boolean {
  return place.kind === "header" && place.name === name;
}

/** Each run has a server of its own: the mock another port, a real org another host. */
function onBaseServer(text: string, { baseUrl, otherUrl }: RunAligning): string {
  if (baseUrl === "" || otherUrl === "" || baseUrl === otherUrl) return text;
  return text.replaceAll(otherUrl, baseUrl).replaceAll(new URL(otherUrl).host, new URL(baseUrl).host);
}

function alignHeader(
  name: string,
  { base, other }: { readonly base: string; readonly other: string },
  how: RunAligning,
): string {
  const lower = name.toLowerCase();
  const { ignored, matched } = how.rules;
  if (ignored.some((place) => isHeader(place, lower))) return base;
  if (matched.some(({ place, matches }) => isHeader(place, lower) && matches(base) && matches(other)))
    return base;
  // What differs between any two answers is folded anyway, and would be listed among the ids that were taken as one.
  if (isVolatile(lower)) return other;
  const kind = kindOfHeader(lower);
  const there = onBaseServer(other, how);
  return kind === null ? alignText(base, there, how) : alignValue(kind, { base, other: there }, how);
}

function alignHeaders(base: HeaderList, other: HeaderList, how: RunAligning): HeaderList {
  const met = new Map<string, number>();
  const ignored = (name: string): boolean =>
    how.rules.ignored.some((place) => isHeader(place, name.toLowerCase()));
  const aligned = other.flatMap(([name, value]): HeaderList => {
    const lower = name.toLowerCase();
    const nth = met.get(lower) ?? 0;
    met.set(lower, nth + 1);
    const before = base.filter(([each]) => each.toLowerCase() === lower)[nth]?.[1];
    if (before === undefined) return ignored(name) ? [] : [[name, onBaseServer(value, how)]];
    return [[name, alignHeader(name, { base: before, other: value }, how)]];
  });
  const left = base.filter(([name]) => ignored(name) && !met.has(name.toLowerCase()));
  return [...aligned, ...left];
}

/** The body of a form that JSON.parse would keep; null for what is no JSON. */
function parsed(text: string): JsonNode | null {
  return /^\s*[[{"]/.test(text) ? tryParseJson(text) : null;
}

function alignBodyText(base: string, other: string, how: RunAligning): string {
  const there = onBaseServer(other, how);
  const [before, after] = [parsed(base), parsed(there)];
  if (before === null || after === null) return alignText(base, there, how);
  const aligned = writeJson(alignJson(before, after, { path: [], name: "", how }));
  // Of a text that is not compact only the value is compared: its white space would be lost in the writing.
  return aligned === writeJson(before) && writeJson(after) !== there ? base : aligned;
}

function alignBody<Body extends JournalledBody>(base: Body, other: Body, how: RunAligning): Body {
  const texts = base.bodyEncoding === "utf8" && other.bodyEncoding === "utf8";
  const cut = base.truncated === true || other.truncated === true;
  if (!texts || cut || base.bodySha256 === other.bodySha256) return other;
  const body = alignBodyText(base.body, other.body, how);
  return { ...other, body, bodySha256: body === base.body ? base.bodySha256 : RENAMED_HASH };
}

const DIGITS = /^\d+$/;

function alignSegment(base: string, other: string, how: RunAligning): string {
  if (DIGITS.test(base) && DIGITS.test(other)) return alignValue("ids", { base, other }, how);
  return alignText(base, other, how);
}

/** URLs segment by segment: a number in a path names a thing. */
function alignUrl(base: string, other: string, how: RunAligning): string {
  const there = onBaseServer(other, how);
  const [before, after] = [base.split(/(?<=[/?&=])/), there.split(/(?<=[/?&=])/)];
  if (before.length !== after.length) return there;
  return after
    .map((piece, at) => {
      const [, text = "", end = ""] = /^(.*?)([/?&=]?)$/s.exec(piece) ?? [];
      const from = /^(.*?)[/?&=]?$/s.exec(before[at] ?? "")?.[1] ?? "";
      return alignSegment(from, text, how) + end;
    })
    .join("");
}

/** An exchange of the other run in the base's names, so that what still differs is a difference. */
export function alignExchange(base: Exchange, other: Exchange, how: RunAligning): Exchange {
  const request = {
    ...alignBody(base.request, other.request, how),
    url: alignUrl(base.request.url, other.request.url, how),
    headers: alignHeaders(base.request.headers, other.request.headers, how),
  };
  if (base.response === null || other.response === null) return { ...other, request };
  const response = {
    ...alignBody(base.response, other.response, how),
    headers: alignHeaders(base.response.headers, other.response.headers, how),
  };
  return { ...other, request, response };
}
