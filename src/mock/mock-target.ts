import type { Target } from "../core/target.js";
import type { Mock } from "./mock.js";
import { arrivalsIn } from "./trace.js";

/** A mock as a run sees it. `virtualTime`: true where its clock is a virtual one, so that waiting costs nothing. */
export function mockTarget(mock: Mock, { virtualTime }: { readonly virtualTime: boolean }): Target {
  return {
    kind: "mock",
    baseUrl: mock.url,
    policy: mock.policy().name,
    clock: mock.clock,
    virtualTime,
    authorization: (principal, auth) => {
      const token = mock.token(principal, auth);
      return token === null ? null : `Bearer ${token}`;
    },
    arm: mock.arm,
    announce: mock.announce,
    reset: mock.reset,
    arrivals: (correlationIds) => arrivalsIn(mock.trace(), correlationIds),
    close: mock.close,
  };
}
