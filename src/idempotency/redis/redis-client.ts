import type { Redis } from "ioredis";
import { GcidemError } from "../../core/errors.js";
import { NothingDone, StoreUnavailable } from "../shared-state.js";
import { checkAddress, shownAddress } from "./address.js";
import { createOutages } from "./outages.js";
import { CONSTITUTION_SCRIPT, STEP_SCRIPT } from "./step-script.js";

/** Longer than this a client of the mock should not wait to be told that the store is gone. */
export const COMMAND_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 500;

/** Our scripts as commands of the client. */
interface Scripted extends Redis {
  readonly gcidemStep: (
    prefix: string,
    ask: string,
    ...texts: readonly string[]
  ) => Promise<readonly string[]>;
  readonly gcidemConstitution: (prefix: string, ask: string) => Promise<readonly (string | null)[]>;
}

/** A connection to a Redis that comes back by itself. */
export interface RedisClient {
  readonly redis: Scripted;
  /**
   * Waits for a call. `wrote`: it keeps something where it succeeds.
   * @throws StoreUnavailable where Redis is out of reach or too slow
   * @throws NothingDone where it is full or read-only
   */
  readonly reach: <T>(call: Promise<T>, wrote: boolean) => Promise<T>;
  readonly close: () => void;
}

async function newClient(url: string): Promise<Scripted> {
  // Bundled as an ES module, this CommonJS package has a default export and no named ones.
  const { default: ioredis } = await import("ioredis");
  return new ioredis.Redis(url, {
    lazyConnect: true,
    // A step must not happen behind the back of whoever was told that it failed.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: COMMAND_TIMEOUT_MS,
    // A connection whose other side vanished without a word ends after this; a new one may find it again.
    socketTimeout: 2 * COMMAND_TIMEOUT_MS,
    retryStrategy: (times: number) => Math.min(50 * times, LONGEST_RECONNECT_PAUSE_MS),
    scripts: {
      gcidemStep: { lua: STEP_SCRIPT, numberOfKeys: 1 },
      gcidemConstitution: { lua: CONSTITUTION_SCRIPT, numberOfKeys: 1 },
    },
  }) as Scripted;
}

/** Nobody answered in time. */
class TooSlow extends Error {
  constructor() {
    super(`no answer within ${COMMAND_TIMEOUT_MS} ms`);
  }
}

/** What a call gives, if it does so in time. @throws TooSlow */
async function inTime<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    // Where this process stood still itself, an answer may have come meanwhile: sockets have their turn first.
    timer = setTimeout(() => setImmediate(() => reject(new TooSlow())), COMMAND_TIMEOUT_MS);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

function hintFor(reason: string): string {
  if (/^(NOAUTH|WRONGPASS)/.test(reason)) {
    return "give its password in the address: redis://:PASSWORD@HOST:PORT, special characters percent-encoded";
  }
  if (reason.includes("DB index"))
    return "give the number of a database that it has, such as redis://HOST:PORT/0";
  return "start Redis there, or give another store";
}

/** A Redis that cannot be used from the start. */
export function unusable(url: string, error: unknown): GcidemError {
  const reason = error instanceof Error ? error.message : String(error);
  return new GcidemError("usage", `the store ${shownAddress(url)} cannot be used: ${reason}`, {
    hint: hintFor(reason),
    cause: error,
  });
}

/** A script's own mistake is a bug of gcidem's, and no outage. Before Redis 7 a refusal came in the same words. */
function isBug({ message }: Error): boolean {
  const isOfScript = /^ERR (user_script|Error (running|compiling) script)/.test(message);
  return isOfScript && !/-(OOM|READONLY|MISCONF|NOREPLICAS|NOPERM) /.test(message);
}

/** Why a connection failed of which the client says only that it did; null while nothing is wrong with it. */
function watch(redis: Redis): { readonly reason: () => Error | null } {
  let reason: Error | null = null;
  redis.on("error", (error: Error) => {
    reason = error;
  });
  return { reason: () => reason };
}

async function connect(redis: Redis, url: string): Promise<void> {
  const { reason } = watch(redis);
  try {
    await inTime(redis.connect());
  } catch (error) {
    redis.disconnect();
    throw unusable(url, reason() ?? error);
  }
  // A database that is not there: the client would go on in another one.
  const wrong = reason();
  if (wrong === null) return;
  redis.disconnect();
  throw unusable(url, wrong);
}

/**
 * Connects to a Redis. `onWarning` is told once each time that it goes away and once when it is back.
 * @throws GcidemError `usage` where it is out of reach or wants another password
 */
export async function connectRedis(url: string, onWarning: (warning: string) => void): Promise<RedisClient> {
  checkAddress(url);
  const redis = await newClient(url);
  await connect(redis, url);
  const outages = createOutages(shownAddress(url), onWarning);
  let lost = "the connection was lost";
  let isClosed = false;
  redis.on("error", ({ message }: Error) => {
    lost = message;
  });
  redis.on("close", () => {
    if (!isClosed) outages.gone(lost);
  });
  redis.on("ready", () => {
    lost = "the connection was lost";
    outages.worked(true);
  });
  const failure = (error: Error): Error => {
    if (isBug(error)) return error;
    if (error.name === "ReplyError") {
      outages.refused(error.message);
      return new NothingDone(`the store refused: ${error.message}`, { cause: error });
    }
    const reason = error instanceof TooSlow ? error.message : lost;
    if (!isClosed) outages.gone(reason);
    return new StoreUnavailable(`the store cannot be reached: ${reason}`, { cause: error });
  };
  return {
    redis,
    reach: async (call, wrote) => {
      try {
        const value = await inTime(call);
        outages.worked(wrote);
        return value;
      } catch (error) {
        throw failure(error instanceof Error ? error : new Error(String(error)));
      }
    },
    close: () => {
      isClosed = true;
      redis.disconnect();
    },
  };
}
