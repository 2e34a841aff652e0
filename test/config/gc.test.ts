import { describe, expect, test } from "vitest";
import { GC, refusalOn, resolveOn, shown } from "./machine.js";

const PROD = '[prod]\nenvironment="mypurecloud.de"\nclient_credentials="id"\nclient_secret="s3cret-1"\n';

describe("profiles of the gc tool, as people have them", () => {
  test.each([
    ["as gc writes them", PROD],
    ["with Windows line ends", PROD.replaceAll("\n", "\r\n")],
    ["with a byte order mark", `\ufeff${PROD}`],
    [
      "with another case in section and names",
      PROD.replace("[prod]", "[Prod]")
        .replace("environment", "Environment")
        .replace("client_secret", "CLIENT_SECRET"),
    ],
    ["with the AWS name", PROD.replace("mypurecloud.de", "eu-central-1")],
    ["with blanks around values", PROD.replace('"id"', '" id "')],
  ])("%s", async (_how, text) => {
    const profile = await resolveOn({ files: { [GC]: text } }, "gc:prod");
    expect(profile).toMatchObject({
      name: "gc:prod",
      kind: "genesys",
      baseUrl: { value: "https://api.mypurecloud.de" },
      credentials: {
        value: {
          kind: "client-credentials",
          tokenUrl: "https://login.mypurecloud.de/oauth/token",
          clientId: "id",
          clientSecret: "s3cret-1",
        },
      },
      proxy: null,
    });
  });

  test.each([["gc:"], ["gc:DEFAULT"], ["gc:default"]])("%s is the section DEFAULT", async (target) => {
    const text = PROD.replace("[prod]", "[DEFAULT]");
    expect((await resolveOn({ files: { [GC]: text } }, target)).baseUrl.value).toBe(
      "https://api.mypurecloud.de",
    );
  });

  test("without a DEFAULT there is none, and those that there are are listed", async () => {
    expect(await refusalOn({ files: { [GC]: PROD } }, "gc:DEFAULT")).toContain(
      "gc:prod  ~/.gc/config.toml [prod]",
    );
  });

  test("what stands above the first section is DEFAULT where the file has no such section", async () => {
    const text = PROD.replace("[prod]\n", "");
    expect((await resolveOn({ files: { [GC]: text } }, "gc:DEFAULT")).credentials?.value).toMatchObject({
      clientId: "id",
    });
  });

  test("without the file, the environment alone makes DEFAULT", async () => {
    const env = { GENESYSCLOUD_REGION: "us-east-1", GENESYSCLOUD_ACCESS_TOKEN: "tok" };
    expect((await resolveOn({ env }, "gc:DEFAULT")).credentials?.value).toEqual({
      kind: "bearer",
      token: "tok",
    });
    expect(await refusalOn({}, "gc:DEFAULT")).toContain('there is no "gc:DEFAULT"');
  });

  test("broken TOML is told with its place, and nothing of it is repeated", async () => {
    const said = await refusalOn({ files: { [GC]: '[prod]\nclient_secret="s3cret-1\n' } }, "gc:prod");
    expect(said).toContain("invalid-file: ~/.gc/config.toml: 1 problem");
    expect(said).toMatch(/~\/\.gc\/config\.toml:2:\d+ no TOML here/);
    expect(said).not.toContain("s3cret");
  });
});

describe("credentials of the gc tool", () => {
  const with_ = (more: string): { readonly files: Readonly<Record<string, string>> } => ({
    files: { [GC]: PROD + more },
  });
  const browser = (expiry: string, grant: string): string =>
    `grant_type="${grant}"\noauth_token_data='{"access_token":"kept","token_type":"bearer","oauth_token_expiry":"${expiry}"}'\n`;

  test("an access token outranks the client", async () => {
    expect((await resolveOn(with_('access_token="tok"\n'), "gc:prod")).credentials?.value).toEqual({
      kind: "bearer",
      token: "tok",
    });
  });

  test.each(["2", "3"])(
    "of a login in a browser (grant type %s) are the token that gc keeps, while it is good",
    async (grant) => {
      const good = await resolveOn(with_(browser("2026-11-22T01:00:00Z", grant)), "gc:prod");
      expect(good.credentials?.value).toEqual({ kind: "bearer", token: "kept" });
      const said = await refusalOn(with_(browser("2026-11-21T23:00:00Z", grant)), "gc:prod");
      expect(said).toContain("gc's login ended at 2026-11-21T23:00:00.000Z");
      expect(said).toContain("log in again with gc");
    },
  );

  test("of a client are used by a login of gcidem's own, whatever gc keeps", async () => {
    const profile = await resolveOn(with_(browser("2026-11-21T23:00:00Z", "1")), "gc:prod");
    expect(profile.credentials?.value.kind).toBe("client-credentials");
  });

  test("that are not whole are told", async () => {
    const text = PROD.replace(/client_secret.*\n/, "");
    expect(await refusalOn({ files: { [GC]: text } }, "gc:prod")).toContain("client_secret is missing");
  });

  test("are not sent to an environment on this machine, which gc talks to in plain HTTP", async () => {
    const text = PROD.replace("mypurecloud.de", "localhost:8080");
    const profile = await resolveOn({ files: { [GC]: text } }, "gc:prod");
    expect(profile).toMatchObject({
      kind: "genesys",
      credentials: null,
      baseUrl: { value: "http://localhost:8080" },
    });
    expect(
      await refusalOn(
        { files: { [GC]: PROD.replace("mypurecloud.de", "localhost.evil.example") } },
        "gc:prod",
      ),
    ).toContain("unknown environment");
  });
});

describe("gateway and proxy of the gc tool", () => {
  const GATEWAY = `${PROD}gateway_protocol="https"
gateway_host="gw.example"
gateway_port="8443"
gateway_pathparams="{login: sign-in, api: /platform/}"
proxy_protocol="http"
proxy_host="proxy.example"
proxy_port=3128
proxy_username="me"
proxy_password="p@ss word"
`;

  test("stand in front of login and API", async () => {
    const profile = await resolveOn({ files: { [GC]: GATEWAY } }, "gc:prod");
    expect(profile.baseUrl.value).toBe("https://gw.example:8443/platform");
    expect(profile.credentials?.value).toMatchObject({
      tokenUrl: "https://gw.example:8443/sign-in/oauth/token",
    });
    expect(profile.proxy?.value).toBe("http://me:p%40ss%20word@proxy.example:3128");
    expect(shown(profile, "proxy")).toBe("http://proxy.example:3128 <- ~/.gc/config.toml [prod]");
    expect(profile.warnings).toEqual([]);
  });

  test("without paths and port are the host itself", async () => {
    const profile = await resolveOn(
      { files: { [GC]: `${PROD}gateway_host="gw.example"\ngateway_pathparams="{}"\n` } },
      "gc:prod",
    );
    expect(profile.baseUrl.value).toBe("https://gw.example");
  });

  test("user name and password of a gateway are not sent, and a warning says so", async () => {
    const text = `${GATEWAY}gateway_username="u"\ngateway_password="gw-pass"\n`;
    const { warnings, settings } = await resolveOn({ files: { [GC]: text } }, "gc:prod");
    expect(warnings.join()).toContain("gateway_username and gateway_password are not sent");
    expect(JSON.stringify(settings)).not.toContain("gw-pass");
  });

  test.each(["evil.example/x?", "a b", "u@evil.example"])(
    "a host that is none is refused: %s",
    async (host) => {
      const text = `${PROD}gateway_host="${host}"\n`;
      expect(await refusalOn({ files: { [GC]: text } }, "gc:prod")).toContain(
        "found no usable address of a host",
      );
    },
  );
});
