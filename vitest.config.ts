import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const environment = { NO_PROXY: "127.0.0.1,localhost,::1", NO_COLOR: "1", FORCE_COLOR: "", GCIDEM_TEST: "1" };

export default defineConfig({
  test: {
    // By default one processor is left free. Most tests wait for sockets and other processes: on two, two halves are faster.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "node_modules/**", "dist/**"],
          env: environment,
          // Real servers and processes on a machine that may be busy: slow is no failure.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          env: environment,
          testTimeout: 60_000,
          globalSetup: ["test/e2e/built-bin.ts"],
        },
      },
    ],
  },
});
