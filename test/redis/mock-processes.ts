import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { fileURLToPath } from "node:url";
import type { TraceEntry } from "../../src/mock/mock.js";
import type { Policy } from "../../src/policy/policy.js";
import { bundle } from "../bench/bundle.mjs";
import { type Reply, sendTo } from "../mock/an-org.js";

const SCRIPT = fileURLToPath(new URL("mock-process.mjs", import.meta.url));

/** A mock in a process of its own, which can be killed. */
export interface MockProcess {
  readonly url: string;
  readonly call: (call: string, argument?: unknown) => Promise<unknown>;
  readonly trace: () => Promise<readonly TraceEntry[]>;
  readonly send: (method: string, path: string, sending?: Sending) => Promise<Reply>;
  /** Ends it as a crash would. */
  readonly kill: () => Promise<void>;
}

interface Sending {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Said {
  readonly id?: number;
  readonly url?: string;
  readonly result?: unknown;
}

/** Starts mocks that share a store; `close` ends them all. */
export interface MockProcesses {
  readonly start: (options: {
    readonly policy: Policy;
    readonly store: string;
    readonly seed?: number;
  }) => Promise<MockProcess>;
  readonly close: () => Promise<void>;
}

async function firstWords(child: ChildProcess): Promise<string> {
  const ended = once(child, "exit").then(() => [{}]);
  const [said] = (await Promise.race([once(child, "message"), ended])) as [Said];
  if (said.url === undefined) throw new Error("the mock did not say where it listens");
  return said.url;
}

function caller(child: ChildProcess): MockProcess["call"] {
  const waiting = new Map<number, (result: unknown) => void>();
  let calls = 0;
  child.on("message", ({ id, result }: Said) => {
    if (id === undefined) return;
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  return (call, argument) => {
    calls += 1;
    const id = calls;
    child.send({ id, call, argument });
    return new Promise((resolve) => waiting.set(id, resolve));
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function sender(url: string, agent: Agent, token: string): MockProcess["send"] {
  return (method, path, { json, headers } = {}) =>
    sendTo(url, agent, {
      method,
      path,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
}

/** Bundles the mock once, as it ships. */
export async function mockProcesses(): Promise<MockProcesses> {
  const bundled = await bundle(["mock/start-mock"]);
  const children = new Set<ChildProcess>();
  const agent = new Agent({ keepAlive: true });
  return {
    start: async (options) => {
      const child = fork(SCRIPT, [bundled.url("mock/start-mock"), JSON.stringify(options)]);
      children.add(child);
      const url = await firstWords(child);
      const call = caller(child);
      return {
        url,
        call,
        trace: async () => (await call("trace")) as readonly TraceEntry[],
        send: sender(url, agent, String(await call("token"))),
        kill: () => kill(child),
      };
    },
    close: async () => {
      agent.destroy();
      await Promise.all([...children].map(kill));
      bundled.close();
    },
  };
}
