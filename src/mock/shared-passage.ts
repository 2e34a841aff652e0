import { stateAfter } from "../idempotency/end.js";
import { createKeyEngine, type KeyEngine } from "../idempotency/engine.js";
import type { KeyLookup, KeyRecord } from "../idempotency/idempotency.js";
import { createSharedKeyStore, endingStep, StepStopped, stepOf } from "../idempotency/shared-key-store.js";
import {
  type FoundDocument,
  type KeyStep,
  type SharedState,
  type Step,
  type StepResult,
  StoreUnavailable,
} from "../idempotency/shared-state.js";
import { expiredLogin } from "./auth.js";
import { beginKey, endingOf } from "./key-stage.js";
import type { Need } from "./operation.js";
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
import { rateState, WINDOW_MS } from "./rate-limit.js";
import { bodyValue, RULES, rateName } from "./rules.js";
import { type OrgView, openOrgView } from "./shared-org.js";
import { revocationName } from "./signed-token.js";

/** What a server that shares its state with others has besides. */
export interface Sharing {
  readonly state: SharedState;
  /** Version of the constitution that this server goes by. */
  readonly version: string;
  /** What this server's tokens start with. */
  readonly owner: string;
  /** Records of requests that run in this process. */
  readonly running: Map<string, KeyRecord>;
}

/** A claim holds this long beyond the work that its policy gives it: longer than a step takes, even a slow one. */
const LEASE_MS = 10_000;

/** How often a server asks whether another one's request has ended. */
const POLL_MS = 20;

/** More rounds than this would mean that others write without a pause. */
const MOST_ROUNDS = 100;

let passages = 0;

function needsOf(passage: Passage): readonly Need[] {
  const { route, params, caller, policy } = passage;
  return route.needs({ params, caller, policy, body: bodyValue(passage) });
}

/** One request's dealings with the shared state. */
class Dealings {
  readonly engine: KeyEngine;
  view: OrgView | null = null;
  readonly #passage: Passage;
  readonly #context: PipelineContext;
  readonly #sharing: Sharing;
  readonly #needs: readonly Need[];
  #met = false;

  constructor(passage: Passage, context: PipelineContext, sharing: Sharing) {
    this.#passage = passage;
    this.#context = context;
    this.#sharing = sharing;
    this.#needs = needsOf(passage);
    passages += 1;
    const { latency } = passage.policy;
    const nowMs = context.clock.nowMs;
    this.engine = createKeyEngine({
      clock: context.clock,
      store: createSharedKeyStore({
        nowMs,
        win: (key) => this.fetch(key),
        take: (key) => this.#step({ key }),
        running: sharing.running,
      }),
      leaseMs: LEASE_MS + latency.baseMs + latency.jitterMs + (passage.fault?.forMs ?? 0),
      owner: `${sharing.owner}/${passages}/`,
      resourceExists: (resource) => this.#exists(resource),
      untilEnded: () => context.clock.sleep(POLL_MS),
    });
  }

  /** The rules before the key, as far as the step that wins the key can look at them itself. */
  get #early(): readonly string[] {
    const { order } = this.#passage.policy;
    return order.slice(0, order.indexOf("key"));
  }

  /** True where login and rate are all that comes before the key: then one step does it all. */
  get isOneStep(): boolean {
    const early = this.#early;
    const counted = early.indexOf("rateLimit");
    return early.every(
      (rule) => rule === "auth" || (rule === "rateLimit" && counted > early.indexOf("auth")),
    );
  }

  /** Brings what the request needs, as it is now. @throws StepStopped where the login or the rate was in the way. */
  async fetch(key?: KeyStep): Promise<StepResult> {
    const { login } = this.#passage;
    const result = await this.#step({
      login: login.kind === "caller" && !this.#met ? revocationName(login.token) : undefined,
      rate: this.#rateToCount(key === undefined),
      key,
      documents: this.#needs,
    });
    this.#takeIn(result);
    return result;
  }

  async #step(parts: Parameters<typeof stepOf>[0]): Promise<StepResult> {
    const { state, version } = this.#sharing;
    // Once begun, a request is finished under the policy that it met; only a reset ends it.
    const known = this.#met ? (version.split(".")[0] ?? version) : version;
    const result = await state.step(stepOf(parts), known);
    this.#met = true;
    return result;
  }

  /** Counted once, and with the key only where the policy counts before it looks at keys. */
  #rateToCount(keyless: boolean): Step["rate"] {
    const { policy, rate } = this.#passage;
    if (policy.rateLimit === null || rate !== null) return undefined;
    if (!keyless && !this.#early.includes("rateLimit")) return undefined;
    return { name: rateName(this.#passage), allowed: policy.rateLimit.perMinute, windowMs: WINDOW_MS };
  }

  #takeIn({ kind, rate, documents }: StepResult): void {
    const passage = this.#passage;
    const { rateLimit } = passage.policy;
    if (rate !== null && rateLimit !== null) passage.rate = rateState(rate, rateLimit, rate.nowMs);
    if (kind === "revoked" && passage.login.kind === "caller") {
      passage.login = expiredLogin(passage.login.caller);
    }
    if (kind === "revoked" || kind === "limited") throw new StepStopped(kind);
    if (kind !== "held") this.#see(documents);
  }

  #see(documents: readonly FoundDocument[]): void {
    this.view = openOrgView(this.#context.org, this.#needs, documents);
    this.#passage.org = this.view.org;
    this.#passage.prepared = null;
  }

  async #exists(resource: string): Promise<boolean> {
    const slash = resource.indexOf("/");
    const documents = [{ table: resource.slice(0, slash), id: resource.slice(slash + 1) }];
    const { version, state } = this.#sharing;
    const found = await state.step({ documents }, version.split(".")[0] ?? version);
    return found.documents.some(({ text }) => text !== null);
  }

  /** Commits effect, record and answer in one step. */
  async commit(ready: Ready): Promise<"done" | "changed" | "lost"> {
    const passage = this.#passage;
    const { claim } = passage;
    const changes = this.view?.changes({ creationsOnly: !ready.executed }) ?? [];
    const how = { ending: endingOf(passage, ready), policy: passage.policy.idempotency };
    const state = claim === null ? null : stateAfter(claim, how);
    const key = claim === null || state === null ? null : endingStep(this.#parts, { ...claim, state });
    if (key === null && changes.length === 0) return "done";
    const documents = this.#needs;
    const { kind, documents: found } = await this.#step({ key: key ?? undefined, changes, documents });
    if (kind === "changed") this.#see(found);
    return kind === "held" ? "lost" : kind === "changed" ? "changed" : "done";
  }

  get #parts(): { readonly running: Map<string, KeyRecord>; readonly nowMs: () => number } {
    return { running: this.#sharing.running, nowMs: this.#context.clock.nowMs };
  }

  close(): void {
    const { claim } = this.#passage;
    if (claim !== null && claim.left !== "stuck") this.#sharing.running.delete(claim.token);
  }
}

/** From the last wait on: the rules, the write and its commit; anew for as long as another server came between. */
async function decideByState(
  passage: Passage,
  context: PipelineContext,
  dealings: Dealings,
): Promise<Decided> {
  const { note } = passage;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    passage.note = note;
    let ready = refusedByState(passage, context);
    const openMs = windowMs(passage);
    if (ready === null && openMs > 0) {
      await context.clock.sleep(openMs);
      await dealings.fetch();
    }
    ready ??= carryOut(passage, context);
    const committed = await dealings.commit(ready);
    if (committed === "lost")
      throw new StoreUnavailable("another request took the key when its lease ran out");
    if (committed === "done") {
      if (ready.executed) noteIgnoredKey(passage, context);
      return ready;
    }
  }
  throw new StoreUnavailable("others wrote the same resource without a pause");
}

function earlyNo(passage: Passage, context: PipelineContext): Decided | null {
  return firstNo(passage, context, { from: 0, to: passage.policy.order.indexOf("key"), stateOnly: false });
}

async function decide(passage: Passage, context: PipelineContext, dealings: Dealings): Promise<Decided> {
  if (!dealings.isOneStep) {
    await dealings.fetch();
    const early = earlyNo(passage, context);
    if (early !== null) return early;
  } else if (RULES.auth(passage, context) !== null) {
    const refused = earlyNo(passage, context);
    if (refused !== null) return refused;
  }
  const beginning = await beginKey(passage, dealings.engine);
  const shows = beginning.kind === "replay" && passage.policy.idempotency.replay.content === "current-state";
  if (dealings.view === null && (beginning.kind === "ignore" || shows)) await dealings.fetch();
  if (beginning.kind === "ignore") {
    const early = earlyNo(passage, context);
    if (early !== null) return early;
  }
  const byKey = answeredByKey(passage, context, beginning);
  if (byKey !== null) return byKey;
  const sleepMs = workMs(passage, context);
  if (sleepMs > 0) await context.clock.sleep(sleepMs);
  const uncounted = passage.policy.rateLimit !== null && passage.rate === null;
  if (sleepMs > 0 || uncounted) await dealings.fetch();
  return decideByState(passage, context, dealings);
}

/** The login or the rate was in the way of a step: their own rules say it. */
async function stopped(passage: Passage, context: PipelineContext, dealings: Dealings): Promise<Decided> {
  const { order } = passage.policy;
  const rules = ["auth", "rateLimit"] as const;
  const at = rules.map((rule) => order.indexOf(rule)).sort((a, b) => a - b);
  for (const from of at) {
    const refused = firstNo(passage, context, { from, to: from + 1, stateOnly: false });
    if (refused === null) continue;
    if (passage.claim !== null) await dealings.commit(refused);
    return refused;
  }
  throw new Error("a step was stopped, and no rule says why");
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
  if (passage.fault?.kind === "expire-token" && passage.login.kind === "caller") {
    await sharing.state.revoke(revocationName(passage.login.token));
  }
  const dealings = new Dealings(passage, context, sharing);
  try {
    return await decide(passage, context, dealings);
  } catch (error) {
    if (error instanceof StepStopped) return await stopped(passage, context, dealings);
    throw error;
  } finally {
    dealings.close();
  }
}

/** The look-up of a key. Nothing is found for a login or a rate that the rules are going to refuse. */
export async function lookUpShared(
  passage: Passage,
  context: PipelineContext,
  sharing: Sharing,
): Promise<readonly KeyLookup[]> {
  const dealings = new Dealings(passage, context, sharing);
  try {
    await dealings.fetch();
  } catch (error) {
    if (error instanceof StepStopped) return [];
    throw error;
  }
  return dealings.engine.lookUp(passage.params[0] ?? "", passage.caller.account, passage.policy.idempotency);
}
