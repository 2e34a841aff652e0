import type { CheckOptions } from "../../src/auth-check/auth-check.js";
import type { TargetProfile } from "../../src/config/config.js";
import { profiled } from "../session/leave-options.js";
import type { Api } from "../session/org.js";
import { startApi } from "../session/org.js";
import { fixture } from "../transport/tls-fixture.js";

/** What an API says to a path: a status, and a body as JSON; `headers` over the platform's own. */
export interface Said {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const PLATFORM = { "content-type": "application/json", "ININ-Correlation-Id": "c0ffee" };

/** An API over TLS that answers by path; any other path is a 404. */
export function apiThatSays(paths: Readonly<Record<string, Said>>): Promise<Api> {
  return startApi(({ url = "" }, response) => {
    const { status, json, headers } = paths[url] ?? { status: 404, json: { code: "not.found" } };
    response.writeHead(status, { ...PLATFORM, ...headers });
    response.end(json === undefined ? "" : JSON.stringify(json));
  });
}

/** How a target of the platform's kind is checked, which has a bearer token unless `profile` says otherwise. */
export function optionsOf(
  baseUrl: string,
  { profile = {}, ...more }: Partial<CheckOptions> & { readonly profile?: Partial<TargetProfile> } = {},
): CheckOptions {
  const token = { value: { kind: "bearer", token: "canary-token_1" }, source: "environment" } as const;
  const settings: Partial<TargetProfile> = {
    kind: "genesys",
    credentials: token,
    ca: fixture("authority.pem"),
    ...profile,
  };
  return {
    name: "prod",
    target: profiled(baseUrl, settings),
    env: {},
    headers: [],
    ca: null,
    operations: null,
    tryRegions: false,
    signal: new AbortController().signal,
    ...more,
  };
}

/** What a token stands for, as the platform shows it: a client alone. */
export const TOKEN: Said = {
  status: 200,
  json: {
    organization: { id: "o-1", name: "Acme" },
    authorizedScope: ["conversations"],
    OAuthClient: { id: "k-1", name: "Night watch", authorizedGrantType: "CLIENT_CREDENTIALS" },
  },
};

/** The answer to a client that asks for its user. */
export const NO_USER: Said = {
  status: 400,
  json: { code: "not.a.user", message: "requires a user context" },
};
