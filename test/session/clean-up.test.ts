import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { NotRemoved } from "../../src/journal/journal.js";
import { renderJson } from "../../src/report/json/render-json.js";
import type { RunSection } from "../../src/report/report.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";
import { loadScenarioText } from "../../src/session/load-files.js";
import { replayScenarios } from "../../src/session/replay.js";
import { readyScenario } from "../../src/session/run-scenario.js";
import { openRun } from "../../src/session/saved-run.js";
import type { SessionOptions, Signal } from "../../src/session/session.js";
import { at, optionsFor } from "./leave-options.js";
import { type OrdersServer, startOrders } from "./orders-server.js";

const SCENARIO = `
setUp:
  - { id: made, request: POST /orders, json: {}, capture: { id: $.id } }
steps:
  - { id: use, request: PUT /orders/$(made.id), json: {}, expect: { status: 200 } }
  - { id: more, request: GET /orders/$(made.id) }
cleanUp:
  - { id: remove, request: DELETE /orders/$(made.id) }
`;

let runsFolder: string;
let api: OrdersServer;

beforeAll(() => {
  runsFolder = mkdtempSync(join(tmpdir(), "gcidem-clean-up-"));
});
beforeEach(async () => {
  api = await startOrders();
});
afterEach(() => api.close());
afterAll(() => rmSync(runsFolder, { recursive: true, force: true }));

interface Done {
  readonly section: RunSection;
  readonly signals: readonly Signal[];
  readonly left: readonly NotRemoved[];
  readonly terminal: string;
  readonly json: { readonly notRemoved?: readonly { readonly command: string | null }[] };
}

async function run(text: string, more: Partial<SessionOptions> = {}): Promise<Done> {
  const ready = readyScenario(loadScenarioText(text, "it.yaml", null));
  const options = optionsFor(
    at(api.url),
    { allowWrites: true, allowDestructive: true },
    { runsFolder, ...more },
  );
  const { report, signals, close } = await replayScenarios([ready], options);
  const [section] = report.runs;
  if (section === undefined) throw new Error("no run");
  const look = { columns: 100, color: false, unicode: true, verbose: false };
  const terminal = [...renderTerminal(report, look)].join("");
  const json = JSON.parse([...renderJson(report, {})].join("")).runs[0];
  close();
  return { section, signals, left: section.notRemoved ?? [], terminal, json };
}

/** An interrupt that strikes when the server has seen this request, which then never gets an answer. */
function interruptAt(line: string): { readonly interrupt: AbortSignal; readonly stop: AbortSignal } {
  const [first, second] = [new AbortController(), new AbortController()];
  api.spoil = (seen) => {
    if (seen !== line) return false;
    if (first.signal.aborted) second.abort();
    else first.abort();
    return true;
  };
  return { interrupt: first.signal, stop: second.signal };
}

describe("clean-up runs, and nothing is left", () => {
  test("after success", async () => {
    const { left, json, terminal } = await run(SCENARIO);
    expect(api.seen).toEqual(["POST /orders", "PUT /orders/1", "GET /orders/1", "DELETE /orders/1"]);
    expect([...api.orders]).toEqual([]);
    expect(left).toEqual([]);
    expect(json).not.toHaveProperty("notRemoved");
    expect(terminal).not.toContain("not removed");
  });

  test("after an expectation that failed", async () => {
    api.spoil = (line, response) => line.startsWith("PUT") && Boolean(response.writeHead(409).end("{}"));
    const { signals } = await run(SCENARIO);
    expect(signals).toContain("violated");
    expect([...api.orders]).toEqual([]);
  });

  test("after a request that gcidem refused", async () => {
    const text = SCENARIO.replace("GET /orders/$(made.id)", "GET /a/$(bad)/x");
    const { signals } = await run(`vars: { bad: ".." }\n${text}`);
    expect(signals).toContain("refused");
    expect(api.seen.at(-1)).toBe("DELETE /orders/1");
  });

  test("where the server says that it is gone already", async () => {
    api.spoil = (line, response) => line.startsWith("DELETE") && Boolean(response.writeHead(410).end());
    expect((await run(SCENARIO)).left).toEqual([]);
  });

  test("after a spent budget: clean-up may send what it needs beyond it", async () => {
    const { signals } = await run(SCENARIO, { maxRequests: 2 });
    expect(signals).toContain("budget");
    expect(api.seen).toEqual(["POST /orders", "PUT /orders/1", "DELETE /orders/1"]);
    expect([...api.orders]).toEqual([]);
  });

  test("in each of several rounds", async () => {
    await run(SCENARIO, { rounds: { most: 3, untilConflict: false } });
    expect(api.seen.filter((line) => line.startsWith("DELETE")).length).toBe(3);
    expect([...api.orders]).toEqual([]);
  });

  test("after an interrupt: the request under way is given up, nothing else leaves", async () => {
    const { signals } = await run(SCENARIO, interruptAt("PUT /orders/1"));
    expect(signals).toContain("interrupted");
    expect(api.seen).toEqual(["POST /orders", "PUT /orders/1", "DELETE /orders/1"]);
    expect([...api.orders]).toEqual([]);
  });

  test("after an interrupt in a pause before a retry: the retry is no request any more", async () => {
    api.spoil = (line, response) => line.startsWith("PUT") && Boolean(response.writeHead(503).end("{}"));
    const controller = new AbortController();
    const onStep = (id: string): void => {
      if (id === "use") setImmediate(() => controller.abort());
    };
    const retry = "retry: { on: [5xx], backoff: { initial: 40s, jitter: none } }";
    const { terminal } = await run(SCENARIO.replace("json: {}, expect", `json: {}, ${retry}, expect`), {
      interrupt: controller.signal,
      observer: { onStep, onWarning: () => {} },
    });
    expect(terminal).toContain("INTERRUPTED after 3 requests");
    expect(terminal).not.toContain("ECONNABORTED");
    expect(api.seen).toEqual(["POST /orders", "PUT /orders/1", "DELETE /orders/1"]);
    expect([...api.orders]).toEqual([]);
  });
});

describe("nothing is listed where nothing was made", () => {
  test("because the set-up was refused by the server", async () => {
    api.spoil = (line, response) => line.startsWith("POST") && Boolean(response.writeHead(403).end("{}"));
    const { left, section } = await run(SCENARIO);
    expect(section.skipped.map(({ step }) => step)).toContain("remove");
    expect(left).toEqual([]);
  });

  test("because of --read-only, which sends GET and HEAD and nothing else", async () => {
    const text = SCENARIO.replace("cleanUp:", "  - { id: ask, request: OPTIONS /orders }\ncleanUp:");
    const safety = { readOnly: true, allowWrites: false, allowDestructive: false, only: [] };
    const { left, section } = await run(text, { safety });
    expect(left).toEqual([]);
    expect(section.skipped).toContainEqual(
      expect.objectContaining({ step: "ask", reason: "no GET or HEAD, and --read-only sends nothing else" }),
    );
    expect(api.seen).toEqual([]);
  });
});

describe("what could not be removed is listed, with the command that removes it", () => {
  test("after an answer that is no success", async () => {
    api.spoil = (line, response) => line.startsWith("DELETE") && Boolean(response.writeHead(500).end("{}"));
    const { left, terminal, json } = await run(SCENARIO);
    expect(left).toMatchObject([{ step: "remove", reason: "the answer was 500", exchange: "e4" }]);
    expect(terminal).toContain("not removed");
    expect(terminal).toContain("`remove`, #4: the answer was 500");
    expect(terminal).toContain(`curl -i -X DELETE ${api.url}/orders/1`);
    expect(json.notRemoved?.[0]?.command).toContain(`curl -i -X DELETE ${api.url}/orders/1`);
  });

  test("after no answer", async () => {
    api.spoil = (line, response) => line.startsWith("DELETE") && Boolean(response.destroy());
    expect((await run(SCENARIO)).left).toMatchObject([{ step: "remove", exchange: "e4" }]);
  });

  test("where the set-up got no answer: what was made has no id that is known", async () => {
    const text = SCENARIO.replace("json: {}, capture", "json: {}, abort: sent, capture");
    const { left, terminal } = await run(text);
    expect(left).toMatchObject([{ step: "remove", reason: "$(made.id) was not captured", exchange: null }]);
    expect(terminal).toContain(`curl -i -X DELETE '${api.url}/orders/<made.id>'`);
  });

  test("where the answer of the set-up had no such value", async () => {
    api.spoil = (line, response) => line.startsWith("POST") && Boolean(response.writeHead(201).end("{}"));
    expect((await run(SCENARIO)).left).toMatchObject([{ reason: "$(made.id) was not captured" }]);
  });

  test("where a second interrupt ends the clean-up", async () => {
    const first = interruptAt("PUT /orders/1");
    const spoilFirst = api.spoil;
    const second = new AbortController();
    api.spoil = (line, response) => {
      if (!line.startsWith("DELETE")) return spoilFirst(line, response);
      second.abort();
      return true;
    };
    const text = `${SCENARIO}  - { id: later, request: DELETE /log }\n`;
    const { left, signals } = await run(text, { ...first, stop: second.signal });
    expect(signals).toContain("interrupted");
    expect(api.seen.at(-1)).toBe("DELETE /orders/1");
    expect(left).toMatchObject([
      { step: "remove", exchange: "e3" },
      { step: "later", reason: "interrupted", exchange: null },
    ]);
  });

  test("one step that fails does not keep the next from being tried", async () => {
    const text = `vars: { bad: ".." }\n${SCENARIO.replace("cleanUp:", "cleanUp:\n  - { id: odd, request: DELETE /a/$(bad)/b }")}`;
    const { left, signals } = await run(text);
    expect(signals).toContain("refused");
    expect(left.map(({ step }) => step)).toEqual(["odd"]);
    expect(left[0]?.reason).toContain("lead elsewhere");
    expect([...api.orders]).toEqual([]);
  });

  test("credentials are placeholders, also in what was never sent", async () => {
    const text = `${SCENARIO}  - { id: later, request: DELETE /log }\n`;
    api.spoil = (line, response) => line === "DELETE /log" && Boolean(response.writeHead(503).end());
    const headers = [["Authorization", "Bearer s3cr3t-canary"]] as const;
    const { left, terminal, json } = await run(text, { headers });
    expect(left.map(({ step }) => step)).toEqual(["later"]);
    expect(terminal + JSON.stringify(json)).not.toContain("s3cr3t-canary");
    expect(terminal).toMatch(/-H 'authorization: Bearer <secret:1>'/i);
    expect(terminal).toContain("put your own in its place");
  });

  test("the saved run says it again", async () => {
    api.spoil = (line, response) => line.startsWith("DELETE") && Boolean(response.writeHead(500).end("{}"));
    const { section } = await run(SCENARIO);
    const folder = section.folder ?? "";
    const saved = openRun({ folder, file: join(folder, "journal.ndjson") });
    expect(saved.report().report.runs[0]?.notRemoved).toMatchObject([{ step: "remove", exchange: "e4" }]);
    saved.close();
  });
});
