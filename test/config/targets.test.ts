import { describe, expect, test } from "vitest";
import { REGIONS } from "../../src/config/regions.js";
import { contextOf, GC, OWN, PROJECT, refusalOn, resolveOn, shown } from "./machine.js";

const ENV = {
  GENESYSCLOUD_REGION: "eu-west-1",
  GENESYSCLOUD_OAUTHCLIENT_ID: "env-client",
  GENESYSCLOUD_OAUTHCLIENT_SECRET: "env-secret",
};

const GC_FILE = `[DEFAULT]
environment="mypurecloud.com"
client_credentials="default-client"
client_secret="default-secret"
[prod]
environment="mypurecloud.de"
client_credentials="gc-client"
client_secret="gc-secret"
`;

const ORG = `profiles:
  org:
    kind: genesys
    region: eu-central-1
    credentials:
      client: { clientId: own-client, clientSecret: { secretFrom: { env: ORG_SECRET } } }
`;

describe("a region", () => {
  test.each(REGIONS)(
    "is known by $name and by $domain, in any spelling, and has its hosts",
    async ({ name, domain }) => {
      for (const spelling of [name, domain, name.replaceAll("-", "_"), name.toUpperCase(), ` ${domain} `]) {
        const profile = await resolveOn({ env: { ...ENV, GENESYSCLOUD_REGION: spelling } }, "gc:DEFAULT");
        expect(profile.baseUrl.value).toBe(`https://api.${domain}`);
        expect(profile.credentials?.value).toMatchObject({ tokenUrl: `https://login.${domain}/oauth/token` });
      }
    },
  );

  test("that is mistyped in the environment is told with what was meant", async () => {
    const said = await refusalOn({ env: { ...ENV, GENESYSCLOUD_REGION: "mypurecloud.con" } }, "gc:DEFAULT");
    expect(said).toContain(
      'usage: environment GENESYSCLOUD_REGION: found the unknown region "mypurecloud.con"',
    );
    expect(said).toContain("did you mean `mypurecloud.com`?");
  });

  test("that nothing is near to is answered with the list", async () => {
    const said = await refusalOn({ env: { ...ENV, GENESYSCLOUD_REGION: "moon" } }, "gc:DEFAULT");
    expect(said).toContain("ap-northeast-3 (apne3.pure.cloud)");
  });
});

describe("precedence: flag, environment, config, gc", () => {
  const files = {
    [OWN]: `${ORG}  from-gc: { kind: genesys, gc: prod }\n  both: { extends: org, gc: prod }\n`,
    [GC]: GC_FILE,
  };

  test("gc gives what nobody else does", async () => {
    const profile = await resolveOn({ files }, "from-gc");
    expect(profile).toMatchObject({ kind: "genesys", name: "from-gc", warnings: [] });
    expect(profile.credentials?.value).toMatchObject({ clientId: "gc-client", clientSecret: "gc-secret" });
    expect(shown(profile, "region")).toBe("eu-central-1 (mypurecloud.de) <- ~/.gc/config.toml [prod]");
  });

  test("a config file outranks gc", async () => {
    const profile = await resolveOn({ files, env: { ORG_SECRET: "own-secret" } }, "both");
    expect(profile.credentials?.value).toMatchObject({ clientId: "own-client", clientSecret: "own-secret" });
    expect(shown(profile, "credentials")).toBe(
      "client id and secret: set <- environment ORG_SECRET (~/.config/gcidem/config.yaml:6:74)",
    );
  });

  test("the environment outranks both, and a warning says so", async () => {
    const profile = await resolveOn({ files, env: ENV }, "both");
    expect(profile.baseUrl.value).toBe("https://api.mypurecloud.ie");
    expect(profile.credentials?.value).toMatchObject({ clientId: "env-client" });
    expect(profile.warnings).toEqual([
      "region: environment GENESYSCLOUD_REGION outranks ~/.config/gcidem/config.yaml:4:13",
      "credentials: environment GENESYSCLOUD_OAUTHCLIENT_ID outranks ~/.config/gcidem/config.yaml:6:7",
    ]);
  });

  test("only the secrets of the source that counts are read", async () => {
    const profile = await resolveOn({ files, env: ENV }, "org");
    expect(profile.credentials?.value).toMatchObject({ clientSecret: "env-secret" });
  });

  test("an Authorization of -H outranks all, and no secret is read", async () => {
    const headers = [["authorization", "Bearer mine"]] as const;
    const profile = await resolveOn({ files, headers }, "org");
    expect(profile.credentials).toBeNull();
    expect(shown(profile, "credentials")).toBe("set <- flag -H Authorization");
  });

  test("half a login in the environment is not completed from elsewhere", async () => {
    const said = await refusalOn({ files, env: { GENESYSCLOUD_OAUTHCLIENT_ID: "x" } }, "gc:prod");
    expect(said).toContain("GENESYSCLOUD_OAUTHCLIENT_ID is set and GENESYSCLOUD_OAUTHCLIENT_SECRET is not");
  });

  test("a token in the environment outranks the client there; an empty variable is none", async () => {
    const env = { ...ENV, GENESYSCLOUD_ACCESS_TOKEN: "tok-1" };
    expect((await resolveOn({ env }, "gc:")).credentials?.value).toEqual({ kind: "bearer", token: "tok-1" });
    const empty = await resolveOn({ env: { ...env, GENESYSCLOUD_ACCESS_TOKEN: "" } }, "gc:");
    expect(empty.credentials?.value.kind).toBe("client-credentials");
  });

  test("gateway and proxy of the environment are taken as the Terraform provider spells them", async () => {
    const profile = await resolveOn(
      {
        env: {
          ...ENV,
          GENESYSCLOUD_GATEWAY_HOST: "gw.example",
          GENESYSCLOUD_GATEWAY_PORT: "8443",
          GENESYSCLOUD_GATEWAY_PATH_NAME: "login",
          GENESYSCLOUD_GATEWAY_PATH_VALUE: "/sign-in",
          GENESYSCLOUD_PROXY_HOST: "proxy.example",
          GENESYSCLOUD_PROXY_PROTOCOL: "http",
          GENESYSCLOUD_PROXY_PORT: "3128",
          GENESYSCLOUD_PROXY_AUTH_USERNAME: "me@work",
          GENESYSCLOUD_PROXY_AUTH_PASSWORD: "a/b:c",
        },
      },
      "gc:DEFAULT",
    );
    expect(profile.baseUrl.value).toBe("https://gw.example:8443");
    expect(profile.credentials?.value).toMatchObject({
      tokenUrl: "https://gw.example:8443/sign-in/oauth/token",
    });
    expect(profile.proxy?.value).toBe("http://me%40work:a%2Fb%3Ac@proxy.example:3128");
    expect(shown(profile, "proxy")).toBe("http://proxy.example:3128 <- environment GENESYSCLOUD_PROXY_HOST");
  });
});

describe("an address", () => {
  test("needs no config file and carries no credentials", async () => {
    const profile = await resolveOn({ env: ENV }, "https://api.example.com/v1/");
    expect(profile).toMatchObject({
      kind: "http",
      credentials: null,
      baseUrl: { value: "https://api.example.com/v1" },
    });
  });

  test("of a region's API is an org: the environment's credentials may go there, to that region's login", async () => {
    const profile = await resolveOn({ env: ENV }, "https://api.mypurecloud.jp");
    expect(profile).toMatchObject({ kind: "genesys", baseUrl: { value: "https://api.mypurecloud.jp" } });
    expect(profile.credentials?.value).toMatchObject({
      tokenUrl: "https://login.mypurecloud.jp/oauth/token",
    });
    expect((await resolveOn({}, "https://api.mypurecloud.jp")).credentials).toBeNull();
  });

  test.each([
    "https://api.mypurecloud.jp.evil.example",
    "http://api.mypurecloud.jp",
    "https://api.mypurecloud.jp:444",
  ])("that only looks like one gets none: %s", async (url) => {
    expect(await resolveOn({ env: ENV }, url)).toMatchObject({ kind: "http", credentials: null });
  });

  test.each(["https://u:p4ssword@a.example", "https://a.example?x=1", "https://a.example/#x"])(
    "with more than origin and path is refused: %s",
    async (url) => {
      const said = await refusalOn({}, url);
      expect(said).toContain("usage: --target");
      expect(said).not.toContain("p4ssword");
    },
  );
});

describe("an unknown target", () => {
  const files = { [PROJECT]: "profiles:\n  staging: { kind: http }\n", [OWN]: ORG, [GC]: GC_FILE };

  test("is answered with all that there are, each with its source", async () => {
    expect(await refusalOn({ files }, "stagin")).toBe(
      [
        'usage: --target: there is no "stagin"; nothing was sent',
        "did you mean `staging`? There are:",
        "      mock        the embedded mock",
        "      org         ~/.config/gcidem/config.yaml:2:3",
        "      staging     gcidem.config.yaml:2:3",
        "      gc:DEFAULT  ~/.gc/config.toml [DEFAULT]",
        "      gc:prod     ~/.gc/config.toml [prod]",
        "      or an http(s) URL",
      ].join("\n"),
    );
  });

  test("of gc too; the environment alone makes gc:DEFAULT", async () => {
    const said = await refusalOn({ env: { GENESYSCLOUD_REGION: "us-east-1" } }, "gc:prd");
    expect(said).toContain("gc:DEFAULT  environment GENESYSCLOUD_REGION");
  });
});

describe("config files", () => {
  const profiles = (url: string): string => `profiles:\n  api: { kind: http, baseUrl: ${url} }\n`;

  test("are found upwards from the working folder, the nearest one", async () => {
    const files = {
      [PROJECT]: profiles("https://far.example"),
      [`a/${PROJECT}`]: profiles("https://near.example"),
    };
    const profile = await resolveOn({ files, cwd: "a/b/c" }, "api");
    expect(profile.baseUrl.value).toBe("https://near.example");
    expect(profile.baseUrl.source).toMatch(/a\/gcidem\.config\.yaml:2:31$/);
  });

  test("are where XDG_CONFIG_HOME says; a relative one counts as none", async () => {
    const files = {
      "~/xdg/gcidem/config.yaml": profiles("https://xdg.example"),
      [OWN]: profiles("https://own.example"),
    };
    const { home, ...rest } = contextOf({ files });
    const { resolveTarget } = await import("../../src/config/resolve-target.js");
    const at = async (folder: string): Promise<string> =>
      (await resolveTarget("api", { ...rest, home, env: { XDG_CONFIG_HOME: folder } })).baseUrl.value;
    expect(await at(`${home}/xdg`)).toBe("https://xdg.example");
    expect(await at("xdg")).toBe("https://own.example");
  });

  test("of --config stand for the project's, relative to the working folder", async () => {
    const files = {
      [PROJECT]: profiles("https://project.example"),
      "other.yaml": profiles("https://named.example"),
    };
    const profile = await resolveOn({ files, configFile: "other.yaml" }, "api");
    expect(profile.baseUrl).toMatchObject({ value: "https://named.example", source: "other.yaml:2:31" });
  });

  test("of --config that are missing are an error", async () => {
    expect(await refusalOn({ configFile: "none.yaml" }, "api")).toContain(
      "usage: --config: there is no file none.yaml",
    );
  });

  test("of the user outrank a project's: a cloned repository does not change what a name means", async () => {
    const files = { [PROJECT]: profiles("https://project.example"), [OWN]: profiles("https://own.example") };
    const profile = await resolveOn({ files }, "api");
    expect(profile.baseUrl.value).toBe("https://own.example");
    expect(profile.warnings).toEqual([
      "api is a profile of ~/.config/gcidem/config.yaml and of gcidem.config.yaml: the one of ~/.config/gcidem/config.yaml is taken",
    ]);
  });

  test("that are bad are all told at once", async () => {
    const said = await refusalOn({ files: { [PROJECT]: "profils: {}", [OWN]: "subjekt: []" } }, "api");
    expect(said).toContain("~/.config/gcidem/config.yaml:1:1");
    expect(said).toContain("gcidem.config.yaml:1:1");
  });
});

describe("a profile", () => {
  const text = `profiles:
  base:
    kind: http
    headers: { X-Tenant: a, X-Stage: base }
    maxRequests: 10
    names: { idempotencyKey: { syntax: quoted }, correlationId: X-Trace, validator: X-Version }
    redaction: { headers: [X-Customer], members: [iban] }
    allowedHosts: [files.example.com, "http://localhost:8080/"]
  api:
    extends: base
    baseUrl: https://api.example.com/v1/
    headers: { X-Stage: api }
    maxRate: 30
    names: { sentCorrelationId: X-Request-Id }
    subject: [{ path: "/orders/{id}", resource: "order:{id}", version: /meta/rev }]
    redaction: { members: [email] }
subject: [{ path: "/v2/carts/{id}", resource: "cart:{id}" }]
redaction: { members: [phone] }
allowedEnv: [TENANT]
`;

  test("takes what it does not say from the one that it extends; headers and names by name, redaction adds up", async () => {
    const profile = await resolveOn({ files: { [OWN]: text } }, "api");
    expect(profile).toMatchObject({
      kind: "http",
      baseUrl: { value: "https://api.example.com/v1" },
      headers: [
        ["X-Tenant", "a"],
        ["X-Stage", "api"],
      ],
      maxRequests: 10,
      maxRatePerMinute: 30,
      names: {
        idempotencyKey: { header: "Idempotency-Key", syntax: "quoted" },
        correlationId: ["X-Trace"],
        sentCorrelationId: "X-Request-Id",
        validator: "X-Version",
      },
      allowedOrigins: ["https://files.example.com", "http://localhost:8080"],
      redaction: { headers: ["x-customer"], members: ["email", "iban", "phone"] },
      allowedEnv: ["TENANT"],
      warnings: [],
    });
  });

  test("has its rules behind the base URL's path, before those for all targets", async () => {
    const { subjectRules } = await resolveOn({ files: { [OWN]: text } }, "api");
    expect(subjectRules).toEqual([
      { path: "/v1/orders/{id}", resource: "order:{id}", version: "/meta/rev" },
      { path: "/v2/carts/{id}", resource: "cart:{id}", version: null },
    ]);
  });

  test("says of every setting where it comes from", async () => {
    const profile = await resolveOn({ files: { [OWN]: text } }, "api");
    expect(profile.settings.map(({ name, source }) => `${name} ${source.split(":")[1] ?? source}`)).toEqual([
      "kind 3",
      "base URL 11",
      "credentials nobody gives any",
      "proxy environment",
      "headers 12",
      "most requests 5",
      "most requests a minute 13",
      "header names 14",
      "subject rules 15",
      "redaction rules 16",
      "allowed hosts 8",
    ]);
  });

  test("without an address is told so", async () => {
    expect(await refusalOn({ files: { [OWN]: text } }, "base")).toContain("the profile has no baseUrl");
  });

  test("of an org that nobody gives a region or credentials is told what to set", async () => {
    const files = {
      [OWN]: "profiles:\n  org: { kind: genesys }\n  there: { kind: genesys, region: us-east-1 }\n",
    };
    expect(await refusalOn({ files }, "org")).toContain("set GENESYSCLOUD_REGION");
    expect(await refusalOn({ files }, "there")).toContain("set GENESYSCLOUD_OAUTHCLIENT_ID");
  });
});
