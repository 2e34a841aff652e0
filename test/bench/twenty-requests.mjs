// A whole replay on the embedded mock against the shortest script that sends the same requests.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wallMs } from "./paired.mjs";
import { beside, runNode, toolArguments } from "./processes.mjs";

export const twentyRequests = {
  name: "twenty-requests",
  limit: 3,
  unit: "ms",
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "gcidem-bench-"));
    const replay = toolArguments("replay", beside("twenty-requests.yaml"), "--out", folder);
    const byHand = [beside("twenty-requests-by-hand.mjs")];
    return {
      base: { label: "by hand with node:http", measure: () => wallMs(() => runNode(byHand)) },
      tried: { label: "gcidem replay", measure: () => wallMs(() => runNode(replay)) },
      close: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};
