// What --reporter json adds to a replay of 10,000 exchanges, beside the report for people that is written either way.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wallMs } from "./paired.mjs";
import { forkServer, runNode, toolArguments } from "./processes.mjs";

const REQUESTS = 10_000;

const SCENARIO = `name: Many writes
steps:
  - id: write
    request: PATCH /api/v2/conversations/calls/c/participants/p/attributes
    json: { attributes: { queue-name: support-tier-2 } }
    times: ${REQUESTS}
    expect: { status: 200 }
`;

export const jsonReporter = {
  name: "json-reporter",
  limit: 1.1,
  unit: "ms",
  open: async () => {
    const server = await forkServer("bare-server.mjs");
    const folder = mkdtempSync(join(tmpdir(), "gcidem-bench-"));
    const file = join(folder, "many.yaml");
    writeFileSync(file, SCENARIO);
    const args = ["replay", file, "--target", server.ready.url, "--out", join(folder, "runs"), "--quiet"];
    const people = ["--reporter", `terminal=${join(folder, "report.txt")}`];
    const json = ["--reporter", `json=${join(folder, "report.json")}`];
    const [plain, both] = [toolArguments(...args, ...people), toolArguments(...args, ...people, ...json)];
    return {
      base: { label: `replay of ${REQUESTS} requests`, measure: () => wallMs(() => runNode(plain)) },
      tried: { label: "the same with --reporter json", measure: () => wallMs(() => runNode(both)) },
      close: async () => {
        await server.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
