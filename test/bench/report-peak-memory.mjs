// Loaded with --import: writes the process's peak resident memory in KiB when it ends.
import { writeFileSync } from "node:fs";

const file = process.env.GCIDEM_BENCH_PEAK_FILE;
process.on("exit", () => {
  if (file !== undefined) writeFileSync(file, String(process.resourceUsage().maxRSS));
});
