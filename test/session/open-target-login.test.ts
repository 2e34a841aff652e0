import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitCodeOfError, exitCodeOfSignals } from "../../src/cli/exit-code.js";
import type { JournalRecord, LoggedIn } from "../../src/journal/journal.js";
import { granted, loginServer, refusal } from "../transport/login-server.js";
import { loggingIn, run, runAll, startApi } from "./org.js";

let runsFolder: string;
beforeAll(() => {
  runsFolder = mkdtempSync(join(tmpdir(), "gcidem-login-"));
});
afterAll(() => rmSync(runsFolder, { recursive: true, force: true }));

const READ = "steps: [{ id: read, request: GET /api/v2/users/me, expect: { status: 200 } }]";
const WRITE = "steps: [{ id: write, request: POST /api/v2/things, json: { a: 1 }, expect: { status: 200 } }]";

function loginsIn(records: readonly JournalRecord[]): readonly LoggedIn[] {
  return records.filter((record) => record.type === "login");
}

/** All that was written into the runs folder. */
function everythingWritten(): string {
  const files = readdirSync(runsFolder, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  return files.map((each) => readFileSync(join(each.parentPath, each.name), "utf8")).join("\n");
}

describe("a run on a profile with a login", () => {
  test("logs in once for all scenarios of the session, and every request carries the token", async () => {
    const login = await loginServer(() => granted("canary-token-one"));
    const api = await startApi((_request, response) => response.end("{}"));
    const profile = loggingIn(login.tokenUrl);
    const all = await runAll([READ, WRITE], { baseUrl: api.url, profile, runsFolder });
    expect(api.arrived.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer canary-token-one",
      "Bearer canary-token-one",
    ]);
    expect(login.arrived).toHaveLength(1);
    expect(all.map(({ section }) => section.verdict)).toEqual(["pass", "pass"]);
  });

  test("has the login in the journal, before the first exchange and without a secret; nobody counts or explains it", async () => {
    const login = await loginServer(() => granted("canary-token-two"));
    const api = await startApi((_request, response) => response.end('{"echo":"canary-token-two"}'));
    const done = await run(READ, { baseUrl: api.url, profile: loggingIn(login.tokenUrl), runsFolder });
    const types = done.records.map(({ type }) => type);
    expect(types.indexOf("login")).toBe(1);
    expect(types.indexOf("request-sent")).toBeGreaterThan(1);
    const [recorded] = loginsIn(done.records);
    expect(recorded?.request).toMatchObject({
      method: "POST",
      url: login.tokenUrl,
      body: "grant_type=client_credentials",
    });
    expect(recorded?.response?.status).toBe(200);
    expect(recorded?.response?.body).toMatch(/"access_token":"<secret:\d+>"/);
    expect(done.section.counts).toMatchObject({ exchanges: 1, writes: 0 });
    const written = everythingWritten();
    const basic = Buffer.from("client-1:s3cret-of-client-1").toString("base64");
    for (const secret of ["canary-token-two", "s3cret-of-client-1", basic])
      expect(written).not.toContain(secret);
  });

  test.each([
    [refusal(400, "invalid_client", "client not found"), 5, "knows no OAuth client client-1"],
    [refusal(401, "invalid_client", "authentication failed"), 5, "refused its secret"],
    [{ status: 200, body: '{"access_token":"canary-half' }, 5, "not a JSON object"],
    [{ status: 503, body: "" }, 5, "answered 503"],
  ])("ends before any step where the answer is %j", async (answer, code, words) => {
    const login = await loginServer(() => answer);
    const api = await startApi((_request, response) => response.end("{}"));
    const session = { baseUrl: api.url, profile: loggingIn(login.tokenUrl), runsFolder };
    const error: unknown = await run(READ, session).catch((caught: unknown) => caught);
    expect(exitCodeOfError(error)).toBe(code);
    expect(error).toMatchObject({ message: expect.stringContaining(words) });
    expect(api.arrived).toEqual([]);
    expect(everythingWritten()).not.toContain("canary-half");
  });

  test("is unreachable where the login host is down", async () => {
    const api = await startApi((_request, response) => response.end("{}"));
    const profile = loggingIn("https://localhost:1/oauth/token");
    const error: unknown = await run(READ, { baseUrl: api.url, profile, runsFolder }).catch(
      (caught: unknown) => caught,
    );
    expect(exitCodeOfError(error)).toBe(4);
    expect(api.arrived).toEqual([]);
  });

  test("keeps its token on disk where --token-cache asks for it", async () => {
    const login = await loginServer((nth) => granted(`kept-${nth}`));
    const api = await startApi((_request, response) => response.end("{}"));
    const cache = mkdtempSync(join(tmpdir(), "gcidem-cache-"));
    const options = { tokenCache: true, env: { XDG_CACHE_HOME: cache } };
    const session = { baseUrl: api.url, profile: loggingIn(login.tokenUrl), runsFolder, options };
    await run(READ, session);
    const second = await run(READ, session);
    expect(login.arrived).toHaveLength(1);
    expect(second.exchanges[0]?.response?.status).toBe(200);
    expect(everythingWritten()).not.toContain("kept-0");
    rmSync(cache, { recursive: true, force: true });
  });
});

describe("a 401 to the target's own token", () => {
  const expiring =
    (good: string): Parameters<typeof startApi>[0] =>
    (request, response) => {
      response.statusCode = request.headers.authorization === `Bearer ${good}` ? 200 : 401;
      response.end("{}");
    };

  test("is renewed and the request sent once more: both attempts are in the journal and said aloud", async () => {
    const login = await loginServer((nth) => granted(`token-${nth}`));
    const api = await startApi(expiring("token-1"));
    const done = await run(WRITE, { baseUrl: api.url, profile: loggingIn(login.tokenUrl), runsFolder });
    expect(done.exchanges.map(({ step, attempt, response }) => [step, attempt, response?.status])).toEqual([
      ["write", 1, 401],
      ["write", 2, 200],
    ]);
    expect(done.exchanges[0]?.request.bodySha256).toBe(done.exchanges[1]?.request.bodySha256);
    expect(done.warnings).toContain(
      "step write: answered 401; logged in again and sent it once more, as its next attempt",
    );
    expect(done.section.verdict).toBe("pass");
    expect(loginsIn(done.records)).toHaveLength(2);
  });

  test("for ever makes one renewal, one repetition, and exit 5", async () => {
    const login = await loginServer((nth) => granted(`token-${nth}`));
    const api = await startApi(expiring("never"));
    const text = "steps:\n  - { id: many, request: GET /x, times: 20 }\n  - { id: last, request: GET /y }";
    const done = await run(text, { baseUrl: api.url, profile: loggingIn(login.tokenUrl), runsFolder });
    expect(login.arrived).toHaveLength(2);
    expect(api.arrived).toHaveLength(22);
    expect(exitCodeOfSignals(done.signals)).toBe(5);
  });

  test.each([
    ["expects a 401", "expect: { status: 401 }"],
    ["expects attempts that are refused", "expect: { attempts: [401] }"],
    ["sends no credentials", "auth: none"],
    ["sends credentials that must be refused", "auth: invalid"],
    ["brings credentials of its own", 'headers: { Authorization: "Bearer $(env.GCIDEM_VAR_MINE)" }'],
  ])("is left alone in a step that %s", async (_what, field) => {
    const login = await loginServer((nth) => granted(`token-${nth}`));
    const api = await startApi(expiring("never"));
    const text = `steps:\n  - { id: one, request: GET /x, ${field} }`;
    const options = { env: { GCIDEM_VAR_MINE: "a-token-of-my-own" } };
    const done = await run(text, {
      baseUrl: api.url,
      profile: loggingIn(login.tokenUrl),
      runsFolder,
      options,
    });
    expect(done.exchanges).toHaveLength(1);
    expect(login.arrived).toHaveLength(1);
  });

  test("is sent again by the step's own retry rule where that names it", async () => {
    const login = await loginServer((nth) => granted(`token-${nth}`));
    const api = await startApi(expiring("token-1"));
    const text =
      "steps:\n  - { id: one, request: GET /x, retry: { on: [401], max: 2, backoff: { initial: 0ms } }, expect: { attempts: [401, 200] } }";
    const done = await run(text, { baseUrl: api.url, profile: loggingIn(login.tokenUrl), runsFolder });
    expect(done.section.verdict).toBe("pass");
    expect(api.arrived).toHaveLength(2);
  });

  test("in a race renews the token and sends nothing again", async () => {
    const login = await loginServer((nth) => granted(`token-${nth}`));
    const api = await startApi(expiring("token-1"));
    const text = `
steps:
  - id: rivals
    race: { writers: 5, steps: [{ id: write, request: PUT /x, json: {} }] }
  - { id: after, request: GET /x, expect: { status: 200, attempts: [200] } }
`;
    const done = await run(text, { baseUrl: api.url, profile: loggingIn(login.tokenUrl), runsFolder });
    expect(api.arrived).toHaveLength(6);
    expect(login.arrived).toHaveLength(2);
    expect(done.section.expectations.every(({ ok }) => ok === true)).toBe(true);
    expect(
      done.warnings.filter((each) => each.includes("requests of a race are not sent again")),
    ).toHaveLength(1);
  });
});
