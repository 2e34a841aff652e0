import { randomBytes, randomUUID } from "node:crypto";
import {
  type Constitution,
  ConstitutionChanged,
  type FoundDocument,
  type FoundRecord,
  type KeyStep,
  type NewRecord,
  NothingDone,
  type SharedState,
  type Step,
  type StepResult,
  StoreUnavailable,
} from "../shared-state.js";
import { COMMAND_TIMEOUT_MS, connectRedis, type RedisClient, unusable } from "./redis-client.js";
import { createSharedClock } from "./shared-clock.js";
import { storedName, toldName } from "./stored-name.js";

/**
 * What all keys start with, so that a Redis may serve others too. The number moves with the form of what is kept, so
 * that two editions of gcidem never read each other's.
 */
const PREFIX = "gcidem:1:";

/** How to open a state in Redis. */
export interface RedisOptions {
  /** `redis://` or `rediss://`, with password, host, port and database as ioredis reads them. */
  readonly url: string;
  readonly seed: number;
  /** The world as JSON; `null` for none. Counts only where the state is made by this. */
  readonly world: string;
  /** Told once each time that the store goes away or comes back. */
  readonly onWarning: (warning: string) => void;
}

/** What a state begins with that has to be made. */
type Beginning = Pick<Constitution, "seed" | "world" | "secret" | "policy">;

/** What the constitution's script is asked for. */
interface Amendment {
  readonly act: "make" | "reset" | "policy" | "advance";
  readonly value?: string;
}

/** A constitution with the time at which it was told. */
interface Told {
  readonly constitution: Constitution;
  readonly addedMs: string;
  readonly nowMs: number;
}

/** Null and undefined are left out: Lua's JSON would make a value of them that counts as true. */
function toText(ask: object): string {
  return JSON.stringify(ask, (_name, value: unknown) => (value === null ? undefined : value));
}

const TOO_LATE = "the store got to it too late, and did nothing";

function toTold(reply: readonly (string | null)[]): Told {
  if (reply.length === 0) throw new NothingDone(TOO_LATE);
  const [generation, edition, seed, world, policy, policySinceMs, secret, madeMs, addedMs, nowMs] = reply;
  const constitution = {
    generation: generation ?? "",
    edition: edition ?? "",
    seed: Number(seed ?? 1),
    world: world ?? "null",
    policy: policy ?? null,
    policySinceMs: Number(policySinceMs ?? madeMs ?? 0),
    secret: secret ?? "",
    madeMs: Number(madeMs ?? 0),
  };
  return { constitution, addedMs: addedMs ?? "0", nowMs: Number(nowMs ?? 0) };
}

async function ask(
  { redis, reach }: RedisClient,
  of: Amendment & {
    readonly beginning: Beginning;
    readonly addedMs: string;
    readonly untilMs: number | null;
  },
): Promise<Told> {
  const { beginning, ...asked } = of;
  const text = toText({ ...asked, ...beginning, seed: String(beginning.seed), generation: randomUUID() });
  return toTold(await reach(redis.gcidemConstitution(PREFIX, text), asked.act !== "make"));
}

function toRecords(texts: readonly string[]): readonly FoundRecord[] {
  const records: FoundRecord[] = [];
  for (let index = 0; index + 1 < texts.length; index += 2) {
    const [stamp = "", text = ""] = texts.slice(index, index + 2);
    records.push({ stamp, text });
  }
  return records;
}

function toDocuments(texts: readonly string[]): readonly FoundDocument[] {
  const documents: FoundDocument[] = [];
  for (let index = 0; index + 3 < texts.length; index += 4) {
    const [table = "", id = "", stamp = "", text = ""] = texts.slice(index, index + 4);
    documents.push({ table, id: toldName(id), stamp, text: stamp === "" ? null : text });
  }
  return documents;
}

const KINDS: ReadonlySet<string> = new Set([
  "done",
  "stopped",
  "held",
  "changed",
] satisfies StepResult["kind"][]);

/** Texts of an answer before its records. */
const HEAD_LENGTH = 7;

function toResult(reply: readonly string[]): StepResult {
  const [kind = "", nowMs, revoked, count, startMs = "", stamp = "", records] = reply;
  if (!KINDS.has(kind)) throw new Error(`found the answer "${kind}" of a step`);
  const end = HEAD_LENGTH + 2 * Number(records);
  return {
    kind: kind as StepResult["kind"],
    nowMs: Number(nowMs),
    revoked: revoked !== "",
    rate: startMs === "" ? null : { count: Number(count), startMs: Number(startMs) },
    stamp,
    records: toRecords(reply.slice(HEAD_LENGTH, end)),
    documents: toDocuments(reply.slice(end)),
  };
}

/** A step as the script wants it: names as they are in the store, and texts apart, so that none is JSON within JSON. */
interface Asked {
  readonly step: object;
  /** Named in the step by their places among the script's arguments, of which the step itself is the first. */
  readonly texts: readonly string[];
}

function asked({ key, changes, documents, ...rest }: Step): Asked {
  const texts: string[] = [];
  const placeOf = (text: string): number => texts.push(text) + 1;
  const placed = (record: NewRecord | null): object | null =>
    record === null ? null : { ...record, text: placeOf(record.text) };
  const keyed = (step: KeyStep): object => ({
    ...step,
    ...("id" in step ? { id: storedName(step.id) } : {}),
    ...("key" in step ? { key: storedName(step.key) } : {}),
    ...("record" in step ? { record: placed(step.record) } : {}),
  });
  const step = {
    ...rest,
    key: key === undefined ? undefined : keyed(key),
    changes: changes?.map(({ id, text, ...change }) => ({
      ...change,
      id: storedName(id),
      text: text === null ? null : placeOf(text),
    })),
    documents: documents?.map(({ table, id }) => ({ table, id: id === null ? null : storedName(id) })),
  };
  return { step, texts };
}

function writes({ key, changes = [] }: Step): boolean {
  return changes.length > 0 || (key !== undefined && key.op !== "get" && key.op !== "find");
}

/** Removes what former states left. Each process that opens or resets a state does it, so that a killed one leaves nothing. */
async function sweep({ redis }: RedisClient): Promise<void> {
  for (const former of await redis.smembers(`${PREFIX}former`)) {
    for await (const names of redis.scanStream({ match: `${PREFIX}${former}:*`, count: 500 })) {
      if (Array.isArray(names) && names.length > 0) await redis.unlink(...(names as string[]));
    }
    await redis.srem(`${PREFIX}former`, former);
  }
}

/** Behind the requests' backs: what fails now is done the next time. */
function sweepMeanwhile(client: RedisClient): void {
  sweep(client).catch(() => undefined);
}

/** Clocks that differ by less are the same: setting one costs a look at all of its timers. */
const SLACK_MS = 0.5;

/** A step that comes too late finds the clock set right; then it should come in time. */
const MOST_TRIES = 3;

async function openOn(client: RedisClient, { seed, world }: RedisOptions): Promise<SharedState> {
  const secret = randomBytes(32).toString("base64url");
  const unmade = { seed, world, secret, policy: null };
  const first = await ask(client, { act: "make", beginning: unmade, addedMs: "0", untilMs: null });
  const clock = createSharedClock(first.nowMs);
  // A state that a Redis lost begins anew as the last one did.
  let last = first.constitution;
  let { addedMs } = first;
  const untilMs = (): number => clock.nowMs() - Number(addedMs) + COMMAND_TIMEOUT_MS;
  const amend = async (amendment: Amendment, beginning: Partial<Beginning> = {}): Promise<Constitution> => {
    const asked = { ...amendment, beginning: { ...last, ...beginning }, addedMs, untilMs: untilMs() };
    const told = await ask(client, asked);
    last = told.constitution;
    await clock.told(told.nowMs, 0);
    addedMs = told.addedMs;
    return told.constitution;
  };
  sweepMeanwhile(client);
  return {
    clock: { ...clock, advance: async (ms) => void (await amend({ act: "advance", value: String(ms) })) },
    first: first.constitution,
    step: async (step, known) => {
      const { step: named, texts } = asked(step);
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const text = toText({ ...named, ...known, addedMs, untilMs: untilMs() });
        const reply = await client.reach(client.redis.gcidemStep(PREFIX, text, ...texts), writes(step));
        await clock.told(Number(reply[1]), SLACK_MS);
        if (reply[0] === "moved") throw new ConstitutionChanged("the state is not as it was known");
        if (reply[0] !== "late") return toResult(reply);
      }
      throw new NothingDone(TOO_LATE);
    },
    constitution: () => amend({ act: "make" }),
    reset: async (to) => {
      const next = await amend({ act: "reset" }, to);
      sweepMeanwhile(client);
      return next;
    },
    putPolicy: (text) => amend({ act: "policy", value: text }),
    close: async () => client.close(),
  };
}

/**
 * Opens the state that every gcidem mock on this Redis shares, and makes it where there is none.
 * @throws GcidemError `usage` where Redis cannot be used
 */
export async function openRedisState(options: RedisOptions): Promise<SharedState> {
  const client = await connectRedis(options.url, options.onWarning);
  try {
    return await openOn(client, options);
  } catch (error) {
    client.close();
    throw error instanceof StoreUnavailable ? unusable(options.url, error.cause ?? error) : error;
  }
}
