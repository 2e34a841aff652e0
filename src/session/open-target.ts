import { measuredClock, realClock, virtualClock } from "../core/clock.js";
import type { Target } from "../core/target.js";
import { mockTarget } from "../mock/mock-target.js";
import { startMock } from "../mock/start-mock.js";
import type { Policy } from "../policy/policy.js";
import type { TargetChoice } from "./session.js";

/** A token that no server issued. */
const INVALID_TOKEN = "Bearer gcidem-invalid-token";

async function openMock(policy: Policy, seed: number): Promise<Target> {
  const clock = virtualClock();
  const mock = await startMock({ policy, seed, clock });
  return { ...mockTarget(mock, { virtualTime: true }), clock: measuredClock(clock) };
}

function httpTarget(baseUrl: string): Target {
  return {
    kind: "http",
    baseUrl,
    policy: null,
    clock: realClock(),
    virtualTime: false,
    authorization: (_principal, auth) => (auth === "invalid" ? INVALID_TOKEN : null),
    close: async () => {},
  };
}

/** Opens the server of one run. Owns it: close it. */
export async function openTarget(choice: TargetChoice, policy: Policy, seed: number): Promise<Target> {
  return choice.kind === "mock" ? openMock(policy, seed) : httpTarget(choice.baseUrl);
}
