import { Agent } from "node:http";
import { virtualClock } from "../../../../src/core/clock.js";
import type { Mock, TraceEntry } from "../../../../src/mock/mock.js";
import { startMock } from "../../../../src/mock/start-mock.js";
import { parsePolicy } from "../../../../src/policy/read-policy.js";
import { type Reply, sendTo } from "../../an-org.js";
import { WORLD } from "../spec/cast.js";
import type { Request } from "./two.js";

const ACTION = "/api/v2/integrations/actions/a1/execute";
/** The thing that exists at the start. */
export const THING = "/api/v2/mock/things/1";

/** A mock whose every sleep lasts until the test ends it, and two connections to it. */
export interface Held {
  readonly mock: Mock;
  /** Sends one of the two requests; its answer comes when it comes. */
  readonly send: (who: number, request: Request) => void;
  readonly answerOf: (who: number) => Reply | null;
  /** Ends the connection of one of the two. */
  readonly hangUp: (who: number) => void;
  /** The sleeps that nobody has ended, oldest first. */
  readonly sleeps: (() => void)[];
  /** Lets sockets and timers have turns until something is so; false where it never is. */
  readonly until: (isSo: () => boolean) => Promise<boolean>;
  /** Lets them have the turns that a lost connection takes to be noticed. */
  readonly settle: () => Promise<void>;
  readonly get: (path: string) => Promise<Reply>;
  /** From now on nobody is held. */
  readonly letGo: () => void;
  readonly traceOf: (reply: Reply) => TraceEntry | undefined;
  readonly close: () => Promise<void>;
}

/** Turns that are plenty for a request on loopback, and for the end of a connection to be noticed. */
const TURNS = 3_000;
const END_TURNS = 200;

async function until(isSo: () => boolean, most = TURNS): Promise<boolean> {
  for (let turns = 0; turns < most; turns++) {
    if (isSo()) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}

function headersOf({ key, conditional }: Request, etag: string): Record<string, string> {
  return {
    "Content-Type": "application/json",
    ...(key === null ? {} : { "Idempotency-Key": key }),
    ...(conditional ? { "If-Match": etag } : {}),
  };
}

/** Starts a mock in which every sleep is held. */
export async function hold(policyText: string): Promise<Held> {
  const sleeps: (() => void)[] = [];
  let held = true;
  const clock = virtualClock(Date.UTC(2026, 10, 21));
  const sleep = (): Promise<void> =>
    held ? new Promise((resolve) => sleeps.push(resolve)) : Promise.resolve();
  const mock = await startMock({ policy: parsePolicy(policyText), clock: { ...clock, sleep }, world: WORLD });
  const agents = [new Agent(), new Agent()];
  const answers = new Map<number, Reply>();
  const authorization = { Authorization: `Bearer ${mock.token(null, "valid")}` };
  const get = async (path: string): Promise<Reply> =>
    sendTo(mock.url, undefined, { method: "GET", path, headers: authorization, body: undefined });
  held = false;
  const etag = String((await get(THING)).headers.etag);
  held = true;
  const send = (who: number, request: Request): void => {
    const headers = { ...authorization, ...headersOf(request, etag) };
    const path = request.on === "action" ? ACTION : THING;
    const method = request.on === "action" ? "POST" : "PUT";
    const body = JSON.stringify({ value: request.value });
    sendTo(mock.url, agents[who], { method, path, headers, body }).then(
      (reply) => void answers.set(who, reply),
      () => {},
    );
  };
  const letGo = (): void => {
    held = false;
    for (const proceed of sleeps.splice(0)) proceed();
  };
  return {
    mock,
    send,
    answerOf: (who) => answers.get(who) ?? null,
    hangUp: (who) => agents[who]?.destroy(),
    sleeps,
    until: (isSo) => until(isSo),
    settle: async () => void (await until(() => false, END_TURNS)),
    get,
    letGo,
    traceOf: ({ headers }) =>
      mock.trace().find(({ correlationId }) => correlationId === headers["inin-correlation-id"]),
    close: async () => {
      letGo();
      for (const agent of agents) agent.destroy();
      await mock.close();
    },
  };
}
