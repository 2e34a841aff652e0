import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { describePlan } from "../../src/session/dry-run.js";
import { loadScenarioText } from "../../src/session/load-files.js";
import { type ReadFirst, readFirst } from "../../src/session/read-first.js";
import { replayScenarios } from "../../src/session/replay.js";
import { type ReadyScenario, readyScenario } from "../../src/session/run-scenario.js";
import type { SessionOptions } from "../../src/session/session.js";
import { optionsFor, profiled } from "./leave-options.js";

const CONVERSATION = "5a4bb0b1-0000-4000-8000-000000000001";
const PARTICIPANT = "5a4bb0b1-0000-4000-8000-000000000002";
const BASE = `/api/v2/conversations/${CONVERSATION}`;

let server: Server;
let baseUrl: string;
let runsFolder: string;
let seen: string[];
let answer: (line: string) => { readonly status: number; readonly body: unknown; readonly etag?: string };

beforeAll(async () => {
  runsFolder = mkdtempSync(join(tmpdir(), "gcidem-named-"));
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      const line = `${request.method} ${request.url}`;
      seen.push(line);
      const { status, body, etag } = answer(line);
      response.writeHead(status, etag === undefined ? {} : { etag }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  seen = [];
  answer = () => ({ status: 200, body: LIVE });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(runsFolder, { recursive: true, force: true });
});

const LIVE = {
  id: CONVERSATION,
  startTime: new Date(Date.now() - 200_000).toISOString(),
  participants: [
    {
      id: PARTICIPANT,
      queueName: "Support",
      attributes: { known: "private" },
      calls: [{ state: "connected" }],
    },
    { id: "other", calls: [{ state: "connected" }] },
  ],
};

const FIVE_WRITES = `
vars: { c: { mock: x, ask: a conversation }, p: { mock: x, ask: a participant } }
steps:
  - { id: read, request: GET /api/v2/conversations/$(c), capture: { state: $.state } }
  - { id: write, request: PATCH /api/v2/conversations/$(c)/participants/$(p)/attributes, times: 4, json: { attributes: { gcidem-probe: a } } }
  - { id: again, request: PATCH /api/v2/conversations/$(c)/participants/$(p)/attributes, json: { attributes: { known: b } } }
  - { id: after, request: GET /api/v2/conversations/$(c) }
cleanUp:
  - { id: last, request: GET /log }
`;

const GIVEN = new Map([
  ["c", CONVERSATION],
  ["p", PARTICIPANT],
]);

function ready(text: string): ReadyScenario {
  return readyScenario(loadScenarioText(text, "it.yaml", null));
}

function options(more: Partial<SessionOptions> = {}): SessionOptions {
  const safety = { allowWrites: true, allowDestructive: true };
  return optionsFor(profiled(baseUrl, { kind: "genesys" }), safety, { runsFolder, given: GIVEN, ...more });
}

function first(text: string, more: Partial<SessionOptions> = {}): Promise<ReadFirst> {
  return readFirst(ready(text), options(more));
}

describe("before a person is asked", () => {
  test("the plan's reads are sent, each once, and no write", async () => {
    await first(FIVE_WRITES);
    expect(seen).toEqual([`GET ${BASE}`]);
  });

  test("what they showed is named, and what the writes do to it", async () => {
    const { lines, folder } = await first(FIVE_WRITES);
    expect(lines).toEqual([
      `GET ${BASE}: LIVE call, 2 participants, queue Support, 3 min old`,
      "5 writes to 1 participant",
      `PATCH ${BASE}/participants/${PARTICIPANT}/attributes: attributes merge: this adds key gcidem-probe and changes key known; no documented removal`,
    ]);
    expect(folder).toContain(runsFolder);
  });

  test.each([
    [401, { message: "No bearer token." }, "401, the token is not taken: No bearer token."],
    [403, {}, "403, this caller may not read it"],
    [404, {}, "404, there is nothing with this id"],
    [500, [], "500"],
  ])("a read that is answered with %d says so", async (status, body, words) => {
    answer = () => ({ status, body });
    const { lines } = await first(FIVE_WRITES);
    expect(lines[0]).toBe(`GET ${BASE}: ${words}`);
    expect(lines.at(-1)).toContain("this sets keys gcidem-probe, known");
  });

  test("on any other API what is there is named by its validator", async () => {
    answer = () => ({ status: 200, body: { version: 7 }, etag: '"5"' });
    const text =
      "steps:\n  - request: GET /orders/1\n  - { request: PUT /orders/1, json: {} }\n  - { request: PUT /orders/2, json: {} }\n";
    expect((await first(text)).lines).toEqual(['GET /orders/1: there, ETag "5"', "2 writes to 2 addresses"]);
  });

  test("a read that needs what only a write gives is left out; without any nothing is sent", async () => {
    const text =
      "steps:\n  - { id: made, request: POST /orders, json: {}, capture: { id: $.id } }\n  - request: GET /orders/$(made.id)\n";
    expect((await first(text)).lines).toEqual(["1 write to 1 address"]);
    expect(seen).toEqual([]);
    const none = await first("steps:\n  - { request: POST /orders, json: {} }\n");
    expect(none).toEqual({ lines: ["1 write to 1 address"], folder: null });
  });

  test("a race is counted, and its reads are not sent", async () => {
    const text = `steps:
  - race:
      writers: 10
      steps:
        - request: GET ${BASE}
        - { request: PATCH ${BASE}/participants/${PARTICIPANT}/attributes, json: { attributes: { tier: a } } }
`;
    expect((await first(text)).lines[0]).toBe("10 writes to 1 participant");
    expect(seen).toEqual([]);
  });
});

describe("without leave", () => {
  test("--read-only says in its report what was read, and what the writes would do", async () => {
    const safety = { readOnly: true, allowWrites: false, allowDestructive: false, only: [] };
    const { report, close } = await replayScenarios([ready(FIVE_WRITES)], options({ safety }));
    const [section] = report.runs;
    expect(section?.plan?.[0]).toBe(`GET ${BASE}: LIVE call, 2 participants, queue Support, 3 min old`);
    expect(section?.plan).toContain("5 writes to 1 participant");
    const look = { columns: 200, color: false, unicode: true, verbose: false };
    const text = [...renderTerminal(report, look)].join("");
    expect(text).toContain("read only     GET");
    expect(text).not.toContain("private");
    close();
  });

  test("--dry-run says what is known without reading, and sends nothing", () => {
    const text = [...describePlan(ready(FIVE_WRITES), options())].join("");
    expect(text).toContain("5 writes to 1 participant");
    expect(text).toContain("attributes merge: this sets keys gcidem-probe, known; no documented removal");
    expect(text).toContain("--read-only reads first");
    expect(seen).toEqual([]);
  });
});
