import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Redis } from "ioredis";
import { vi } from "vitest";

/** Whoever starts a Redis waits for other processes, and a machine may have more to do than that. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A Redis of this test's own, with nothing on disk. */
export interface PrivateRedis {
  readonly url: string;
  readonly port: number;
  /** Sends it a command on a connection of the test's own. */
  readonly ask: (command: string, ...words: readonly string[]) => Promise<unknown>;
  /** Ends it at once, as a crash would; `start` brings an empty one back on the same port. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Stops it from answering without closing anything, and lets it go on. */
  readonly freeze: () => void;
  readonly thaw: () => void;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const MISSING = new Error("redis-server cannot be started: install Debian's package redis-server");

const PLAIN = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"];

/** A test that is killed ends nothing: so Redis ends when the pipe to its parent does. `exec` keeps the shell's process. */
const UNTIL_PARENT_ENDS = '(read -r _ <&3; kill -9 $$) & exec redis-server "$@" 3<&-';

async function spawnRedis(port: number, more: readonly string[]): Promise<ChildProcess> {
  const words = ["-c", UNTIL_PARENT_ENDS, "sh", "--port", String(port), ...PLAIN, ...more];
  const child = spawn("sh", words, { stdio: ["ignore", "pipe", "inherit", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(code === 127 ? MISSING : new Error(`redis-server ended with ${code}: ${said.slice(-500)}`)),
    );
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("Ready to accept connections")) resolve();
    });
  });
  child.removeAllListeners("exit");
  return child;
}

async function startOnFreePort(
  triesLeft: number,
  more: readonly string[],
): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const port = await freePort();
  try {
    return { port, child: await spawnRedis(port, more) };
  } catch (error) {
    if (triesLeft <= 1 || !String(error).includes("in use")) throw error;
    return startOnFreePort(triesLeft - 1, more);
  }
}

/** How to start a Redis. */
interface RedisHow {
  /** Asked of whoever connects. */
  readonly password?: string;
}

/** Starts a Redis on a free port of loopback. @throws Error that says what to install where there is none */
export async function startRedis({ password }: RedisHow = {}): Promise<PrivateRedis> {
  const more = password === undefined ? [] : ["--requirepass", password];
  const started = await startOnFreePort(5, more);
  const { port } = started;
  let child: ChildProcess = started.child;
  let asking: Redis | null = null;
  const end = async (): Promise<void> => {
    asking?.disconnect();
    asking = null;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    // The shell's other half waits for this.
    for (const pipe of child.stdio) pipe?.destroy();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    ask: (command, ...words) => {
      asking ??= new Redis({ port, host: "127.0.0.1", ...(password === undefined ? {} : { password }) });
      return asking.call(command, ...words);
    },
    kill: end,
    start: async () => {
      child = await spawnRedis(port, more);
    },
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}
