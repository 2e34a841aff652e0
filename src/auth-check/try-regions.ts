import { REGIONS, type Region, regionOfLoginHost, tokenUrlOf } from "../config/regions.js";
import type { ClientCredentials } from "../core/credentials.js";
import { membersOf } from "../transport/oauth/read-token-answer.js";
import type { Outcome } from "../transport/transport.js";
import type { Checking, Finding } from "./auth-check.js";
import { warning } from "./findings.js";
import { askForToken } from "./log-in.js";

/** Stands in the place of the secret, which only the client's own region may see. */
const NO_SECRET = "gcidem-looks-for-the-region-and-has-no-secret-for-it";

/** A host that knows the client refuses the secret with 401; one that does not know it says so with 400. */
function knowsClient(outcome: Outcome | null): boolean {
  if (outcome?.kind !== "response" || outcome.status !== 401) return false;
  return membersOf(outcome.body)?.error === "invalid_client";
}

function judge(known: readonly Region[], unanswered: readonly Region[]): Finding {
  const [region] = known;
  if (region !== undefined)
    return warning(
      "region-found",
      `the OAuth client lives in ${known.map(({ name, domain }) => `${name} (${domain})`).join(" or ")}: the login host there knows its id`,
      `set the region to ${region.name}`,
    );
  const silent = unanswered.map(({ name }) => name).join(", ");
  if (unanswered.length === REGIONS.length - 1)
    return warning(
      "region-found",
      "no other region's login host could be reached, so which of them knows the client id is not known",
      "a network that lets only some hosts through may be the reason; look up the region where the client is managed",
    );
  return warning(
    "region-found",
    silent === ""
      ? "no other region's login host knows the client id"
      : `no other region's login host that answered knows the client id; no answer came from ${silent}`,
    "the id itself is wrong, or the client was deleted: look it up where clients are managed",
  );
}

/**
 * Asks the login hosts of all other regions whether they know a client's id. They are told the id and a secret that is
 * none, so the real one travels nowhere; at the right one it counts as one failed login.
 * @throws GcidemError `interrupted`
 */
export async function tryRegions(credentials: ClientCredentials, checking: Checking): Promise<void> {
  const asked = regionOfLoginHost(new URL(credentials.tokenUrl).hostname);
  if (asked === null) {
    const message =
      "the login goes to a gateway of your own, not to a region's login host: no region was tried";
    checking.notes.find(
      warning("region-found", message, "ask whoever runs the gateway which region is behind it"),
    );
    return;
  }
  const results = await Promise.all(
    REGIONS.filter(({ name }) => name !== asked.name).map(async (region) => {
      const wrong = { ...credentials, clientSecret: NO_SECRET, tokenUrl: tokenUrlOf(region) };
      const login = { credentials: wrong, kind: "genesys" as const };
      const { outcome } = await askForToken(region.name, login, checking);
      return { region, outcome };
    }),
  );
  const known = results.filter(({ outcome }) => knowsClient(outcome)).map(({ region }) => region);
  const unanswered = results
    .filter(({ outcome }) => outcome?.kind !== "response")
    .map(({ region }) => region);
  checking.notes.find(judge(known, unanswered));
}
