// Import of a HAR of 200 MB: how long it takes and what it holds at its peak.
import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle } from "./bundle.mjs";
import { beside, ENVIRONMENT } from "./processes.mjs";

const MODULE = "cli/run-import";
const SIZE_BYTES = 200e6;
const LIMIT_MS = 15_000;
const LIMIT_MIB = 700;

const run = promisify(execFile);

const item = (_, index) => ({
  id: `item-${index}`,
  text: "a line of an order, as long as they are ".repeat(2),
});
const ANSWER = JSON.stringify({ items: Array.from({ length: 20 }, item) });

function named(headers) {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

/** Ten requests on each of 500 orders are writes; one in a thousand is refused. */
function entry(index) {
  const write = index % 10 === 0;
  const key = write ? { "Idempotency-Key": `key-${index}-0b7c` } : {};
  return {
    startedDateTime: new Date(Date.UTC(2026, 10, 21) + index * 50).toISOString(),
    time: 12.5,
    request: {
      method: write ? "PUT" : "GET",
      url: `https://api.example.com/v1/orders/${index % 500}`,
      httpVersion: "HTTP/1.1",
      headers: named({ "Content-Type": "application/json", Authorization: "Bearer abcdefghijkl", ...key }),
      ...(write ? { postData: { mimeType: "application/json", text: JSON.stringify({ id: index }) } } : {}),
    },
    response: {
      status: index % 1000 === 0 ? 409 : 200,
      httpVersion: "HTTP/1.1",
      headers: named({ ETag: `"${index}"` }),
      content: { size: ANSWER.length, mimeType: "application/json", text: ANSWER },
    },
    timings: { send: 0.5, wait: 10, receive: 2 },
  };
}

function writeHar(file) {
  const descriptor = openSync(file, "w");
  let size = writeSync(
    descriptor,
    '{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[',
  );
  for (let index = 0; size < SIZE_BYTES; index++)
    size += writeSync(descriptor, `${index === 0 ? "" : ","}${JSON.stringify(entry(index))}`);
  writeSync(descriptor, "]}}");
  closeSync(descriptor);
}

async function importApart(url, folder) {
  const args = [beside("import-har-run.mjs"), url, join(folder, "export.har"), join(folder, "it.yaml")];
  const { stdout } = await run(process.execPath, args, { env: ENVIRONMENT });
  return JSON.parse(stdout);
}

/** Time and peak memory for a HAR of 200 MB. */
export const importHar = {
  name: "import-har",
  absolute: true,
  open: async () => {
    const bundled = await bundle([MODULE]);
    const folder = mkdtempSync(join(tmpdir(), "gcidem-bench-har-"));
    writeHar(join(folder, "export.har"));
    const measure = async () => {
      const { ms, peakMiB } = await importApart(bundled.url(MODULE), folder);
      return [
        { label: "200 MB", value: ms, limit: LIMIT_MS, unit: "ms" },
        { label: "200 MB, memory at its peak", value: peakMiB, limit: LIMIT_MIB, unit: "MiB" },
      ];
    };
    const close = () => {
      rmSync(folder, { recursive: true, force: true });
      return bundled.close();
    };
    return { measure, close };
  },
};
