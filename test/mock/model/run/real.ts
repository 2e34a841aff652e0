import { Agent } from "node:http";
import { type VirtualClock, virtualClock } from "../../../../src/core/clock.js";
import type { Mock, TraceEntry } from "../../../../src/mock/mock.js";
import { startMock } from "../../../../src/mock/start-mock.js";
import { parsePolicy } from "../../../../src/policy/read-policy.js";
import { sendTo } from "../../an-org.js";
import { policyText } from "../generate/policy-text.js";
import { bodyText } from "../spec/bodies.js";
import { WORLD } from "../spec/cast.js";
import type { Seen } from "../spec/model.js";
import type { ModelPolicy } from "../spec/rules.js";
import { headersOf, type Sent, targetOf } from "../spec/sent.js";

/** A mock that serves on loopback and obeys the policy as a user would write it. */
export interface Real {
  readonly clock: VirtualClock;
  readonly mock: Mock;
  readonly send: (sent: Sent) => Promise<Seen>;
  readonly last: () => TraceEntry | undefined;
  readonly close: () => Promise<void>;
}

const NO_ANSWER: Seen = { status: null, headers: {}, text: "", json: {} };

function plainHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Seen["headers"] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : `${value}`,
    ]),
  );
}

/** Starts a mock on a virtual clock, with a client that keeps one connection. */
export async function startReal(policy: ModelPolicy): Promise<Real> {
  const clock = virtualClock(Date.UTC(2026, 10, 21));
  const mock = await startMock({ policy: parsePolicy(policyText(policy)), clock, world: WORLD });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = async (sent: Sent): Promise<Seen> => {
    const token = mock.token(sent.principal, sent.auth);
    const authorization: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
    const headers = { ...authorization, ...headersOf(sent) };
    const body = sent.body === null ? undefined : bodyText(sent.body);
    try {
      const reply = await sendTo(mock.url, agent, {
        method: sent.method,
        path: targetOf(sent),
        headers,
        body,
      });
      return { ...reply, headers: plainHeaders(reply.headers) };
    } catch {
      return NO_ANSWER;
    }
  };
  const close = async (): Promise<void> => {
    agent.destroy();
    await mock.close();
  };
  return { clock, mock, send, last: () => mock.trace().at(-1), close };
}
