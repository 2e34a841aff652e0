import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { get as httpsGet } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { atEnd, CONTROL_CHARACTERS, folderWith, gcidem, type Ran, start, workFolder } from "./run-gcidem.js";

/** `gcidem mock`, serving. */
interface Serving {
  readonly url: string;
  readonly signal: (name: "SIGINT" | "SIGTERM" | "SIGKILL") => void;
  /** Resolves once standard error holds this. */
  readonly said: (text: string) => Promise<void>;
  readonly ended: Promise<Ran>;
}

async function serve(flags: readonly string[] = [], cwd: string = workFolder()): Promise<Serving> {
  const { child, ended } = start(["mock", ...flags], { cwd });
  atEnd(() => child.kill("SIGKILL"));
  const seen = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (text: string) => {
      seen[name] += text;
    });
  }
  while (!seen.stdout.includes("\n")) {
    const over = await Promise.race([once(child, "exit"), once(child.stdout ?? child, "data")]);
    if (typeof over[0] !== "string" && !seen.stdout.includes("\n")) throw new Error(seen.stderr);
  }
  const [, url = ""] = /^listening on (\S+)\n$/.exec(seen.stdout) ?? [];
  return {
    url,
    signal: (name) => void child.kill(name),
    said: async (text) => {
      while (!seen.stderr.includes(text)) await once(child.stderr ?? child, "data");
    },
    ended,
  };
}

async function control(url: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/__gcidem/${path}`, {
    method: path === "policy" ? "PUT" : "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.status === 204) return {};
  return (await answer.json()) as Record<string, unknown>;
}

/** A request of a client that has logged in. */
async function call(url: string, path: string, more: RequestInit = {}): Promise<Response> {
  const { token } = await control(url, "token", {});
  return fetch(url + path, {
    ...more,
    headers: { authorization: `Bearer ${String(token)}`, "content-type": "application/json" },
  });
}

const THING = "/api/v2/mock/things/1";

describe("gcidem mock", () => {
  test("says where it listens, serves, and ends with 0 on SIGTERM", async () => {
    const mock = await serve();
    expect(mock.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await call(mock.url, "/api/v2/users/me")).status).toBe(200);
    mock.signal("SIGTERM");
    const { code, stdout, stderr } = await mock.ended;
    expect([code, stdout]).toEqual([0, `listening on ${mock.url}\n`]);
    expect(stderr).toContain("the mock obeys documented: ");
    expect(stderr).toContain(`control under ${mock.url}/__gcidem/`);
    expect(stderr).toContain("Ctrl-C or SIGTERM stops it");
  });

  test("answers what is in flight before it ends on SIGINT", async () => {
    const mock = await serve(["--quiet", "--policy", "rfc9110"]);
    await control(mock.url, "policy", { faults: [{ kind: "slow-drip", for: "20ms" }] });
    const slow = await call(mock.url, "/api/v2/users/me");
    mock.signal("SIGINT");
    await mock.said("stopping; requests in flight have 5 s");
    expect(await slow.json()).toMatchObject({ id: expect.any(String) });
    expect((await mock.ended).code).toBe(0);
    await expect(fetch(mock.url)).rejects.toThrow();
  });

  test("ends at once on a second signal: 130", async () => {
    const mock = await serve();
    await control(mock.url, "policy", { faults: [{ kind: "slow-drip", for: "1h" }] });
    const slow = await call(mock.url, "/api/v2/users/me");
    mock.signal("SIGINT");
    await mock.said("stopping");
    mock.signal("SIGTERM");
    expect((await mock.ended).code).toBe(130);
    await expect(slow.text()).rejects.toThrow();
  });

  test("explains a policy without listening, asking a store or reading a state", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    atEnd(() => taken.close());
    const address = taken.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const { code, stdout, stderr } = await gcidem([
      ...["mock", "--explain", "--policy", "forum-lore", "--port", port],
      ...["--store", "redis://127.0.0.1:1"],
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("forum-lore");
    expect(stdout).not.toContain("listening");
  });

  test("--verbose logs one line a request, without secrets and control characters", async () => {
    const mock = await serve(["--verbose"]);
    await call(mock.url, "/api/v2/users/me?access_token=s3cr3t-canary&x=%1b%5b2J");
    const missed = await call(mock.url, "/api/v2/user/me");
    const correlationId = missed.headers.get("inin-correlation-id") ?? "";
    await mock.said(`no-such-operation ${correlationId} nearest: GET /api/v2/users/me\n`);
    mock.signal("SIGTERM");
    const { stderr } = await mock.ended;
    const log = stderr.split("\n").filter((line) => /^\d{4}-/.test(line));
    expect(log).toHaveLength(2);
    expect(log[0]).toMatch(/Z GET \/api\/v2\/users\/me\?access_token=<secret:1>&x=%1b%5b2J 200 [\d.]+ms - /);
    expect(stderr).not.toContain("canary");
    expect(stderr.replaceAll("\n", "")).not.toMatch(CONTROL_CHARACTERS);
  });

  test("suggests the nearest operation once, also without --verbose", async () => {
    const mock = await serve();
    for (let count = 0; count < 3; count++) await call(mock.url, "/api/v2/user/me");
    await mock.said("did you mean GET /api/v2/users/me?");
    mock.signal("SIGTERM");
    expect((await mock.ended).stderr.match(/did you mean/g)).toHaveLength(1);
  });

  test("off loopback it warns, even if it is to be quiet, and has no control endpoints", async () => {
    const mock = await serve(["--host", "0.0.0.0", "--quiet"]);
    await mock.said("there are no control endpoints");
    const { port } = new URL(mock.url);
    expect((await fetch(`http://127.0.0.1:${port}/__gcidem/trace`)).status).toBe(404);
  });
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

function tlsStatus(
  url: string,
  trust: { readonly ca?: Buffer; readonly rejectUnauthorized?: boolean },
): Promise<number> {
  return new Promise((resolve, reject) => {
    httpsGet(`${url}/api/v2/users/me`, { ...trust, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    }).on("error", reject);
  });
}

describe("gcidem mock --tls", () => {
  test("serves HTTPS by a certificate made at the start", async () => {
    const mock = await serve(["--tls"]);
    expect(mock.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await tlsStatus(mock.url, { rejectUnauthorized: false })).toBe(401);
    await expect(tlsStatus(mock.url, {})).rejects.toThrow();
  });

  test("serves HTTPS by a given certificate, which may be given without --tls", async () => {
    const mock = await serve(["--tls-cert", fixture("server.pem"), "--tls-key", fixture("server.key")]);
    expect(await tlsStatus(mock.url, { ca: readFileSync(fixture("authority.pem")) })).toBe(401);
  });
});

describe("gcidem mock --state", () => {
  test("goes on from where a clean stop left it", async () => {
    const cwd = workFolder();
    const flags = ["--state", "state.json", "--policy", "rfc9110"];
    const first = await serve(flags, cwd);
    const put = await call(first.url, THING, { method: "PUT", body: '{"tier":"gold"}' });
    first.signal("SIGTERM");
    expect((await first.ended).code).toBe(0);
    expect(statSync(join(cwd, "state.json")).mode & 0o777).toBe(0o600);
    const second = await serve(flags, cwd);
    const got = await call(second.url, THING);
    expect([got.headers.get("etag"), await got.json()]).toMatchObject([
      put.headers.get("etag"),
      { tier: "gold" },
    ]);
  });

  test("a mock that was killed leaves the last saved state", async () => {
    const cwd = workFolder();
    const first = await serve(["--state", "state.json"], cwd);
    first.signal("SIGTERM");
    await first.ended;
    const saved = readFileSync(join(cwd, "state.json"), "utf8");
    const second = await serve(["--state", "state.json"], cwd);
    await call(second.url, THING, { method: "PUT", body: "{}" });
    second.signal("SIGKILL");
    await second.ended;
    expect(readFileSync(join(cwd, "state.json"), "utf8")).toBe(saved);
  });

  test.each([
    ["not JSON", "state.json:1:1: "],
    ['{"format":\n', "state.json:2:1: "],
    ["", "state.json:1:1: "],
    ["{}", "state.json: "],
    ["[]", "state.json: "],
  ])("a file that holds %j is exit 3, and stays as it is", async (text, place) => {
    const cwd = folderWith({ "state.json": text });
    const { code, stdout, stderr } = await gcidem(["mock", "--state", "state.json"], { cwd });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(`gcidem: ${place}the saved state cannot be used: `);
    expect(stderr).toContain("left as it is");
    expect(readFileSync(join(cwd, "state.json"), "utf8")).toBe(text);
  });
});

describe("what keeps gcidem mock from starting", () => {
  test("a taken port: exit 2", async () => {
    const mock = await serve();
    const { port } = new URL(mock.url);
    const second = await gcidem(["mock", "--port", port]);
    expect([second.code, second.stdout]).toEqual([2, ""]);
    expect(second.stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
  });

  const cwd = (): string => {
    const folder = folderWith({ "bad.policy.yaml": "extends: none\nidempotency: { ttl: soon }\n" });
    writeFileSync(join(folder, "locked.key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    return folder;
  };
  const [cert, key] = [fixture("server.pem"), fixture("server.key")];

  test.each([
    [["--port", "70000"], 2, "--port: found 70000, expected at most 65535"],
    [["--port", "http"], 2, "--port"],
    [["--host", "http://x"], 2, "--host"],
    [["--seed", "-1"], 2, "--seed"],
    [["--store", "mongodb://secret-canary@x"], 2, "--store: expected memory or redis://HOST:PORT"],
    [["--store", "redis://127.0.0.1:1"], 2, "127.0.0.1:1"],
    [["--store", "redis://127.0.0.1:1", "--state", "s.json"], 2, "--state"],
    [["--policy", "documentd"], 2, "did you mean `documented`?"],
    [["--policy", "bad.policy.yaml"], 3, "bad.policy.yaml:2:21"],
    [["--policy", "missing.yaml"], 3, "missing.yaml"],
    [["--state", "nowhere/state.json"], 2, "its folder does not exist"],
    [["--tls-cert", cert], 2, "--tls-key is missing"],
    [["--tls-key", key], 2, "--tls-cert is missing"],
    [["--tls-cert", "missing.pem", "--tls-key", key], 2, "missing.pem"],
    [["--tls-cert", key, "--tls-key", key], 2, "holds no PEM certificate"],
    [["--tls-cert", cert, "--tls-key", cert], 2, "holds no PEM private key"],
    [["--tls-cert", cert, "--tls-key", "locked.key"], 2, "is encrypted"],
    [["--tls-cert", fixture("stranger.pem"), "--tls-key", key], 2, "does not belong to the certificate"],
    [["extra"], 2, "too many arguments"],
  ])("%j: exit %i", async (flags, code, message) => {
    const ran = await gcidem(["mock", ...flags], { cwd: cwd() });
    expect([ran.code, ran.stdout]).toEqual([code, ""]);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain("canary");
  });
});

describe("gcidem replay --target mock+http://", () => {
  const scenario = "builtin:basics/stale-etag";

  test("runs a scenario on a mock that is running", async () => {
    const mock = await serve();
    const ran = await gcidem(["replay", scenario, "--target", `mock+${mock.url}`]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("PASS");
    const dry = await gcidem(["replay", scenario, "--target", `mock+${mock.url}`, "--dry-run"]);
    expect([dry.code, dry.stdout.split("\n")[0]]).toEqual([
      0,
      expect.stringContaining(`the mock at ${mock.url}`),
    ]);
  });

  test("over TLS, where races go over HTTP/2, with the authority of its certificate", async () => {
    const mock = await serve(["--tls-cert", fixture("server.pem"), "--tls-key", fixture("server.key")]);
    const race = ["replay", "builtin:races/read-modify-write", "--target", `mock+${mock.url}`];
    const trusting = [...race, "--cacert", fixture("authority.pem")];
    const ran = await gcidem([...trusting, "--reporter", "json"]);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
    const { runs } = JSON.parse(ran.stdout) as {
      readonly runs: readonly { readonly races: readonly { readonly technique: string }[] }[];
    };
    expect(runs[0]?.races.map(({ technique }) => technique)).toContain("h2");
    const strict = await gcidem(race);
    expect([strict.code, strict.stdout]).toEqual([4, ""]);
    expect(strict.stderr).toContain("--cacert");
  });

  test("nobody there: exit 4", async () => {
    const ran = await gcidem(["replay", scenario, "--target", "mock+http://127.0.0.1:1"]);
    expect([ran.code, ran.stdout]).toEqual([4, ""]);
    expect(ran.stderr).toContain("http://127.0.0.1:1/__gcidem/");
  });
});

/** Words of a shell line: quotes are taken off, nothing is expanded. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

/** What curl would send for the flags that the document uses. */
function curlRequest(line: string): readonly [url: string, request: RequestInit] {
  const headers = new Headers();
  let [url, method, body]: [string, string, string | null] = ["", "GET", null];
  const rest = words(line).slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const value = word.startsWith("-") ? (rest.shift() ?? "") : "";
    if (word === "-X") method = value;
    else if (word === "-d") body = value;
    else if (word === "-u") headers.set("authorization", `Basic ${Buffer.from(value).toString("base64")}`);
    else if (word === "-H") headers.set(value.split(": ")[0] ?? "", value.split(": ")[1] ?? "");
    else if (word.startsWith("-")) throw new Error(`a flag that this test does not know: ${word}`);
    else url = word;
  }
  return [url, { method, headers, ...(body === null ? {} : { body }) }];
}

describe("docs/mock.md", () => {
  test("shows curl lines that work as they stand", async () => {
    const mock = await serve();
    const lines = readFileSync("docs/mock.md", "utf8").match(/^curl .*$/gm) ?? [];
    expect(lines.length).toBeGreaterThan(9);
    for (const line of lines) {
      const [url, request] = curlRequest(line);
      const answer = await fetch(url.replace("http://127.0.0.1:8080", mock.url), request);
      expect([line, answer.status]).toEqual([line, expect.toBeOneOf([200, 204])]);
    }
  });

  test("names every flag that the command has, and no other", async () => {
    const help = (await gcidem(["mock", "--help"])).stdout;
    const options = help.slice(help.indexOf("Options:"), help.indexOf("Examples:"));
    const has = new Set(options.match(/--[a-z][a-z-]*/g));
    const named = new Set(readFileSync("docs/mock.md", "utf8").match(/(?<=`|, |<)--[a-z][a-z-]*/g));
    for (const flag of ["--help", "--no-color", "--version"]) has.delete(flag);
    expect([...named].filter((flag) => !has.has(flag))).toEqual([]);
    expect([...has].filter((flag) => !named.has(flag))).toEqual([]);
  });
});
