import { recordAfter } from "../idempotency/end.js";
import { createKeyEngine, type KeyEngine } from "../idempotency/engine.js";
import type { Claim } from "../idempotency/idempotency.js";
import {
  createSharedKeyStore,
  type SharedKeyStore,
  type StepParts,
  StepStopped,
  stepOf,
} from "../idempotency/shared-key-store.js";
import {
  type KeyStep,
  type Known,
  NothingDone,
  type SharedState,
  type Step,
  type StepResult,
  StoreUnavailable,
} from "../idempotency/shared-state.js";
import { expiredLogin } from "./auth.js";
import { endingOf } from "./key-stage.js";
import type { Lane } from "./lane.js";
import type { Need } from "./operation.js";
import type { Passage } from "./passage.js";
import { type PipelineContext, type Ready, windowMs } from "./pipeline.js";
import { countedToken, rateState, WINDOW_MS } from "./rate-limit.js";
import { bodyValue, RULES, STATE_RULES } from "./rules.js";
import { documentsOf, type OrgView, openOrgView } from "./shared-org.js";
import { readKnownToken, tokenName } from "./signed-token.js";
import { isAlive, readLife } from "./tombstones.js";

/** What a server that shares its state with others has besides. */
export interface Sharing {
  readonly state: SharedState;
  /** The state that this server goes by. */
  readonly known: Known;
  /** What this server's tokens of keys start with. */
  readonly owner: string;
  readonly lane: Lane;
}

/** A claim holds this long beyond the work that its policy gives it: longer than a step takes, even a slow one. */
const LEASE_MS = 10_000;

/** How often a server asks whether another one's request has ended. */
const POLL_MS = 20;

/** More rounds than this would mean that others write without a pause. */
const MOST_ROUNDS = 100;

/** What became of a commit. `lost`: another request took the key over when the lease ran out. */
export type Committed = "done" | "changed" | "lost";

let passages = 0;

function needsOf(passage: Passage): readonly Need[] {
  const { route, params, caller, policy } = passage;
  return route.needs({ params, caller, policy, body: bodyValue(passage) });
}

function leaseMs(passage: Passage): number {
  const { latency, idempotency } = passage.policy;
  const claimWindowMs = idempotency.claim.kind === "atomic" ? 0 : idempotency.claim.windowMs;
  const workMs = latency.baseMs + latency.jitterMs + (passage.fault?.forMs ?? 0);
  return LEASE_MS + workMs + windowMs(passage) + claimWindowMs;
}

/** One request's dealings with the state that its server shares with others. */
export class Dealings {
  readonly engine: KeyEngine;
  view: OrgView | null = null;
  readonly #passage: Passage;
  readonly #context: PipelineContext;
  readonly #sharing: Sharing;
  readonly #store: SharedKeyStore;
  #needs: readonly Need[];
  #hasBegun = false;
  #isLoginAsked = false;
  #isCountDue = false;
  /** Before the key is decided, only the rules that stand before it in the order have a say. */
  #isKeyDecided = false;

  constructor(passage: Passage, context: PipelineContext, sharing: Sharing) {
    this.#passage = passage;
    this.#context = context;
    this.#sharing = sharing;
    this.#needs = needsOf(passage);
    passages += 1;
    const { nowMs } = context.clock;
    this.#store = createSharedKeyStore({
      nowMs,
      win: (key) => this.#take({ key, documents: documentsOf(this.#needs) }),
      take: (key) => this.#take({ key }),
    });
    const engine = createKeyEngine({
      clock: context.clock,
      store: this.#store,
      leaseMs: leaseMs(passage),
      owner: `${sharing.owner}/${passages}/`,
      resourceExists: (resource) => this.#exists(resource),
      untilEnded: () => context.clock.sleep(POLL_MS),
    });
    // Nobody waits for what a policy does to the key of a client that is gone.
    const disconnected: KeyEngine["disconnected"] = async (claim, policy) => {
      await Promise.resolve(engine.disconnected(claim, policy)).catch(() => undefined);
    };
    this.engine = { ...engine, disconnected };
  }

  /** Acts when it is this request's turn among those of its server that lost a race. */
  get inTurn(): Lane["inTurn"] {
    return this.#sharing.lane.inTurn;
  }

  /** True once a step was taken. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** From now on the rules behind the key have a say too. True where one of them needs a step of its own. */
  decideKey(): boolean {
    this.#isKeyDecided = true;
    const { login, rate } = this.#admission();
    return login !== undefined || rate !== undefined;
  }

  /** Ends the life of the token that was sent, for every server. */
  async revoke(): Promise<void> {
    const { authorization = "" } = this.#passage.passed.headers;
    const text = authorization.slice("bearer ".length).trim();
    const forMs = readKnownToken(text).expiresAtMs - this.#context.clock.nowMs();
    await this.#take({ revoke: { login: tokenName(text), forMs: Math.max(1, Math.ceil(forMs)) } });
  }

  /** Brings what the request needs, as it is now; `also`: and this, from now on. */
  async fetch(also: readonly Need[] = []): Promise<void> {
    this.#needs = [...this.#needs, ...also];
    await this.#take({ documents: documentsOf(this.#needs) });
  }

  /** True where the request is not counted yet, since rules stand before the one that counts which look at the state. */
  get countsLate(): boolean {
    const { policy, rate } = this.#passage;
    if (policy.rateLimit === null || rate !== null) return false;
    return policy.order.slice(0, policy.order.indexOf("rateLimit")).some((rule) => STATE_RULES.has(rule));
  }

  /** Counts the request, which the rules have let pass that stand before. */
  async count(): Promise<void> {
    this.#isCountDue = true;
    await this.confirm();
  }

  /** Asks for nothing but whether this server knows the state as it is. */
  async touch(): Promise<void> {
    await this.#take({}, {});
  }

  /** Asks for nothing but whether this server knows the state as it is, and counts the request where that is due. */
  async confirm(): Promise<void> {
    await this.#take({});
  }

  /** Commits effect, record and answer in one step. */
  async commit(ready: Ready): Promise<Committed> {
    const { claim } = this.#passage;
    let isHeld = claim !== null;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const changes = this.view?.changes({ creationsOnly: !ready.executed }) ?? [];
      const key = claim === null || !isHeld ? null : this.#ending(claim, ready);
      if (key === null && changes.length === 0) return "done";
      const documents = documentsOf(this.#needs);
      const parts = { key: key ?? undefined, changes, documents };
      const result = await (ready.executed ? this.#tryToTake(parts, {}) : this.#take(parts, {}));
      if (result.kind !== "held" || claim === null) return result.kind === "changed" ? "changed" : "done";
      isHeld = this.#store.see(result)?.token === claim.token;
      // Whom the policy itself let have the key (a claim without atomicity, a released key) takes nothing from this one.
      if (!isHeld && this.#store.isOverdue(result)) return ready.executed ? "lost" : "done";
    }
    throw new NothingDone("others used the same key without a pause");
  }

  /** Ends the claim as if the request had never come: it met a bug. */
  async abandon(): Promise<void> {
    const { claim } = this.#passage;
    if (claim !== null) await this.engine.abandon(claim);
  }

  #ending(claim: Claim, ready: Ready): KeyStep | null {
    const { idempotency: policy } = this.#passage.policy;
    const end = { ending: endingOf(this.#passage, ready), policy, nowMs: this.#context.clock.nowMs };
    return this.#store.ending(claim, recordAfter(claim, end));
  }

  /** What a step has to ask about login and rate: each is asked once, and only where its rule is due. */
  #admission(): Pick<StepParts, "login" | "rate"> {
    const { policy, login } = this.#passage;
    const { order } = policy;
    const due = this.#isKeyDecided ? order : order.slice(0, order.indexOf("key"));
    const asksLogin = login.kind === "caller" && !this.#isLoginAsked && due.includes("auth");
    const asksRate = due.includes("rateLimit") && (this.#isCountDue || !this.countsLate);
    return {
      login: asksLogin ? tokenName(login.token) : undefined,
      rate: asksRate ? this.#rateToCount() : undefined,
    };
  }

  #rateToCount(): Step["rate"] {
    const { policy, rate } = this.#passage;
    const { order, rateLimit } = policy;
    const first = order.indexOf("rateLimit") < order.indexOf("auth");
    if (rateLimit === null || rate !== null) return undefined;
    if (!first && RULES.auth(this.#passage, this.#context) !== null) return undefined;
    // The store is not told the token itself.
    const name = tokenName(countedToken(this.#passage));
    return { name, allowed: rateLimit.perMinute, windowMs: WINDOW_MS, first };
  }

  async #take(
    parts: StepParts,
    admission: Pick<StepParts, "login" | "rate"> = this.#admission(),
  ): Promise<StepResult> {
    try {
      return await this.#tryToTake(parts, admission);
    } catch (error) {
      throw error instanceof StoreUnavailable ? new NothingDone(error.message, { cause: error }) : error;
    }
  }

  /** @throws StoreUnavailable where nobody knows whether the step was taken */
  async #tryToTake(parts: StepParts, admission: Pick<StepParts, "login" | "rate">): Promise<StepResult> {
    const { state, known } = this.#sharing;
    const step = stepOf({ ...parts, ...admission });
    // Once begun, a request is finished under the policy that it met; only a reset ends it.
    const result = await state.step(step, this.#hasBegun ? { ...known, edition: null } : known);
    this.#hasBegun = true;
    this.#isLoginAsked ||= admission.login !== undefined;
    this.#takeIn(step, result);
    return result;
  }

  #takeIn({ changes, documents }: Step, { kind, revoked, rate, nowMs, documents: found }: StepResult): void {
    const passage = this.#passage;
    const { rateLimit } = passage.policy;
    if (rate !== null && rateLimit !== null) passage.rate = rateState(rate, rateLimit, nowMs);
    if (revoked && passage.login.kind === "caller") passage.login = expiredLogin(passage.login.caller);
    if (kind === "stopped") throw new StepStopped("before the key");
    if (documents === undefined || kind !== (changes === undefined ? "done" : "changed")) return;
    const { org: base, clock } = this.#context;
    this.view = openOrgView({ base, needs: this.#needs, found, nowMs: clock.nowMs });
    passage.org = this.view.org;
    passage.prepared = null;
  }

  async #exists(resource: string): Promise<boolean> {
    const named = readLife(resource);
    if (named === null) return true;
    const needs: readonly Need[] = [{ table: named.table, id: named.id }];
    const { state, known } = this.#sharing;
    const found = await state.step({ documents: documentsOf(needs) }, { ...known, edition: null });
    const { org: base, clock } = this.#context;
    const view = openOrgView({ base, needs, found: found.documents, nowMs: clock.nowMs });
    return isAlive(view.org, resource);
  }
}
