import { measuredClock, realClock, virtualClock } from "../core/clock.js";
import type { Target } from "../core/target.js";
import { mockTarget } from "../mock/mock-target.js";
import { startMock } from "../mock/start-mock.js";
import type { Policy } from "../policy/policy.js";
import { presetPolicy } from "../policy/presets.js";
import type { OpenedTarget } from "./remote-mock.js";
import type { TargetChoice } from "./session.js";
import type { TargetAccess } from "./target-access.js";
import type { RunWithLogins } from "./watch-logins.js";

/** A token that no server issued. */
const INVALID_TOKEN = "Bearer gcidem-invalid-token";

async function openMock(policy: Policy, seed: number): Promise<OpenedTarget> {
  const clock = virtualClock();
  const mock = await startMock({ policy, seed, clock, control: false });
  const { atRealSpeed } = clock;
  const target = { ...mockTarget(mock, { virtualTime: true }), clock: measuredClock(clock), atRealSpeed };
  return { target, policyDescription: policy.description };
}

/** A server of which nothing but its address is known. */
export function httpTarget(baseUrl: string): Target {
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

/** What a run asks of its target. */
interface Opening {
  /** The policy that somebody asked for; null: the embedded mock obeys `documented`, and a mock that is running what it does. */
  readonly chosen: Policy | null;
  readonly seed: number;
  /** PEM of an authority trusted besides the system's. */
  readonly ca?: string | null;
  /** What the runs of a session on one target share, and this one of them. A profile needs it. */
  readonly shared?: { readonly access: TargetAccess; readonly run: RunWithLogins };
}

/** Opens the server of one run. Owns it: close it. @throws GcidemError `unreachable` or `usage` */
export async function openTarget(
  choice: TargetChoice,
  { chosen, seed, ca = null, shared }: Opening,
): Promise<OpenedTarget> {
  if (shared !== undefined) return { target: shared.access.open(shared.run), policyDescription: null };
  if (choice.kind === "profile") throw new Error("a profile's target was opened without an access to it");
  if (choice.kind === "http") return { target: httpTarget(choice.baseUrl), policyDescription: null };
  if (choice.at === undefined) return openMock(chosen ?? presetPolicy("documented"), seed);
  const { openRemoteMock } = await import("./remote-mock.js");
  return openRemoteMock(choice.at, { chosen, ca });
}
