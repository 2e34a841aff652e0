import { measuredClock, realClock, virtualClock } from "../core/clock.js";
import type { Target } from "../core/target.js";
import { mockTarget } from "../mock/mock-target.js";
import { startMock } from "../mock/start-mock.js";
import type { Policy } from "../policy/policy.js";
import { presetPolicy } from "../policy/presets.js";
import type { OpenedTarget } from "./remote-mock.js";
import type { TargetChoice } from "./session.js";

/** A token that no server issued. */
const INVALID_TOKEN = "Bearer gcidem-invalid-token";

async function openMock(policy: Policy, seed: number): Promise<OpenedTarget> {
  const clock = virtualClock();
  const mock = await startMock({ policy, seed, clock, control: false });
  const { atRealSpeed } = clock;
  const target = { ...mockTarget(mock, { virtualTime: true }), clock: measuredClock(clock), atRealSpeed };
  return { target, policyDescription: policy.description };
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

/**
 * Opens the server of one run. Owns it: close it. `chosen` is the policy that somebody asked for; without one the embedded
 * mock obeys `documented`, and a mock that is running what it obeys already. `ca`: PEM of an authority trusted besides the
 * system's.
 */
export async function openTarget(
  choice: TargetChoice,
  {
    chosen,
    seed,
    ca = null,
  }: { readonly chosen: Policy | null; readonly seed: number; readonly ca?: string | null },
): Promise<OpenedTarget> {
  if (choice.kind !== "mock") return { target: httpTarget(choice.baseUrl), policyDescription: null };
  if (choice.at === undefined) return openMock(chosen ?? presetPolicy("documented"), seed);
  const { openRemoteMock } = await import("./remote-mock.js");
  return openRemoteMock(choice.at, { chosen, ca });
}
