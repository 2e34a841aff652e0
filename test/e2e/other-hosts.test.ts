import { describe, expect, test } from "vitest";
import { journalOf, replay, reportOf } from "./run-gcidem.js";
import { countingServer, httpServer, type TestServer } from "./servers.js";

const CREDENTIAL = ["-H", "Authorization: Bearer s3cr3t-canary"];

/** A target that answers every GET with this value, and another host that must never hear of anything. */
async function servers(value: string): Promise<{ readonly target: TestServer; readonly other: TestServer }> {
  const other = await countingServer();
  const said = JSON.stringify({ v: value.replaceAll("OTHER", `127.0.0.1:${other.port}`) });
  const target = await httpServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", location: JSON.parse(said).v }).end(said);
  });
  return { target, other };
}

function asking(step: string): string {
  return `steps:\n  - id: ask\n    request: GET /ask\n    capture: { v: $.v, where: header Location }\n  - id: go\n    ${step}\n`;
}

describe("what a server says is a value, never an address", () => {
  test.each([
    "//OTHER/x",
    "\\\\OTHER\\x",
    "/\\OTHER/x",
    "http://OTHER/x",
    "user@OTHER/x",
    "@OTHER/x",
    ".OTHER",
    "?x=//OTHER#",
  ])("captured %s stays inside the path", async (value) => {
    const { target, other } = await servers(value);
    for (const step of [
      "request: GET /$(ask.v)",
      "request: GET /a?to=$(ask.where)",
      "request: GET /a/$(ask.v)/b",
    ]) {
      await replay(asking(step), ["--target", target.url, ...CREDENTIAL]);
    }
    expect(other.connections()).toBe(0);
    const sent = target.seen.filter(({ url }) => url !== "/ask");
    expect(sent.length).toBe(3);
    for (const { headers } of sent) expect(headers.host).toBe(`127.0.0.1:${target.port}`);
    expect(sent[0]?.url).toMatch(/^\/[^/\\?#]*$/);
  });

  test.each(["..", ".", "%2e%2e"])(
    "captured %s may not climb: refused at run time, exit 2",
    async (value) => {
      const { target } = await servers(value);
      const ran = await replay(asking("request: GET /v1/$(ask.v)/admin"), [
        "--target",
        `${target.url}/base`,
        "--reporter",
        "json",
      ]);
      if (value === "%2e%2e") {
        expect(target.seen.at(-1)?.url).toBe("/base/v1/%252e%252e/admin");
        return;
      }
      expect(ran.code).toBe(2);
      expect(target.seen.map(({ url }) => url)).toEqual(["/base/ask"]);
      expect(reportOf(ran).exchanges[1]).toMatchObject({
        step: "go",
        response: null,
        error: { phase: "refused" },
      });
      expect(journalOf(ran.cwd)).toContainEqual(
        expect.objectContaining({ type: "failed", error: expect.objectContaining({ phase: "refused" }) }),
      );
    },
  );
});

test("a path that climbs out of the target's own path is refused, in the dry run too", async () => {
  const server = await countingServer();
  const scenario = "steps:\n  - request: GET /first\n  - request: GET /../admin\n";
  const ran = await replay(scenario, ["--target", `${server.url}/base`]);
  expect(ran.code).toBe(2);
  expect(server.seen.map(({ url }) => url)).toEqual(["/base/first"]);
  expect(ran.stdout.replace(/\s+/g, " ")).toContain("climbs out of the target");
  const dry = await replay(scenario, ["--dry-run", "--target", `${server.url}/base`]);
  expect(dry.stdout).toContain("climbs out of the target");
});

test("a path that a mutation sets is judged too", async () => {
  const { target, other } = await servers("..");
  const ran = await replay(
    asking("request: GET /a").concat("  - repeat: go\n    mutate: [{ set: { path: /b/$(ask.v)/c } }]\n"),
    ["--target", target.url],
  );
  expect(ran.code).toBe(2);
  expect(other.connections()).toBe(0);
});

test("the mock's control is out of reach of a scenario, however it is spelled", async () => {
  for (const path of ["/__gcidem/reset", "/a/../__gcidem/reset", "/%5f_gcidem/reset", "//__gcidem/reset"]) {
    expect((await replay(`steps:\n  - request: POST ${path}\n`)).code).toBe(3);
  }
  const ran = await replay("vars: { a: __gcidem }\nsteps:\n  - request: POST /$(a)/reset\n", []);
  expect(ran.code).toBe(2);
});

test("a redirect to another host takes no credentials there", async () => {
  const other = await countingServer();
  const target = await httpServer((_request, response) =>
    response.writeHead(307, { location: `${other.url}/x` }).end(),
  );
  const ran = await replay("steps:\n  - request: GET /a\n    expect: { status: 307 }\n", [
    "--target",
    target.url,
    ...CREDENTIAL,
  ]);
  expect(ran.code).toBe(0);
  expect(other.connections()).toBe(0);
});
