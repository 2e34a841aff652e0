import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type AdjustableClock, virtualClock } from "../../src/core/clock.js";
import type { ClientCredentials } from "../../src/core/credentials.js";
import { cacheFolder, tokenFile } from "../../src/transport/oauth/token-file.js";
import { createTokenSource } from "../../src/transport/oauth/token-source.js";
import { client, granted, type Heard, loginBy, loginServer, watch } from "./login-server.js";
import { atEnd } from "./raw-server.js";

const BASE_URL = "https://api.example.com";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "gcidem-tokens-"));
  atEnd(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "cache", "gcidem");
}

/** What a run gets that keeps its token in this folder. */
async function tokenOf(
  kept: string,
  credentials: ClientCredentials,
  clock: AdjustableClock = virtualClock(),
): Promise<{ readonly token: string; readonly heard: Heard }> {
  const heard = watch();
  const tokens = createTokenSource(loginBy(credentials, clock), tokenFile(kept, credentials, BASE_URL));
  return { token: await tokens.token(heard), heard };
}

describe("a token that is kept on disk", () => {
  test("serves the next run, until it is about to end", async () => {
    const server = await loginServer((nth) => granted(`token-${nth}`, 3_600));
    const kept = folder();
    const credentials = client(server.tokenUrl);
    const clock = virtualClock();
    expect((await tokenOf(kept, credentials, clock)).token).toBe("token-0");
    expect((await tokenOf(kept, credentials, clock)).token).toBe("token-0");
    await clock.advance(3_541_000);
    expect((await tokenOf(kept, credentials, clock)).token).toBe("token-1");
    expect(server.arrived).toHaveLength(2);
  });

  test("is for its owner only, and neither its name nor its text holds the secret or a hash of it", async () => {
    const server = await loginServer(() => granted("token-0"));
    const kept = folder();
    const credentials = client(server.tokenUrl);
    await tokenOf(kept, credentials);
    const { path } = tokenFile(kept, credentials, BASE_URL);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(kept, "tokens")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(kept, "tokens"))).toHaveLength(1);
    expect(`${path} ${readFileSync(path, "utf8")}`).not.toContain(credentials.clientSecret);
    const other = { ...credentials, clientSecret: "another" };
    expect(tokenFile(kept, other, BASE_URL).path).toBe(path);
  });

  test.each<[string, Partial<ClientCredentials>, string]>([
    ["client", { clientId: "client-2" }, BASE_URL],
    ["scope", { scope: "orders" }, BASE_URL],
    ["API host", {}, "https://other.example.com"],
    ["login host", { tokenUrl: "https://login.example.org/oauth/token" }, BASE_URL],
  ])("is not that of another %s", (_what, other, baseUrl) => {
    const credentials = client("https://login.example.com/oauth/token");
    const { path } = tokenFile("/x", credentials, BASE_URL);
    expect(tokenFile("/x", { ...credentials, ...other }, baseUrl).path).not.toBe(path);
  });

  test.each([0o640, 0o604, 0o660, 0o644])("is not used with mode %o, and it is said why", async (mode) => {
    const server = await loginServer((nth) => granted(`token-${nth}`));
    const kept = folder();
    const credentials = client(server.tokenUrl);
    await tokenOf(kept, credentials);
    const { path } = tokenFile(kept, credentials, BASE_URL);
    chmodSync(path, mode);
    const { token, heard } = await tokenOf(kept, credentials);
    expect(token).toBe("token-1");
    expect(heard.warnings).toEqual([
      `the kept token ${path} is not used: group or others may read or change it; remove it or make it mode 0600`,
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is not followed where its place is a link", async () => {
    const server = await loginServer((nth) => granted(`token-${nth}`));
    const kept = folder();
    const credentials = client(server.tokenUrl);
    await tokenOf(kept, credentials);
    const { path } = tokenFile(kept, credentials, BASE_URL);
    const elsewhere = join(kept, "elsewhere.json");
    writeFileSync(elsewhere, readFileSync(path), { mode: 0o600 });
    rmSync(path);
    symlinkSync(elsewhere, path);
    const { token, heard } = await tokenOf(kept, credentials);
    expect(token).toBe("token-1");
    expect(heard.warnings[0]).toContain("it cannot be read (ELOOP)");
    expect(readFileSync(elsewhere, "utf8")).toContain("token-0");
  });

  test.each([
    "",
    "{",
    "[]",
    '{"schema":"gcidem-token/2"}',
    '{"schema":"gcidem-token/1","value":"a b","givenAt":1,"lifeMs":1e12}',
  ])("is not used where its file holds %j", async (text) => {
    const server = await loginServer(() => granted("fresh"));
    const kept = folder();
    const credentials = client(server.tokenUrl);
    await tokenOf(kept, credentials);
    writeFileSync(tokenFile(kept, credentials, BASE_URL).path, text);
    const { token, heard } = await tokenOf(kept, credentials);
    expect(token).toBe("fresh");
    expect(heard.warnings[0]).toContain("it is damaged");
  });

  test("is not written where its life is unknown", async () => {
    const server = await loginServer(() => granted("t", null));
    const kept = folder();
    await tokenOf(kept, client(server.tokenUrl));
    expect(existsSync(kept)).toBe(false);
  });

  test("that cannot be written is no reason to stop", async () => {
    const server = await loginServer(() => granted("t"));
    const kept = folder();
    const { token, heard } = await tokenOf(join("/proc", kept), client(server.tokenUrl));
    expect(token).toBe("t");
    expect(heard.warnings[0]).toContain("--token-cache: the token cannot be kept");
  });
});

test.each([
  [{ XDG_CACHE_HOME: "/var/cache/me" }, "/var/cache/me/gcidem"],
  [{ XDG_CACHE_HOME: "relative" }, "/home/me/.cache/gcidem"],
  [{}, "/home/me/.cache/gcidem"],
])("by the XDG rules %j puts it in %s", (env, expected) => {
  expect(cacheFolder(env, "/home/me")).toBe(expected);
});
