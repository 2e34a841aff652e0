import type { AdjustableClock } from "../core/clock.js";
import type { InProcessMock } from "../mock/in-process.js";
import { NO_POLICY } from "../policy/lay-over.js";
import { attributesIn } from "./change.js";
import { READ_PATH } from "./places.js";
import { toRequest } from "./wire.js";
import { isSuccess } from "./writer.js";

/** Longer than reads trail writes under any policy that somebody could wait for. */
const SETTLE_MS = 3_600_000;

/**
 * The participant's attributes as they are once a run is over. They are read under a policy without faults, limits and
 * lag, so that nothing stands between the state and whoever counts. Ends the run: the mock obeys that policy from then on.
 */
export async function attributesAtEnd(
  mock: InProcessMock,
  clock: AdjustableClock,
): Promise<Readonly<Record<string, string>>> {
  await mock.setPolicy(NO_POLICY);
  await clock.advance(SETTLE_MS);
  const authorization = `Bearer ${mock.token(null, "valid")}`;
  const read = { method: "GET", path: READ_PATH, query: "", headers: {} } as const;
  const { answer } = await mock.handle(toRequest(read, authorization, { id: "/end", rivals: new Set() }));
  if (!isSuccess(answer)) throw new Error("the state could not be read after a run");
  return attributesIn(answer.body);
}
