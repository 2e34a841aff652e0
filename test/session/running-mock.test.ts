import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Exchange,
  type Mock,
  parsePolicy,
  type ReplayOptions,
  type RunSection,
  replay,
  startMock,
} from "../../src/index.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { readMockAddress } from "../../src/session/mock-address.js";
import { ALL, hasRace } from "../scenarios/shipped.js";

let out: string;
let mock: Omit<Mock, "clock">;
let target: string;

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), "gcidem-running-"));
  mock = await startMock({ policy: "rfc9110" });
  target = `mock+${mock.url}`;
});

afterAll(async () => {
  await mock.close();
  rmSync(out, { recursive: true, force: true });
});

async function run(scenario: string, options: ReplayOptions = {}): Promise<RunSection> {
  const [section] = (await replay(scenario, { ...options, out })).runs;
  if (section === undefined) throw new Error("no report");
  return section;
}

/** All that a mock decides, down to the ids that it draws. */
function decidedIn({ exchanges }: RunSection): readonly string[] {
  return [...exchanges].map(({ step, attempt, response, error, correlationId }: Exchange) => {
    return `${step} ${attempt} ${response?.status ?? error?.phase} ${correlationId}`;
  });
}

describe("a scenario on a mock that is running", () => {
  test.each(ALL.filter((each) => !hasRace(each)))(
    "$name comes out as on the embedded one",
    async ({ file }) => {
      const embedded = await run(file);
      const running = await run(file, { target });
      expect(decidedIn(running)).toEqual(decidedIn(embedded));
      expect(running.verdict).toBe(embedded.verdict);
      expect(running.target).toEqual({ ...embedded.target, baseUrl: mock.url });
    },
  );

  test("gives the mock its own policy back", () => {
    expect(mock.policy().name).toBe("rfc9110");
  });

  test("that has a policy of its own is refused where the mock's could not be given back", async () => {
    const nameless = await startMock({ policy: { ...presetPolicy("rfc9110"), name: "mine" } });
    const scenario = "policy: naive\nsteps:\n  - request: GET /api/v2/users/me\n";
    await expect(run(scenario, { target: `mock+${nameless.url}` })).rejects.toMatchObject({
      code: "usage",
      message:
        "the mock obeys the policy mine, which is of no file, so that it could not be given back to it",
    });
    expect([nameless.policy().name, nameless.trace()]).toEqual(["mine", []]);
    await nameless.close();
  });

  test("that names no policy meets the mock's own", async () => {
    const section = await run("steps:\n  - request: GET /api/v2/users/me\n", { target });
    expect(section.target.policy).toBe("rfc9110");
    expect(section.target.policyDescription).toBe(mock.policy().description);
  });

  test("obeys a policy that a program read, faults by step and all", async () => {
    const policy = parsePolicy("extends: none\nfaults: [{ on: { step: second }, kind: 5xx-before }]\n");
    const steps = ["first", "second", "third"].map(
      (id) => `  - { id: ${id}, request: GET /api/v2/users/me }\n`,
    );
    const section = await run(`steps:\n${steps.join("")}`, { target, policy });
    expect([...section.exchanges].map(({ response }) => response?.status)).toEqual([200, 503, 200]);
  });

  test("starts from its own world, and waits without waiting", async () => {
    const section = await run(
      `
world:
  principals: { reader: { account: a1, scopes: ["*"], tokenLife: 10m } }
  things: [{ id: "1", tier: none }]
steps:
  - { id: seen, request: GET /api/v2/mock/things/1, as: reader, expect: { status: 200 } }
  - { id: absent, request: GET /api/v2/mock/things/2, as: reader, expect: { status: 404 } }
  - wait: 24h
  - { id: late, request: GET /api/v2/mock/things/1, as: reader, expect: { status: 401 } }
`,
      { target },
    );
    expect(section.verdict).toBe("pass");
  });
});

describe("--target mock+http://", () => {
  test.each([
    ["mock+http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["mock+http://localhost:8080/", "http://localhost:8080"],
    ["mock+http://[::1]:1", "http://[::1]:1"],
    ["mock+https://127.0.0.1:8443", "https://127.0.0.1:8443"],
  ])("%s is %s", (text, origin) => {
    expect(readMockAddress(text)).toBe(origin);
  });

  test.each([
    ["mock+http://10.0.0.1:8080", "expected a mock on this machine"],
    ["mock+http://mock.example", "expected a mock on this machine"],
    ["mock+ftp://127.0.0.1", "expected mock+http://HOST:PORT"],
    ["mock+127.0.0.1", "expected mock+http://HOST:PORT"],
    ["mock+http://me:canary@127.0.0.1", "expected none"],
    ["mock+http://127.0.0.1/api", "expected nothing behind the port"],
    ["mock+http://127.0.0.1?x", "expected nothing behind the port"],
    ["mock+http://me:canary@127.0.0.1:99999", "expected mock+http://HOST:PORT"],
  ])("%s is refused", (text, message) => {
    const refusal = expect.objectContaining({ code: "usage", message: expect.stringContaining(message) });
    expect(() => readMockAddress(text)).toThrowError(refusal);
    expect(() => readMockAddress(text)).not.toThrowError("canary");
  });

  test("a server that is no gcidem mock is told from one", async () => {
    const server = createServer((_request, response) => response.writeHead(404).end("nothing here"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const scenario = "steps:\n  - request: GET /x\n";
    await expect(run(scenario, { target: `mock+http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: "usage",
      message: `http://127.0.0.1:${port}/__gcidem/policy answered with 404: nothing here`,
    });
    await new Promise((resolve) => server.close(resolve));
    await expect(run(scenario, { target: `mock+http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: "unreachable",
    });
  });
});
