import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { type AdjustableClock, virtualClock } from "../../src/core/clock.js";
import type { AuthKind } from "../../src/core/target.js";
import type { World } from "../../src/core/world.js";
import type { Mock, MockOptions, TraceEntry } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { layOver, NO_POLICY } from "../../src/policy/lay-over.js";
import type { Policy } from "../../src/policy/policy.js";
import type { PolicyFile } from "../../src/policy/policy-file.js";
import { presetPolicy } from "../../src/policy/presets.js";

export const CONVERSATION = "0f0e3a4c-1111-4222-8333-444455556666";
export const PARTICIPANT = "00b1a2c3-4d5e-4f7a-8b9c-0d1e2f3a4b5c";
export const USER = "5a1f7c52-8e3d-4a90-9a51-0e6f0c5d1b22";
export const CALL_PARTICIPANT = `/api/v2/conversations/calls/${CONVERSATION}/participants/${PARTICIPANT}`;
export const ATTRIBUTES = `/api/v2/conversations/${CONVERSATION}/participants/${PARTICIPANT}/attributes`;
export const THING = "/api/v2/mock/things/1";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The members of a body that is a JSON object; none where it is not. */
  readonly json: Readonly<Record<string, unknown>>;
}

interface Sending {
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: string | null;
  readonly auth?: AuthKind;
}

export interface Org {
  readonly mock: Mock;
  readonly clock: AdjustableClock;
  readonly send: (method: string, path: string, sending?: Sending) => Promise<Reply>;
  /** The newest decision. */
  readonly last: () => TraceEntry;
  readonly close: () => Promise<void>;
}

/** A preset with some fields changed, or a server that promises nothing but these. */
export function policyOf(file: PolicyFile & { readonly extends?: string }): Policy {
  const base = file.extends === undefined || file.extends === "none" ? NO_POLICY : presetPolicy(file.extends);
  return layOver(base, file, "test");
}

function toJson(text: string): Reply["json"] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

export function sendTo(
  url: string,
  agent: Agent | undefined,
  of: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: string | undefined;
  },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { method: of.method, headers: of.headers, ...(agent === undefined ? {} : { agent }) };
    const outgoing = request(`${url}${of.path}`, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: toJson(text) });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(of.body);
  });
}

type Beginning = Pick<MockOptions, "policy" | "seed" | "world">;

/** A mock with a clock that stands still until somebody sleeps on it. */
type StartOnClock = (
  beginning: Beginning,
) => Promise<{ readonly mock: Mock; readonly clock: AdjustableClock }>;

async function startInMemory(beginning: Beginning): ReturnType<StartOnClock> {
  const clock = virtualClock(Date.UTC(2026, 10, 21));
  return { clock, mock: await startMock({ ...beginning, clock }) };
}

let startOnClock: StartOnClock = startInMemory;

/** From now on orgs keep their state elsewhere: test/redis runs these tests once more. */
export function startOrgsWith(start: StartOnClock): void {
  startOnClock = start;
}

/** Starts a mock on a virtual clock and a client that keeps one connection. */
export async function startOrg(
  policy: PolicyFile | string,
  options: { readonly seed?: number; readonly world?: World } = {},
): Promise<Org> {
  const obeyed = typeof policy === "string" ? presetPolicy(policy) : policyOf(policy);
  const { mock, clock } = await startOnClock({ policy: obeyed, ...options });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    mock,
    clock,
    send: (method, path, { json, text, headers, as = null, auth = "valid" } = {}) => {
      const token = mock.token(as, auth);
      const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
      const sent: Record<string, string> = {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      };
      return sendTo(mock.url, agent, { method, path, headers: sent, body });
    },
    last: () => {
      const entry = mock.trace().at(-1);
      if (entry === undefined) throw new Error("nothing was traced");
      return entry;
    },
    close: async () => {
      agent.destroy();
      await mock.close();
    },
  };
}

/** Makes whoever sleeps on a clock wait until `count` of them do; then all go on, in their order. */
export function sleepTogether(clock: AdjustableClock, count: number): void {
  const waiting: (() => void)[] = [];
  const sleep = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === count) for (const proceed of waiting.splice(0)) proceed();
    });
  Object.assign(clock, { sleep });
}

/** Sleeps on a clock that a test lets go by hand. */
export interface HeldSleeps {
  /** Resolves once so many sleep. */
  readonly until: (count: number) => Promise<void>;
  /** Wakes whoever sleeps. */
  readonly release: () => void;
  /** Lets sockets and timers of this process have their turn. */
  readonly settle: () => Promise<void>;
  /** From now on nobody is held. */
  readonly stop: () => void;
}

export function holdSleeps(clock: AdjustableClock): HeldSleeps {
  const waiting: (() => void)[] = [];
  let held = true;
  const sleep = (): Promise<void> =>
    held ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
  Object.assign(clock, { sleep });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    until: async (count) => {
      while (waiting.length < count) await turn();
    },
    release: () => {
      for (const proceed of waiting.splice(0)) proceed();
    },
    settle: async () => {
      for (let turns = 0; turns < 50; turns++) await turn();
    },
    stop: () => {
      held = false;
    },
  };
}

/** Runs a test on an org and closes it whatever happens. */
export async function withOrg(
  policy: PolicyFile | string,
  test: (org: Org) => Promise<void>,
  options: Parameters<typeof startOrg>[1] = {},
): Promise<void> {
  const org = await startOrg(policy, options);
  try {
    await test(org);
  } finally {
    await org.close();
  }
}
