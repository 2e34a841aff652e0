import type { Beginning, KeyLookup } from "../idempotency/idempotency.js";
import { StepStopped } from "../idempotency/shared-key-store.js";
import { ConstitutionChanged, NothingDone, StoreUnavailable } from "../idempotency/shared-state.js";
import { beginKey } from "./key-stage.js";
import type { Passage } from "./passage.js";
import {
  answeredByKey,
  carryOut,
  type Decided,
  firstNo,
  noteIgnoredKey,
  type PipelineContext,
  type Ready,
  refusedByState,
  windowMs,
  workMs,
} from "./pipeline.js";
import { checksIn, planOf, RULES } from "./rules.js";
import { Dealings, type Sharing } from "./shared-dealings.js";
import { NotFetched } from "./shared-org.js";

export type { Sharing } from "./shared-dealings.js";

/** More rounds than this would mean that others write without a pause. */
const MOST_ROUNDS = 1_000;

/** No operation looks at so many documents for one representation. */
const MOST_LACKS = 10;

/** One request on its way, and what it works with. */
interface Way {
  readonly passage: Passage;
  readonly context: PipelineContext;
  readonly dealings: Dealings;
}

/** Carries the request out by what it sees, and commits that. Null: another server came between. */
async function attempt({ passage, context, dealings }: Way, refused: Ready | null): Promise<Decided | null> {
  const ready = refused ?? carryOut(passage, context);
  const committed = await dealings.commit(ready);
  if (committed === "lost") throw new NothingDone("another request took the key over when its lease ran out");
  if (committed === "changed") return null;
  if (ready.executed) noteIgnoredKey(passage, context);
  return ready;
}

/** What the rules say of the state as it is now. A request is counted only where those let it pass that stand before. */
async function refusedNow({ passage, context, dealings }: Way): Promise<Ready | null> {
  if (dealings.countsLate) {
    const { order } = passage.policy;
    const untilRate = checksIn(order.slice(order.indexOf("key") + 1, order.indexOf("rateLimit")));
    const no =
      firstNo(passage, context, planOf(passage.policy).againAfterKey) ?? firstNo(passage, context, untilRate);
    if (no !== null) return no;
    await dealings.count();
  }
  return refusedByState(passage, context);
}

/** C11: what was checked before the window is not checked again. That is the race which such a policy is there to show. */
async function checkThenSet(way: Way): Promise<Decided | null> {
  const { passage, context, dealings } = way;
  const openMs = windowMs(passage);
  const refused = await refusedNow(way);
  if (refused !== null || openMs === 0) return attempt(way, refused);
  await context.clock.sleep(openMs);
  await dealings.fetch();
  return (await attempt(way, null)) ?? again(way, () => attempt(way, null));
}

/** Tries again for as long as other servers come between. */
async function again({ dealings }: Way, act: () => Promise<Decided | null>): Promise<Decided> {
  return dealings.inTurn(async () => {
    await dealings.fetch();
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const decided = await act();
      if (decided !== null) return decided;
    }
    throw new NothingDone("others wrote the same resource without a pause");
  });
}

/** From the last wait on: the rules, the write and its commit; anew where another server came between. */
async function decideByState(way: Way): Promise<Decided> {
  const { note } = way.passage;
  const byState = async (): Promise<Decided | null> => {
    way.passage.note = note;
    return attempt(way, await refusedNow(way));
  };
  return (await checkThenSet(way)) ?? again(way, byState);
}

function earlyNo({ passage, context }: Way): Ready | null {
  return firstNo(passage, context, planOf(passage.policy).beforeKey);
}

/** What the rules before the key say. A refused request still leaves what it brought into being by looking at it. */
async function leaveEarly(way: Way): Promise<Decided | null> {
  const { passage, context, dealings } = way;
  const { order } = passage.policy;
  const rateAt = order.indexOf("rateLimit");
  let refused: Ready | null = null;
  if (dealings.countsLate && rateAt < order.indexOf("key")) {
    refused = firstNo(passage, context, checksIn(order.slice(0, rateAt)));
    if (refused === null) await dealings.count();
  }
  refused ??= earlyNo(way);
  if (refused !== null) await dealings.commit(refused);
  return refused;
}

/** True where login and rate are all that comes before the key: then the step that wins the key asks about them. */
function isOneStep({ policy, fault }: Passage): boolean {
  const early = policy.order.slice(0, policy.order.indexOf("key"));
  if (fault?.kind === "429" && early.includes("rateLimit")) return false;
  return early.every((rule) => rule === "auth" || rule === "rateLimit");
}

/** The rules before the key, where they cannot wait for the step that wins it. */
async function refusedEarly(way: Way): Promise<Decided | null> {
  const { passage, context, dealings } = way;
  if (!isOneStep(passage)) await dealings.fetch();
  // Whom this server does not let in another one may know: by a secret, a world or a time that it has not seen yet.
  else if (RULES.auth(passage, context) !== null) await dealings.confirm();
  else return null;
  return leaveEarly(way);
}

/** The key's own answer. A replay that shows the state of now looks at what only the record of its key names. */
async function answerByKey(way: Way, beginning: Beginning): Promise<Decided | null> {
  const { passage, context, dealings } = way;
  const shows = beginning.kind === "replay" && passage.policy.idempotency.replay.content === "current-state";
  if (shows && dealings.view === null) await dealings.fetch();
  for (let lacks = 0; ; lacks++) {
    try {
      return answeredByKey(passage, context, beginning);
    } catch (error) {
      if (!shows || lacks === MOST_LACKS || !(error instanceof NotFetched)) throw error;
      await dealings.fetch([error.need]);
    }
  }
}

async function decide(way: Way): Promise<Decided> {
  const { passage, context, dealings } = way;
  const early = await refusedEarly(way);
  if (early !== null) return early;
  const beginning = await beginKey(passage, dealings.engine);
  if (beginning.kind === "refuse" && !dealings.hasBegun) {
    await dealings.confirm();
    const no = earlyNo(way);
    if (no !== null) return no;
  }
  const byKey = await answerByKey(way, beginning);
  if (byKey !== null) return byKey;
  const lacksSteps = dealings.decideKey();
  if (lacksSteps || dealings.view === null) await dealings.fetch();
  if (beginning.kind === "ignore") {
    const no = await leaveEarly(way);
    if (no !== null) return no;
  }
  const sleepMs = workMs(passage, context);
  if (sleepMs > 0) {
    await context.clock.sleep(sleepMs);
    await dealings.fetch();
  }
  return decideByState(way);
}

/** The login or the rate was in the way of the step that would have won the key: their own rules say it. */
function stopped(way: Way): Decided {
  const refused = earlyNo(way);
  if (refused === null) throw new Error("a step was stopped, and no rule says why");
  return refused;
}

/**
 * Takes a request through the rules where the state lies in a store that several servers share: one step for a replay,
 * two for an execution. `decideRequest` does the same for a state of this process.
 */
export async function decideShared(
  passage: Passage,
  context: PipelineContext,
  sharing: Sharing,
): Promise<Decided> {
  const dealings = new Dealings(passage, context, sharing);
  const way = { passage, context, dealings };
  try {
    if (isEnded(passage)) await dealings.revoke();
    return await decide(way);
  } catch (error) {
    if (error instanceof StepStopped) return stopped(way);
    const isBug = !(error instanceof StoreUnavailable || error instanceof ConstitutionChanged);
    if (isBug) await dealings.abandon();
    throw error;
  }
}

/** True where a fault has just ended the life of the request's token. */
function isEnded({ fault, login }: Passage): boolean {
  const ended = login.kind === "refused" && login.refusal.cause === "token-expired";
  return fault?.kind === "expire-token" && ended;
}

/** The look-up of a key. Nothing is found for a login or a rate that the rules are going to refuse. */
export async function lookUpShared(
  passage: Passage,
  context: PipelineContext,
  sharing: Sharing,
): Promise<readonly KeyLookup[]> {
  const dealings = new Dealings(passage, context, sharing);
  // A look-up knows no order: whom it does not let in it does not count.
  if (passage.login.kind === "refused") {
    await dealings.touch();
    return [];
  }
  dealings.decideKey();
  await dealings.count();
  return dealings.engine.lookUp(passage.params[0] ?? "", passage.caller.account, passage.policy.idempotency);
}
