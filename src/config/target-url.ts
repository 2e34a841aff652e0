import { GcidemError } from "../core/errors.js";

function usage(message: string, hint: string): GcidemError {
  return new GcidemError("usage", message, { hint });
}

/** The flag that a target was given by. */
export type TargetFlag = "--target" | "--against";

/** True for what starts like an http(s) URL. Pure. */
export function looksLikeUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** A target for an error's words: a slash in a password, or a token in a query, makes it no less of a secret. Pure. */
export function shownTarget(text: string): string {
  return text.replace(/^(https?:\/\/)?.*@/is, "$1...@").replace(/[?#].*$/s, "...");
}

/** Origin and path of a target's URL, without a slash at the end. Pure. @throws GcidemError `usage` */
export function readTargetUrl(text: string, flag: TargetFlag = "--target"): string {
  if (!looksLikeUrl(text) || !URL.canParse(text))
    throw usage(
      `${flag}: found "${shownTarget(text)}", expected mock or a URL`,
      `such as ${flag} http://localhost:8080`,
    );
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    throw usage(
      `${flag}: a URL with credentials is refused, since URLs end up in reports`,
      "give them with -H 'Authorization: ...'",
    );
  if (url.search !== "" || url.hash !== "")
    throw usage(
      `${flag}: found "${shownTarget(text)}", expected no query and no fragment`,
      "give the origin and a path prefix",
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
