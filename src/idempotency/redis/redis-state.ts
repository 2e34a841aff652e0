import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { GcidemError } from "../../core/errors.js";
import {
  type Constitution,
  ConstitutionChanged,
  type FoundDocument,
  type SharedState,
  type Step,
  type StepResult,
  StoreUnavailable,
} from "../shared-state.js";
import { createSharedClock } from "./shared-clock.js";
import { CONSTITUTION_SCRIPT, STEP_SCRIPT } from "./step-script.js";

/** Longer than this a client of the mock should not wait to be told that the store is gone. */
const COMMAND_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 500;

/** What all keys start with, so that a Redis may serve others too. */
const PREFIX = "gcidem:";

type Scripted = Redis & {
  readonly gcidemStep: (prefix: string, step: string) => Promise<readonly string[]>;
  readonly gcidemConstitution: (
    prefix: string,
    act: "make" | "reset" | "policy",
    ...values: readonly string[]
  ) => Promise<readonly (string | null)[]>;
};

/** How to open a state in Redis. */
export interface RedisOptions {
  /** `redis://` or `rediss://`, with host, port and database as ioredis reads them. */
  readonly url: string;
  readonly seed: number;
  /** The world as JSON; `null` for none. Counts only where the state is made by this. */
  readonly world: string;
  /** Told once each time that the store goes away or comes back. */
  readonly onWarning: (warning: string) => void;
}

/** The address without a password: it goes into messages. */
function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}

async function connect({ url, onWarning }: RedisOptions): Promise<Scripted> {
  // Bundled as an ES module, this CommonJS package has a default export and no named ones.
  const { default: ioredis } = await import("ioredis");
  let down = true;
  const client = new ioredis.Redis(url, {
    lazyConnect: true,
    // A step must not happen behind the back of whoever was told that it failed.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: COMMAND_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (times: number) => Math.min(50 * times, LONGEST_RECONNECT_PAUSE_MS),
    scripts: {
      gcidemStep: { lua: STEP_SCRIPT, numberOfKeys: 1 },
      gcidemConstitution: { lua: CONSTITUTION_SCRIPT, numberOfKeys: 1 },
    },
  });
  client.on("error", () => undefined);
  client.on("close", () => {
    if (!down) onWarning(`the store ${shown(url)} is gone; requests get 503 until it is back`);
    down = true;
  });
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    const reason = error instanceof Error ? error.message : String(error);
    throw new GcidemError("usage", `cannot reach the store ${shown(url)}: ${reason}`, {
      hint: "start Redis there, or give another --store",
      cause: error,
    });
  }
  down = false;
  client.on("ready", () => {
    if (down) onWarning(`the store ${shown(url)} is back`);
    down = false;
  });
  return client as Scripted;
}

function toConstitution(parts: readonly (string | null)[]): Constitution {
  const [generation, edition, seed, world, policy, secret, madeMs] = parts;
  return {
    seed: Number(seed ?? 1),
    world: world ?? "null",
    policy: policy ?? null,
    secret: secret ?? "",
    madeMs: Number(madeMs ?? 0),
    version: `${generation}.${edition}`,
  };
}

function toDocuments(texts: readonly string[]): readonly FoundDocument[] {
  const documents: FoundDocument[] = [];
  for (let index = 0; index + 3 < texts.length; index += 4) {
    const [table = "", id = "", stamp = "", text = ""] = texts.slice(index, index + 4);
    documents.push({ table, id, stamp, text: stamp === "" ? null : text });
  }
  return documents;
}

const KINDS: readonly string[] = [
  "done",
  "revoked",
  "limited",
  "held",
  "changed",
] satisfies StepResult["kind"][];

function toResult(reply: readonly string[]): StepResult {
  const [kind = "", now = "", count = "", start = "", records = "0"] = reply;
  if (kind === "moved") throw new ConstitutionChanged("the state was reset or another policy was put");
  if (!KINDS.includes(kind)) throw new Error(`found the answer "${kind}" of a step`);
  const end = 5 + Number(records);
  return {
    kind: kind as StepResult["kind"],
    rate: start === "" ? null : { count: Number(count), startMs: Number(start), nowMs: Number(now) },
    records: reply.slice(5, end),
    documents: toDocuments(reply.slice(end)),
  };
}

/** Null and undefined are left out: Lua's JSON would make a value of them that counts as true. */
function stepText(step: Step, version: string): string {
  return JSON.stringify({ ...step, version }, (_name, value: unknown) =>
    value === null ? undefined : value,
  );
}

/** A call whose failure means that the store is out of reach. */
async function reach<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function forget(client: Redis, generation: string): Promise<void> {
  for await (const names of client.scanStream({ match: `${PREFIX}${generation}:*`, count: 500 })) {
    if (Array.isArray(names) && names.length > 0) await client.unlink(...(names as string[]));
  }
}

/**
 * Opens the state that every gcidem mock on this Redis shares, and makes it where there is none.
 * @throws GcidemError `usage` where Redis is out of reach
 */
export async function openRedisState(options: RedisOptions): Promise<SharedState> {
  const client = await connect(options);
  const constitute = async (act: "make" | "reset" | "policy", ...values: readonly string[]) =>
    toConstitution(await reach(client.gcidemConstitution(PREFIX, act, ...values)));
  const newSecret = (): string => randomBytes(32).toString("base64url");
  const make = (): Promise<Constitution> =>
    constitute("make", String(options.seed), options.world, newSecret());
  const readOffset = async (): Promise<number> => {
    const [[seconds = 0, microseconds = 0], offset] = await reach(
      Promise.all([client.time(), client.hget(`${PREFIX}meta`, "offsetMs")]),
    );
    return Number(seconds) * 1000 + Number(microseconds) / 1000 + Number(offset ?? 0);
  };
  await make();
  const clock = createSharedClock(await readOffset());
  return {
    clock: {
      ...clock,
      advance: async (durationMs) => {
        await reach(client.hincrbyfloat(`${PREFIX}meta`, "offsetMs", durationMs));
        await clock.advance(durationMs);
      },
    },
    step: async (step, version) => {
      const reply = await reach(client.gcidemStep(PREFIX, stepText(step, version)));
      clock.toldMs(Number(reply[1]));
      return toResult(reply);
    },
    constitution: make,
    reset: async ({ seed, world }) => {
      const [generation = ""] = (await make()).version.split(".");
      const next = await constitute("reset", String(seed), world, newSecret());
      await reach(forget(client, generation));
      return next;
    },
    putPolicy: (text) => constitute("policy", text),
    revoke: async (login) => {
      const { version } = await make();
      await reach(client.set(`${PREFIX}${version.split(".")[0]}:x:${login}`, "1"));
    },
    close: async () => {
      client.disconnect();
    },
  };
}
