import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { virtualClock } from "../../../src/core/clock.js";
import type { Mock } from "../../../src/mock/mock.js";
import { startMock } from "../../../src/mock/start-mock.js";
import { parsePolicy } from "../../../src/policy/read-policy.js";
import { CONVERSATION, PARTICIPANT, type Reply, sendTo } from "../an-org.js";
import {
  BRIEF_MS,
  type Call,
  type Caller,
  type CallPolicy,
  type CallWrite,
  type Expected,
  expectRead,
  expectWrite,
  hasOldToken,
  newCall,
} from "./conversations/spec.js";
import { mostly, ORDER } from "./generate/policies.js";
import { runsOf, TIMEOUT_MS } from "./run/property.js";

const READ = `/api/v2/conversations/${CONVERSATION}`;
const PATH = `${READ}/participants/${PARTICIPANT}`;

const WORLD = {
  principals: {
    reader: { account: "a", scopes: ["conversations:readonly"], tokenLifeMs: 1e10 },
    brief: { account: "a", scopes: ["conversations"], tokenLifeMs: BRIEF_MS },
  },
  conversations: [{ id: CONVERSATION, state: "connected", participants: [PARTICIPANT] }],
  things: [],
  users: [],
  groups: [],
  actions: [],
};

const STATES = ["connected", "dialing", "alerting", "disconnected"] as const;

const policies: fc.Arbitrary<CallPolicy> = fc.record({
  order: fc.shuffledSubarray([...ORDER], { minLength: ORDER.length }),
  locks: fc.option(
    fc.record({
      states: fc.subarray(["dialing", "alerting"], { minLength: 1 }),
      status: fc.constantFrom(409, 423),
      code: fc.constant("locked"),
      forMs: fc.constantFrom(null, 3_000),
    }),
  ),
  terminal: fc.option(
    fc.record({ states: fc.constant(["disconnected"]), status: fc.constantFrom(409, 410) }),
  ),
  permissions: fc.record({ missingScope: fc.constantFrom(403, 409) }),
  granularity: fc.constantFrom("resource", "parent"),
  noOpWrite: fc.constantFrom("bump", "keep"),
  patchMerges: fc.constantFrom("per-key", "replace"),
});

/** The policy as a user would write it. */
function textOf({ order, locks, terminal, permissions, ...concurrency }: CallPolicy): string {
  const { forMs = null, ...lock } = locks ?? {};
  return JSON.stringify({
    extends: "none",
    order,
    locks: locks === null ? null : { ...lock, for: forMs === null ? "until-state-changes" : `${forMs}ms` },
    terminal,
    permissions,
    concurrency: { validator: "etag-strong", readFrom: ["if-match"], ...concurrency },
  });
}

/** A mock with one conversation. */
interface Org {
  readonly mock: Mock;
  readonly advance: (durationMs: number) => Promise<void>;
  readonly send: (by: Caller, method: string, path: string, json?: unknown) => Promise<Reply>;
}

async function startOrg(policy: CallPolicy): Promise<Org> {
  const clock = virtualClock(Date.UTC(2026, 10, 21));
  const mock = await startMock({ policy: parsePolicy(textOf(policy)), clock, world: WORLD });
  const send: Org["send"] = (by, method, path, json) => {
    const authorization = { Authorization: `Bearer ${mock.token(by, "valid")}` };
    const headers =
      json === undefined ? authorization : { ...authorization, "Content-Type": "application/json" };
    const body = json === undefined ? undefined : JSON.stringify(json);
    return sendTo(mock.url, undefined, { method, path, headers, body });
  };
  return { mock, advance: clock.advance, send };
}

function judge({ status, cause }: Expected, reply: Reply, { mock }: Org, executed: boolean): void {
  const entry = mock.trace().at(-1);
  const found = { status: reply.status, cause: entry?.cause, executed: entry?.executed };
  expect(found).toEqual({ status, cause, executed: executed && status === 200 });
}

type Command = fc.AsyncCommand<Call, Org>;
type Commands = fc.Arbitrary<Iterable<Command>>;

class Write implements Command {
  readonly write: CallWrite;

  constructor(write: CallWrite) {
    this.write = write;
  }

  /**
   * Whether a lock begins anew where its state is set again, nobody says, nor whether a client gets to know that its
   * token has died where another rule has answered before that one was asked.
   */
  check(call: Readonly<Call>): boolean {
    const { by, state } = this.write;
    const { order } = call.policy;
    const askedLate = order
      .slice(0, order.indexOf("auth"))
      .some((word) => word === "lock" || word === "validation");
    return state !== call.state && !(askedLate && hasOldToken(call, by));
  }

  async run(call: Call, org: Org): Promise<void> {
    const { by, attributes, state, held, isIllTyped } = this.write;
    const path = attributes === null ? PATH : `${PATH}/attributes`;
    const wrong = isIllTyped ? 3 : undefined;
    const json =
      attributes === null
        ? { ...(state === null ? {} : { state }), held: wrong ?? held ?? false }
        : { attributes: { ...attributes, ...(isIllTyped ? { a: wrong } : {}) } };
    const expected = expectWrite(call, this.write);
    const reply = await org.send(by, "PATCH", path, json);
    judge(expected, reply, org, true);
    expected.take();
  }

  toString(): string {
    return JSON.stringify(this.write);
  }
}

/** The conversation as a whole, and whether its token has moved since it was last read. */
class Read implements Command {
  readonly by: Caller;

  constructor(by: Caller) {
    this.by = by;
  }

  check(): boolean {
    return true;
  }

  async run(call: Call, org: Org): Promise<void> {
    const expected = expectRead(call, this.by);
    const reply = await org.send(this.by, "GET", READ);
    judge(expected, reply, org, false);
    expected.take();
    if (expected.status !== 200) return;
    const [participant] = reply.json.participants as readonly Readonly<Record<string, unknown>>[];
    const { attributes, state, held } = call;
    expect(participant).toMatchObject({ id: PARTICIPANT, calls: [{ state, held }] });
    expect(participant?.attributes).toEqual(attributes);
    judgeToken(call, reply);
  }

  toString(): string {
    return `GET as ${this.by}`;
  }
}

/** Tokens of a call by how often it has moved. */
const tokens = new WeakMap<Call, Map<number, string>>();

function judgeToken(call: Call, { headers: { etag = "" } }: Reply): void {
  const known = tokens.get(call) ?? new Map<number, string>();
  tokens.set(call, known);
  expect(known.get(call.moves) ?? etag).toBe(etag);
  const others = [...known].filter(([moves]) => moves !== call.moves).map(([, token]) => token);
  expect(others).not.toContain(etag);
  known.set(call.moves, etag);
}

class Wait implements Command {
  readonly durationMs: number;

  constructor(durationMs: number) {
    this.durationMs = durationMs;
  }

  check(): boolean {
    return true;
  }

  async run(call: Call, org: Org): Promise<void> {
    await org.advance(this.durationMs);
    call.nowMs += this.durationMs;
  }

  toString(): string {
    return `wait ${this.durationMs} ms`;
  }
}

const caller = mostly<Caller>(null, "brief", "reader");
const isIllTyped = mostly(false, false, false, true);

const writes = fc.oneof(
  fc.record({
    by: caller,
    attributes: fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("1", "2"), {
      noNullPrototype: true,
    }),
    state: fc.constant(null),
    held: fc.constant(null),
    isIllTyped,
  }),
  fc.record({
    by: caller,
    attributes: fc.constant(null),
    state: fc.constantFrom(null, ...STATES),
    held: fc.boolean(),
    isIllTyped,
  }),
);

const commands: Commands = fc.commands(
  [
    writes.map((write) => new Write(write)),
    writes.map((write) => new Write(write)),
    caller.map((by) => new Read(by)),
    fc.constantFrom(1, 1_000, 2_999, 3_000, 200_000).map((durationMs) => new Wait(durationMs)),
  ],
  { maxCommands: 30, size: "max" },
);

describe("conversations, under any policy", { timeout: TIMEOUT_MS }, () => {
  test("are locked and ended by their state, move their token with a participant's, and know who may write", () =>
    fc.assert(
      fc.asyncProperty(policies, commands, async (policy, sequence) => {
        const call = newCall(policy);
        const org = await startOrg(policy);
        try {
          await fc.asyncModelRun(() => ({ model: call, real: org }), sequence);
        } finally {
          await org.mock.close();
        }
      }),
      runsOf(120),
    ));
});
