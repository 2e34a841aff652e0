import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replay } from "../../src/index.js";
import { renderTerminal } from "../../src/report/terminal/render-terminal.js";

const SCENARIO = `
name: gone meanwhile
policy: { extends: none, concurrency: { validator: etag-strong, readFrom: [if-match], stale: { status: 412 } } }
world: { things: [{ id: "1" }] }
steps:
  - id: read
    request: GET /api/v2/mock/things/1
    capture: { etag: header ETag }
  - request: DELETE /api/v2/mock/things/1
  - id: write
    request: PUT /api/v2/mock/things/1
    ifMatch: $(read.etag)
    json: { a: 1 }
    retry: { on: [412], reread: read }
`;

test("a step that sent something and then lacked a value says so after what it sent", async () => {
  const report = await replay(SCENARIO, { out: mkdtempSync(join(tmpdir(), "gcidem-report-")) });
  const options = { columns: 100, color: false, unicode: true, verbose: false };
  const lines = [...renderTerminal(report, options)].join("").split("\n");
  const [rows, stopped] = [
    lines.flatMap((line, index) => (/ {2}write {2}.*412/.test(line) ? [index] : [])),
    lines.findIndex((line) => line.includes("stopped: $(read.etag) was not captured")),
  ];
  expect(rows).toHaveLength(1);
  expect(stopped).toBeGreaterThan(rows[0] ?? Number.POSITIVE_INFINITY);
});
