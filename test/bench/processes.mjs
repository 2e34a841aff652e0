// Child processes of the benches: servers that must not share a CPU count with what is measured, and the built tool.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOOL = `${ROOT}bin/gcidem.js`;

/** A clean environment: no proxy, no colour, no loader of a test runner. */
export const ENVIRONMENT = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" };

/** Path of a file beside this one. */
export function beside(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Runs node to its end; an exit code other than 0 is an error that shows what it said. */
export async function runNode(args, env = {}) {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...ENVIRONMENT, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`node ${args.join(" ")} exited ${code}: ${stderr.slice(0, 500)}`);
}

/** Arguments that run the built tool; an error where it is not built. */
export function toolArguments(...args) {
  if (!existsSync(`${ROOT}dist/cli/tool.cjs`)) throw new Error("not built: run `npm run build` first");
  return [TOOL, ...args];
}

/** Forks a server that answers `port`, and `cpu` with its CPU time so far in microseconds. */
export async function forkServer(file, args = []) {
  const child = fork(beside(file), args, { env: ENVIRONMENT, execArgv: [] });
  const ask = async (question) => {
    child.send(question);
    const [answer] = await once(child, "message");
    return answer;
  };
  const [ready] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) =>
      Promise.reject(new Error(`${file} exited ${code} before it listened`)),
    ),
  ]);
  const close = async () => {
    child.disconnect();
    await once(child, "exit");
  };
  return { ready, ask, cpuMicroseconds: () => ask("cpu"), close };
}
