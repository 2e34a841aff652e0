import { Agent } from "node:http";
import type { World } from "../../src/core/world.js";
import type { Mock, TraceEntry } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import type { Policy } from "../../src/policy/policy.js";
import type { PolicyFile } from "../../src/policy/policy-file.js";
import { policyOf, type Reply, sendTo } from "../mock/an-org.js";
import type { PrivateRedis } from "./private-redis.js";

export const EXECUTE = "/api/v2/integrations/actions/a1/execute";

interface Sending {
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  /** Default: this server's own. */
  readonly token?: string | null;
}

/** One of several servers in this process that know of each other by Redis alone. */
export interface Server {
  readonly mock: Mock;
  readonly send: (method: string, path: string, sending?: Sending) => Promise<Reply>;
  /** The newest decision. */
  readonly last: () => TraceEntry;
  readonly causes: () => readonly (string | null)[];
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
}

export interface ServerOptions {
  readonly policy?: PolicyFile & { readonly extends?: string };
  readonly seed?: number;
  readonly world?: World;
}

function parsed(options: ServerOptions): Policy {
  return policyOf({ extends: "forum-lore", rateLimit: null, ...options.policy });
}

/** Starts a server on a store as it is, with a client of its own. */
export async function startServer(store: string, options: ServerOptions = {}): Promise<Server> {
  const warnings: string[] = [];
  const { seed = 1, world = null } = options;
  const onWarning = (warning: string): void => void warnings.push(warning);
  const mock = await startMock({ policy: parsed(options), store, seed, world, onWarning });
  const agent = new Agent({ keepAlive: true });
  return {
    mock,
    warnings,
    send: (method, path, { json, text, headers, key, token = mock.token(null, "valid") } = {}) => {
      const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
      const sent = {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(key === undefined ? {} : { "Idempotency-Key": key }),
        ...headers,
      };
      return sendTo(mock.url, agent, { method, path, headers: sent, body });
    },
    last: () => {
      const entry = mock.trace().at(-1);
      if (entry === undefined) throw new Error("nothing was traced");
      return entry;
    },
    causes: () => mock.trace().map(({ cause }) => cause),
    close: async () => {
      agent.destroy();
      await mock.close();
    },
  };
}

/** Runs a test on two servers that share an empty Redis, and closes them whatever happens. */
export async function withServers(
  redis: PrivateRedis,
  options: ServerOptions,
  test: (a: Server, b: Server) => Promise<void>,
): Promise<void> {
  await redis.ask("FLUSHALL");
  const a = await startServer(redis.url, options);
  const b = await startServer(redis.url, options);
  try {
    await test(a, b);
  } finally {
    await Promise.all([a.close(), b.close()]);
  }
}

/** What ran under a key, as a server tells it. */
export async function effectsOf({ send }: Server, key: string): Promise<unknown> {
  return (await send("GET", `/api/v2/mock/executions?key=${encodeURIComponent(key)}`)).json.total;
}

/** Resolves once something holds. It looks again with each turn of the event loop, and gives up after half a minute. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUpMs = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > giveUpMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets the sleeps of some servers end only when a test says so. */
export interface Held {
  /** Resolves once so many sleep. */
  readonly until: (count: number) => Promise<void>;
  readonly release: () => void;
}

/** From now on whoever sleeps on these servers' clocks is held. */
export function holdSleeps(...servers: readonly Server[]): Held {
  const waiting: (() => void)[] = [];
  for (const { mock } of servers) {
    Object.assign(mock.clock, { sleep: () => new Promise<void>((resolve) => waiting.push(resolve)) });
  }
  return {
    until: (count) => until(() => waiting.length >= count, `${count} sleep`),
    release: () => {
      for (const proceed of waiting.splice(0)) proceed();
    },
  };
}

/** From now on nobody sleeps on a server's clock: work takes no time there. */
export function neverSleep({ mock }: Server): void {
  Object.assign(mock.clock, { sleep: () => Promise.resolve() });
}
