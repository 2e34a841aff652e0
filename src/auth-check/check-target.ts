import { realClock } from "../core/clock.js";
import { type HeaderList, headerValue } from "../core/http.js";
import { createRedactor, isSecretHeader, type Redactor } from "../core/redact.js";
import { profileSecrets } from "../session/credential-travel.js";
import { openTransport } from "../session/open-transport.js";
import type { AccessToken } from "../transport/oauth/oauth.js";
import { ask } from "./ask.js";
import { askOrg } from "./ask-org.js";
import type { AuthCheck, Checking, CheckOptions, Finding, HostWay } from "./auth-check.js";
import { note, problem, warning } from "./findings.js";
import { lookAtHosts, proxySecrets } from "./host-ways.js";
import { judgeCertificates } from "./judge-certificates.js";
import { obstacle, unsafeWays } from "./judge-safety.js";
import { logIn } from "./log-in.js";
import { judgeClock } from "./measure-clock.js";
import { profileOf } from "./profile-of.js";
import { redactCheck } from "./redact-check.js";
import { requestHeaders } from "./request-headers.js";
import { shownSettings } from "./shown-settings.js";
import { takeNotes } from "./take-notes.js";
import { tryRegions } from "./try-regions.js";

function tokenUrlOf(options: CheckOptions): readonly string[] {
  const credentials = profileOf(options)?.credentials?.value;
  return credentials?.kind === "client-credentials" ? [credentials.tokenUrl] : [];
}

/** A server of which no documents say what to ask: its own address is asked, and nothing else. */
async function askAddress(checking: Checking, headers: HeaderList): Promise<void> {
  const { options, notes } = checking;
  if (options.target.kind === "mock") return;
  const url = new URL(options.target.baseUrl);
  const answered = await ask("address", url, { checking, headers });
  if (answered === null) return;
  const { status } = answered;
  if (status === 401 || status === 403)
    notes.find(
      problem("token-refused", "login", {
        message: `${url.host} answered ${status} to a GET of the base URL`,
        hint: "give credentials in the profile or by -H, or check those that there are",
      }),
    );
  else if (status >= 400)
    notes.find(
      note(
        "nothing-to-check",
        `${url.host} answers; it said ${status} to a GET of the base URL, which does not tell whether credentials are taken`,
        "replay a scenario with --read-only to see that",
      ),
    );
}

/** Asks what there is to ask once nothing stands in the way. */
async function inquire(checking: Checking): Promise<Pick<AuthCheck, "token" | "caller" | "permissions">> {
  const { options } = checking;
  const profile = profileOf(options);
  const nothing = { token: null, caller: null, permissions: [] };
  const credentials = profile?.credentials?.value;
  let token: AccessToken | null = null;
  if (profile !== null && credentials?.kind === "client-credentials") {
    const login = await logIn(credentials, profile, checking);
    if (login.unknown && options.tryRegions) await tryRegions(credentials, checking);
    if (login.token === null) return nothing;
    ({ token } = login);
  }
  const headers = await requestHeaders(options, token);
  const life = token === null ? null : { lifeMs: token.lifeMs };
  if (profile?.kind !== "genesys") {
    await askAddress(checking, headers);
    return { ...nothing, token: life };
  }
  if (headerValue(headers, "authorization") === null) {
    await askAddress(checking, headers);
    return nothing;
  }
  return { ...(await askOrg({ checking, headers, baseUrl: profile.baseUrl.value })), token: life };
}

/** Everything that must be in no word of the outcome. */
function knowSecrets(options: CheckOptions, redactor: Redactor): void {
  const profile = profileOf(options);
  const given = options.headers.filter(([name]) => isSecretHeader(name));
  redactor.headers(given);
  for (const secret of profile === null ? [] : profileSecrets(profile)) redactor.learn(secret);
  for (const secret of proxySecrets(options)) redactor.learn(secret);
}

function judgeHosts(urls: readonly URL[], ways: readonly HostWay[]): readonly Finding[] {
  return judgeCertificates(
    ways.flatMap(({ host, certificate: shown }) => {
      const url = urls.find((each) => each.host === host);
      return url === undefined || shown === null ? [] : [{ url, shown }];
    }),
  );
}

const ON_THE_MOCK = "a gcidem mock needs no set-up and takes any token: there is nothing to check";

/**
 * Checks how a target is set up: logs in, asks the platform about the token, looks at the way there, and says what is wrong
 * and what to do. It sends GETs and the login's POST, and nothing else; nothing at the target changes. No secret is in any
 * word of the outcome.
 * @throws GcidemError `interrupted`, or `usage` where a certificate that was given is not usable
 */
export async function checkTarget(options: CheckOptions): Promise<AuthCheck> {
  const { target, name } = options;
  const redactor = createRedactor();
  knowSecrets(options, redactor);
  const { notes, taken } = takeNotes();
  const baseUrl = target.kind === "mock" ? (target.at ?? "") : target.baseUrl;
  const kind: AuthCheck["kind"] = profileOf(options)?.kind ?? (target.kind === "mock" ? "mock" : "http");
  const finish = (more: Partial<AuthCheck> = {}): AuthCheck => {
    const { findings, tried, clock } = taken();
    const skewed = clock === null ? null : judgeClock(clock);
    const found = skewed === null ? findings : [...findings, skewed];
    const facts = {
      target: name,
      kind,
      baseUrl,
      settings: shownSettings(options),
      tried,
      clock,
      findings: found,
    };
    const unasked = { ways: [], token: null, caller: null, permissions: [] };
    return redactCheck({ ...unasked, ...facts, ...more }, redactor);
  };
  if (target.kind === "mock") {
    notes.find(note("nothing-to-check", ON_THE_MOCK, null));
    return finish();
  }
  for (const message of profileOf(options)?.warnings ?? []) notes.find(warning("setting", message, null));
  const urls = [...tokenUrlOf(options), baseUrl].map((url) => new URL(url));
  const inTheWay = obstacle(options);
  if (inTheWay !== null) {
    notes.find(inTheWay);
    return finish();
  }
  for (const finding of unsafeWays(urls, options)) notes.find(finding);
  const ways = await lookAtHosts(urls, options);
  const certificates = judgeHosts(urls, ways);
  for (const finding of certificates) notes.find(finding);
  if (certificates.some(({ level }) => level === "problem")) return finish({ ways });
  const clock = realClock();
  const transport = openTransport(options, clock);
  try {
    return finish({ ways, ...(await inquire({ options, transport, clock, notes, redactor })) });
  } finally {
    await transport.close();
  }
}
