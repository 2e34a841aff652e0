import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { confirmRecording } from "../../src/confirm/confirm-recording.js";
import { bufferSource } from "../../src/intake/byte-source.js";
import type { RunSection } from "../../src/report/report.js";
import { diagnoseRun, saveSource } from "../../src/session/diagnose-recording.js";
import type { FoundRun } from "../../src/session/find-run.js";
import type { SessionOptions, TargetChoice } from "../../src/session/session.js";
import { harText, specEntry } from "../intake/recorders.js";
import { confirmingSteps, refusalsOf } from "./confirmed.js";

const HOST = "http://api.example.invalid";
const KEY = "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f";

let folder: string;
let server: Server;
let baseUrl: string;
let asked: string[];

/** Keeps the first body with each key, answers it again, and refuses another one in one constant text. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gcidem-recording-"));
  asked = [];
  const bodies = new Map([[KEY, '{"sku":"A1"}']]);
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const key = String(request.headers["idempotency-key"]);
      const body = Buffer.concat(chunks).toString("utf8");
      asked.push(`${request.method} ${request.url} ${body}`);
      const first = bodies.get(key) ?? body;
      bodies.set(key, first);
      response.setHeader("content-type", "application/json");
      if (first === body) response.writeHead(201).end(`{"id":"o-${key}"}`);
      else response.writeHead(409).end('{"message":"no"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function order(body: string, status: number, atMs: number, url = `${HOST}/v1/orders`): object {
  return specEntry({
    ...{ method: "POST", url, body, status },
    at: new Date(Date.UTC(2026, 10, 21, 22, 37, 0, atMs)).toISOString(),
    headers: [
      ["Content-Type", "application/json"],
      ["Idempotency-Key", KEY],
    ],
    answer: status === 201 ? `{"id":"o-${KEY}"}` : '{"message":"no"}',
  });
}

const CHANGED = [order('{"sku":"A1"}', 201, 0), order('{"sku":"B2"}', 409, 100)];

function save(entries: readonly object[]): FoundRun {
  const source = bufferSource(Buffer.from(harText(entries)), "export.har");
  return saveSource(source, { runsFolder: folder, runsFolderIgnored: false, settlingFolder: folder }).saved;
}

const warnings: string[] = [];

function confirm(saved: FoundRun, more: Partial<SessionOptions> = {}): Promise<FoundRun> {
  warnings.length = 0;
  const target: TargetChoice = { kind: "http", baseUrl };
  return confirmRecording(saved, {
    ...{ target, policy: null, seed: 1, given: new Map(), headers: [], allowedEnv: [], env: {} },
    ...{ runsFolder: folder, runsFolderIgnored: false, timeoutMs: null, maxWaitMs: 0, maxRequests: null },
    ...{ rounds: null, technique: "auto", ca: null, bail: false, requireExpectations: false },
    safety: { readOnly: false, allowWrites: false, allowDestructive: false, only: [] },
    interrupt: new AbortController().signal,
    observer: { onStep: () => {}, onWarning: (message) => void warnings.push(message) },
    ...more,
  });
}

/** What is said of a run, and what was sent to confirm it. */
interface Told {
  readonly run: RunSection;
  readonly refusals: readonly string[];
  readonly sent: readonly string[];
}

function told(saved: FoundRun): Told {
  const { report, close } = diagnoseRun(saved, { settlingFolder: folder });
  const [run] = report.runs;
  if (run === undefined) throw new Error("no run");
  const all = { run, exchanges: [...run.exchanges] };
  close();
  const refusals = refusalsOf(all).map((each) => each.split(" ").slice(-2).join(" "));
  return { run, refusals, sent: confirmingSteps(all) };
}

describe("gcidem diagnose --confirm", () => {
  test("settles a recording on the server that is named, which stands for the recorded one", async () => {
    const saved = save(CHANGED);
    expect(told(saved).refusals[0]).toBe("key-reused-body-changed possible");
    const { run, refusals, sent } = told(await confirm(saved));
    expect(refusals).toEqual(["key-reused-body-changed certain"]);
    expect(sent).toEqual([
      ...["confirm-1/again 201", "confirm-2/again 409", "confirm-3/first 201", "confirm-3/again 409"],
    ]);
    expect(run.confirmedOn).toEqual({ kind: "http", baseUrl, policy: null, origin: HOST });
    expect(run.counts).toMatchObject({ exchanges: 6, conflicts: 3 });
    expect(run.confirming).toMatchObject({ exchanges: 4, conflicts: 2 });
    expect(asked).toHaveLength(4);
  });

  test("leaves the recording's own run as it was, and makes a run that says the same whenever it is read", async () => {
    const saved = save(CHANGED);
    const before = told(saved).refusals;
    const made = await confirm(saved);
    expect(told(saved).refusals).toEqual(before);
    expect(told(made).refusals).toEqual(told(made).refusals);
    expect(readdirSync(folder).filter((name) => !name.endsWith(".yaml"))).toHaveLength(2);
  });

  test("does not take the user's credentials now for those of the recording", async () => {
    const saved = save(CHANGED);
    const headers = [["Authorization", "Bearer not-the-recorded-one"]] as const;
    const safety = { readOnly: false, allowWrites: true, allowDestructive: false, only: [] };
    const { refusals } = told(await confirm(saved, { headers, safety }));
    expect(refusals.length).toBeGreaterThan(1);
    expect(refusals.join()).not.toContain("certain");
  });

  test("asks for leave where it is needed, before anything is sent or written", async () => {
    const saved = save(CHANGED);
    const runs = readdirSync(folder).length;
    const headers = [["Authorization", "Bearer t"]] as const;
    await expect(confirm(saved, { headers })).rejects.toMatchObject({ code: "refused" });
    const elsewhere: TargetChoice = { kind: "http", baseUrl: HOST };
    await expect(confirm(saved, { target: elsewhere })).rejects.toMatchObject({ code: "refused" });
    expect(asked).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(runs);
  });

  test("wants to know which host is meant where a recording has several", async () => {
    const saved = save([...CHANGED, order("{}", 201, 200, "http://other.example.invalid/v1/orders")]);
    await expect(confirm(saved)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("2 hosts"),
    });
    expect(asked).toEqual([]);
  });

  test("says what it cannot send: a value that was redacted", async () => {
    const saved = save([order('{"password":"swordfish-1"}', 409, 0)]);
    await confirm(saved);
    expect(warnings.join()).toContain("values that were redacted");
    expect(asked).toEqual([]);
  });

  test("ends in order where it is interrupted: no other question is asked, and what was done is there", async () => {
    const controller = new AbortController();
    const saved = save([...CHANGED, order('{"sku":"C3"}', 409, 200)]);
    server.once("request", () => controller.abort());
    const { run, sent } = told(await confirm(saved, { interrupt: controller.signal }));
    expect(run.interrupted).toBe(true);
    expect(sent).toHaveLength(1);
    expect(run.counts.exchanges).toBe(4);
    expect(warnings).toHaveLength(1);
  });

  test("brings the embedded mock to where the recorded server was, and stops where it answers otherwise", async () => {
    const made = await confirm(save(CHANGED), { target: { kind: "mock" } });
    expect(warnings.join()).toMatch(
      /nothing was confirmed: the mock answers otherwise than was recorded: e1 got 201, here \d+/,
    );
    expect(told(made).refusals[0]).toBe("key-reused-body-changed possible");
  });
});
