import { regionOfLoginHost } from "../config/regions.js";
import { correlationIdOf, headerValue } from "../core/http.js";
import type { AnsweredOutcome, FailedOutcome } from "../transport/transport.js";
import type { Finding } from "./auth-check.js";
import { problem, warning } from "./findings.js";

/** Long enough for what servers say, short enough for a line or two. */
const LONGEST_WORDS = 200;

/** The platform itself stands behind this one: a published trace of an ordinary answer has it. */
const OF_THE_PLATFORM = /cloudfront/i;

function foreignVia(url: URL, { headers }: AnsweredOutcome, isOrg: boolean): Finding | null {
  const via = headerValue(headers, "via");
  if (via === null) return null;
  const others = via
    .split(",")
    .map((each) => each.trim())
    .filter((each) => !(isOrg && OF_THE_PLATFORM.test(each)));
  if (others.length === 0) return null;
  return warning(
    "intermediary",
    `answers of ${url.host} come through ${others.join(", ").slice(0, LONGEST_WORDS)} (Via)`,
    "a proxy or gateway that stores, retries or alters traffic makes conflicts of its own; compare without it where you can",
  );
}

/** Every answer of the platform's API has an ID, also its refusals. */
function withoutId(url: URL, { status, headers }: AnsweredOutcome, isOrg: boolean): Finding | null {
  const isLogin = regionOfLoginHost(url.hostname) !== null || url.pathname.endsWith("/oauth/token");
  if (!isOrg || isLogin || correlationIdOf(headers, ["inin-correlation-id"]) !== null) return null;
  return warning(
    "intermediary",
    `${url.host} answered ${status} without ININ-Correlation-Id, which the platform always sends`,
    "something in between may have answered in its place, or takes the header away; support can find no request without it",
  );
}

/** What an answer says about who is on the way. `isOrg`: the target is the platform. Pure. */
export function judgeAnswer(url: URL, outcome: AnsweredOutcome, isOrg: boolean): readonly Finding[] {
  const { status, headers } = outcome;
  if (status === 407)
    return [
      problem("proxy-refused", "unreachable", {
        message: `a proxy in front of ${url.host} answered 407: it wants credentials`,
        hint: "give a user name and a password before the host in HTTPS_PROXY or HTTP_PROXY, or in the profile's `proxy`",
      }),
    ];
  const found = [foreignVia(url, outcome, isOrg), withoutId(url, outcome, isOrg)];
  const redirected = warning(
    "redirected",
    `${url.host} answered ${status}, a redirect to ${(headerValue(headers, "location") ?? "nowhere").slice(0, LONGEST_WORDS)}; credentials never follow one`,
    "give the address that it leads to as the target, if that is to be trusted",
  );
  return [
    ...found.filter((each) => each !== null),
    ...(status >= 300 && status < 400 && status !== 304 ? [redirected] : []),
  ];
}

/** Codes of failures that a proxy setting may mend, or has caused. */
const NO_WAY: readonly string[] = ["ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"];

/** Why there is no answer. `isProxied`: the way leads through a proxy. Pure. */
export function judgeFailure({ code, message }: FailedOutcome, isProxied: boolean): Finding {
  if (code === "ERR_PROXY")
    return problem("proxy-refused", "unreachable", {
      message,
      hint: "check the proxy's address and credentials (HTTPS_PROXY, NO_PROXY, or `proxy` of the profile)",
    });
  const behindProxy = "if this network has a proxy, name it in HTTPS_PROXY";
  const hint = isProxied
    ? "the way leads through a proxy: check its address, and NO_PROXY"
    : NO_WAY.includes(code)
      ? `check the host name and the network; ${behindProxy}`
      : "check the address, and whether the server runs";
  return problem("unreachable", "unreachable", { message, hint });
}
