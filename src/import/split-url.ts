import { hasMark, replaceMarks, restoreMarks } from "../intake/written.js";

/** A URL as a target and a step need it. */
export interface SplitUrl {
  /** Scheme, host and port; with `{{name}}` where a variable stands for them; empty where there is none. */
  readonly origin: string;
  /** Path and query as they travel, marks and placeholders as they are. */
  readonly target: string;
  /** True where the URL carried a user name or a password. */
  readonly credentials: boolean;
}

const AUTHORITY = /^(?:(https?:)\/\/)?([^/?#]*)(.*)$/s;
const CODED_PLACEHOLDER = /%3C(secret|personal)(?:(?::|%3A)(\d+))?%3E/gi;

function targetOf({ pathname, search }: URL): string {
  // A query may hold a backslash on the wire; a scenario's path may not.
  return restoreMarks(`${pathname}${search.replaceAll("\\", "%5C")}`).replace(
    CODED_PLACEHOLDER,
    (_all, kind: string, number?: string) => (number === undefined ? `<${kind}>` : `<${kind}:${number}>`),
  );
}

/** Splits a URL into what becomes the target and what a step says. Pure. */
export function splitUrl(url: string): SplitUrl {
  const [, scheme = "", authority = "", rest = ""] = AUTHORITY.exec(url) ?? [];
  const unknown = hasMark(authority);
  const absolute = unknown || scheme === "" ? `http://unknown${rest.startsWith("/") ? "" : "/"}${rest}` : url;
  if (!URL.canParse(absolute)) return { origin: "", target: "", credentials: false };
  const parsed = new URL(absolute);
  const named = replaceMarks(authority, (name) => `{{${name}}}`);
  return {
    origin: unknown ? `${scheme === "" ? "" : `${scheme}//`}${named}` : scheme === "" ? "" : parsed.origin,
    target: targetOf(parsed),
    credentials: !unknown && (parsed.username !== "" || parsed.password !== ""),
  };
}
