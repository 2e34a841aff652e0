import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import type { Exchange } from "../../src/journal/journal.js";
import { allowedOriginsOf } from "../../src/session/allowed-origins.js";
import { loadScenarioFrom } from "../../src/session/load-files.js";
import { replayScenarios } from "../../src/session/replay.js";
import { readyScenario } from "../../src/session/run-scenario.js";
import type { SessionOptions, TargetChoice } from "../../src/session/session.js";
import { at, optionsFor, profiled } from "./leave-options.js";

interface Host {
  readonly url: string;
  readonly seen: { readonly line: string; readonly headers: IncomingHttpHeaders }[];
  readonly close: () => void;
}

let runsFolder: string;
let target: Host;
let other: Host;

async function host(): Promise<Host> {
  const seen: Host["seen"] = [];
  const server = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    response.writeHead(200, { "x-secret": "captured-canary" }).end('{"v":".evil.example"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, seen, close };
}

beforeAll(() => {
  runsFolder = mkdtempSync(join(tmpdir(), "gcidem-hosts-"));
});
beforeEach(async () => {
  [target, other] = await Promise.all([host(), host()]);
});
afterEach(() => {
  target.close();
  other.close();
});
afterAll(() => rmSync(runsFolder, { recursive: true, force: true }));

/** The target's profile, which lists the other host. */
function allowing(): TargetChoice {
  return profiled(target.url, { allowedOrigins: [other.url] });
}

async function run(
  text: string,
  choice: TargetChoice,
  more: Partial<SessionOptions> = {},
): Promise<readonly Exchange[]> {
  const source = { file: "it.yaml", folder: null, otherOrigins: allowedOriginsOf(choice) };
  const ready = readyScenario(loadScenarioFrom(text, source));
  const options = optionsFor(choice, { allowWrites: true }, { runsFolder, ...more });
  const { report, close } = await replayScenarios([ready], options);
  const exchanges = [...(report.runs[0]?.exchanges ?? [])];
  close();
  return exchanges;
}

function problemsOf(error: unknown): string {
  if (!(error instanceof GcidemError)) throw error;
  return [error.message, ...error.problems.map(({ message, hint }) => `${message} ${hint}`)].join("\n");
}

describe("a whole URL in a scenario", () => {
  test("is an error where the user's config lists nothing", async () => {
    const message = await run(`steps:\n  - request: GET ${other.url}/x\n`, at(target.url)).catch(problemsOf);
    expect(message).toContain("the host comes from --target");
    expect(other.seen).toEqual([]);
  });

  test("may name a host that the profile lists; every other one stays an error", async () => {
    const exchanges = await run(`steps:\n  - request: GET ${other.url}/x?a=b\n`, allowing());
    expect(exchanges[0]?.response?.status).toBe(200);
    expect(other.seen.map(({ line }) => line)).toEqual(["GET /x?a=b"]);
    const spellings = (): readonly string[] => [
      `${target.url.replace("127.0.0.1", "127.0.0.2")}/x`,
      `${other.url.replace("http:", "https:")}/x`,
      `${other.url.replace("//", "//user:pass@")}/x`,
      `${other.url.replace("//", "//evil@")}/x`,
      `${other.url}@evil.example/x`,
      `${other.url}.evil.example/x`,
      `${other.url}0/x`,
      `//${new URL(other.url).host}/x`,
      `\\\\\\\\${new URL(other.url).host}/x`,
    ];
    for (const url of spellings()) {
      const message = await run(`steps:\n  - request: "GET ${url}"\n`, allowing()).catch(problemsOf);
      expect(String(message), url).toContain("expected a path on the target");
    }
    expect(other.seen.length).toBe(1);
  });

  test("takes no template into its host", async () => {
    const start = "steps:\n  - id: ask\n    request: GET /a\n    capture: { v: $.v }\n";
    for (const url of [`${other.url}$(ask.v)/x`, `http://$(ask.v)/x`, `${other.url}$(ask.v)`]) {
      const message = await run(`${start}  - request: GET ${url}\n`, allowing()).catch(problemsOf);
      expect(String(message), url).toContain("expected a path on the target");
    }
    await run(`${start}  - request: GET ${other.url}/$(ask.v)/x\n`, allowing());
    expect(other.seen.map(({ line }) => line)).toEqual(["GET /.evil.example/x"]);
  });

  test("is an error inside a race, whose connections go to the target", async () => {
    const text = `steps:\n  - race: { writers: 2, steps: [{ request: GET ${other.url}/x }] }\n`;
    expect(String(await run(text, allowing()).catch(problemsOf))).toContain("expected a path on the target");
  });

  test("makes leave needed, though both hosts are loopback", async () => {
    const text = `steps:\n  - { request: POST ${other.url}/x, json: {} }\n`;
    const safety = { readOnly: false, allowWrites: false, allowDestructive: false, only: [] };
    const message = await run(text, allowing(), { safety }).catch(problemsOf);
    expect(message).toContain(`the scenario names another host, ${new URL(other.url).host}`);
    expect(other.seen).toEqual([]);
  });

  test("lies outside every --only", async () => {
    const text = `steps:\n  - { request: POST ${other.url}/x, json: {} }\n`;
    const safety = { readOnly: false, allowWrites: true, allowDestructive: false, only: ["/x"] };
    expect(await run(text, allowing(), { safety }).catch(problemsOf)).toContain("outside --only");
  });
});

describe("credentials never go there", () => {
  test("nothing of -H does, whatever it is called", async () => {
    const headers = [
      ["Authorization", "Bearer canary-a"],
      ["X-Team-Pass", "canary-b"],
    ] as const;
    await run(`steps:\n  - request: GET /a\n  - request: GET ${other.url}/x\n`, allowing(), { headers });
    expect(target.seen[0]?.headers.authorization).toBe("Bearer canary-a");
    expect(other.seen.length).toBe(1);
    expect(JSON.stringify(other.seen)).not.toContain("canary");
  });

  const ENV = { GCIDEM_VAR_T: "environment-canary" };
  test.each([
    ["in its path", (url: string) => `request: GET ${url}/$(env.GCIDEM_VAR_T)`],
    ["in its query", (url: string) => `request: GET ${url}/x?t=$(env.GCIDEM_VAR_T)`],
    ["in a header", (url: string) => `request: GET ${url}/x\n    headers: { X-A: $(env.GCIDEM_VAR_T) }`],
    ["in a body", (url: string) => `request: POST ${url}/x\n    json: { a: $(env.GCIDEM_VAR_T) }`],
    [
      "as a credential",
      (url: string) => `request: GET ${url}/x\n    headers: { Authorization: Bearer $(env.GCIDEM_VAR_T) }`,
    ],
  ])("a value of the environment %s is refused", async (_what, lines) => {
    const text = `steps:\n  - ${lines(other.url)}\n`;
    const exchanges = await run(text, allowing(), { env: ENV });
    expect(exchanges[0]?.error).toMatchObject({ phase: "refused" });
    expect(exchanges[0]?.error?.code).toMatch(/ELSEWHERE/);
    expect(other.seen).toEqual([]);
  });

  test("a captured value that is a credential elsewhere in the scenario is refused, too", async () => {
    const text = `steps:
  - { id: login, request: GET /login, capture: { t: header X-Secret } }
  - { request: GET /me, headers: { Authorization: Bearer $(login.t) } }
  - { request: GET ${other.url}/x?t=$(login.t) }
`;
    const exchanges = await run(text, allowing());
    expect(exchanges.at(-1)?.error?.code).toBe("ERR_SECRET_ELSEWHERE");
    expect(other.seen).toEqual([]);
  });
});
