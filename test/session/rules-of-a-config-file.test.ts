import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bufferSource } from "../../src/intake/byte-source.js";
import { diagnoseRun, saveSource } from "../../src/session/diagnose-recording.js";
import type { ConfigRules } from "../../src/session/session.js";

const JSON_TYPE = [{ name: "Content-Type", value: "application/json" }];

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** A recording of an API that keeps its versions in `/state/no`, and in which a line's write moves its order's. */
function har(sent: readonly Sent[]): Buffer {
  const entries = sent.map(({ method, path, body, status, answer }, index) => ({
    startedDateTime: new Date(Date.parse("2026-11-22T00:00:00Z") + index * 1000).toISOString(),
    time: 10,
    request: {
      ...{
        method,
        url: `https://shop.example${path}`,
        httpVersion: "HTTP/1.1",
        cookies: [],
        queryString: [],
      },
      ...{ headers: JSON_TYPE, headersSize: -1, bodySize: -1 },
      ...(body === undefined
        ? {}
        : { postData: { mimeType: "application/json", text: JSON.stringify(body) } }),
    },
    response: {
      ...{
        status,
        statusText: "",
        httpVersion: "HTTP/1.1",
        cookies: [],
        headers: JSON_TYPE,
        redirectURL: "",
      },
      ...{ headersSize: -1, bodySize: -1 },
      content: { size: -1, mimeType: "application/json", text: JSON.stringify(answer) },
    },
    cache: {},
    timings: { send: 1, wait: 8, receive: 1 },
  }));
  return Buffer.from(
    JSON.stringify({ log: { version: "1.2", creator: { name: "test", version: "1" }, entries } }),
  );
}

const RECORDING = har([
  { method: "GET", path: "/v1/orders/7", status: 200, answer: { state: { no: 4 }, customer: "ACME-4711" } },
  {
    method: "PUT",
    path: "/v1/orders/7/lines/1",
    body: { state: { no: 4 }, sku: "a" },
    status: 200,
    answer: { state: { no: 5 } },
  },
  {
    method: "PUT",
    path: "/v1/orders/7",
    body: { state: { no: 4 }, note: "x" },
    status: 409,
    answer: { error: "conflict" },
  },
]);

const RULES: ConfigRules = {
  subjectRules: [
    { path: "/v1/orders/{id}", resource: "order:{id}", version: "/state/no" },
    { path: "/v1/orders/{id}/lines/{line}", resource: "order:{id}", version: "/state/no" },
  ],
  redaction: { headers: [], members: ["customer"] },
};

function diagnosed(rules: ConfigRules | null): {
  readonly causes: readonly string[];
  readonly resources: readonly (string | null)[];
  readonly journal: string;
  readonly again: () => readonly string[];
} {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-rules-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const folders = { runsFolder: join(folder, "runs"), runsFolderIgnored: false, settlingFolder: folder };
  const { saved } = saveSource(bufferSource(RECORDING, "shop.har"), { ...folders, rules });
  const causesOf = (): readonly string[] => {
    const { report, close } = diagnoseRun(saved, folders);
    const found = report.runs.flatMap(({ diagnoses }) =>
      diagnoses.map(({ cause, movedBy }) => `${cause}, moved by ${movedBy}`),
    );
    close();
    return found;
  };
  const { report, close } = diagnoseRun(saved, { ...folders, rules });
  const [section] = report.runs;
  const resources = [...(section?.exchanges ?? [])].map(({ resource }) => resource);
  const causes = (section?.diagnoses ?? []).map(({ cause, movedBy }) => `${cause}, moved by ${movedBy}`);
  close();
  return { causes, resources, journal: readFileSync(saved.file, "utf8"), again: causesOf };
}

test("rules tell which paths are about one thing, and where its version stands: the stale version is found", () => {
  const { causes, resources } = diagnosed(RULES);
  expect(resources).toEqual(["order:7", "order:7", "order:7"]);
  expect(causes).toContain("stale-version, moved by own-write");
});

test("without them the paths are two things, of whose versions nobody knows", () => {
  const { causes, resources } = diagnosed(null);
  expect(resources).toEqual(["/v1/orders/7", "/v1/orders/7/lines/1", "/v1/orders/7"]);
  expect(causes).not.toContain("stale-version, moved by own-write");
});

test("a run keeps the rules that it was made with: it is explained by them later, without the config file", () => {
  const { causes, again } = diagnosed(RULES);
  expect(again()).toEqual(causes);
});

test("what rules want hidden is in no file", () => {
  expect(diagnosed(RULES).journal).not.toContain("ACME-4711");
  expect(diagnosed(null).journal).toContain("ACME-4711");
});
