import type { Policy } from "../policy/policy.js";
import { executePath } from "./places.js";
import { withKey } from "./token-place.js";
import type { CreateManner } from "./ways.js";
import { isSuccess, pauseMs, type Sent, type Writer, waitFor } from "./writer.js";

/** Executes a writer's action in a manner. True: it was told that it was executed. */
export async function create(writer: Writer, manner: CreateManner, policy: Policy): Promise<boolean> {
  const { mark, random } = writer;
  const request: Sent = {
    method: "POST",
    path: executePath(mark),
    query: "",
    headers: {},
    body: { contactId: mark },
  };
  let keyed = withKey(request, random.uuid(), policy);
  for (let attempt = 1; ; attempt++) {
    const reply = await writer.send(keyed);
    if (isSuccess(reply)) return true;
    if (!(await waitFor(writer, pauseMs(manner.pausing, attempt, random), reply))) return false;
    if (manner.newKeyForEachAttempt) keyed = withKey(request, random.uuid(), policy);
  }
}
