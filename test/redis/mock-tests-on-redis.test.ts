import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startMock } from "../../src/mock/start-mock.js";
import { startOrgsWith } from "../mock/an-org.js";
import { type PrivateRedis, startRedis } from "./private-redis.js";

let redis: PrivateRedis;
let client: Redis;

beforeAll(async () => {
  redis = await startRedis();
  client = new Redis(redis.url);
});
afterAll(async () => {
  client.disconnect();
  await redis.kill();
});

/** A mock on an empty Redis. Nobody really sleeps: the clock jumps, as a virtual one does. */
startOrgsWith(async (beginning) => {
  await client.flushall();
  const mock = await startMock({ ...beginning, store: redis.url });
  const { clock } = mock;
  return { mock, clock: Object.assign(clock, { sleep: clock.advance }) };
});

const DATE = "the calendar is the store's: no test can set it";
const TIME = "the clock never stands still: no test can count its milliseconds";
const BEAT = "the beat of the platform's writes is counted from 1970, so that all servers have the same";
const TURNS = "the test counts turns of the event loop, and Redis takes more; see keys-over-servers.test.ts";
const IDS = "each server draws ids of its own, so that two servers never give one out twice";

/** Where the state in Redis makes a difference, and why. Everything else is the same, or a bug. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "every answer has a correlation ID of its own, the cache headers and the virtual date": DATE,
  "a conversation has the vendor's members, a start and no version": DATE,
  "each has an id of the server's, the vendor's members and a count": DATE,
  "has the attributes of RFC 7643 and the vendor's mapping: userName is the address": DATE,
  "a write by SCIM moves the version, and shows in the plain path": DATE,
  "PUT sets it: 202 without a body": DATE,
  "a user shows it where the client asks for it": DATE,
  "DELETE clears it, and the last one is remembered": DATE,
  "the same requests under the same policy and seed get the same answers, byte for byte": IDS,
  "a reset starts the world, its ids and its keys anew; the clock goes on and the trace is empty": TIME,
  "each request moves a virtual clock by the policy's latency, within its jitter": TIME,
  "delay: the answer comes a second later on the mock's clock": TIME,
  "slow-drip: the answer comes in eight pieces, a second apart on the mock's clock": TIME,
  "is a 409 though the client sent no version, and passes once the read has caught up": TIME,
  "a conversation's token moves at each interval of the mock's clock, and at no other time": BEAT,
  "so a careful writer is stale through no fault of its own: not ours": BEAT,
  "the first write that the reader missed is named, whoever wrote last": BEAT,
  "a hash of the content moves as well: something happened, though no view shows it": BEAT,
  "jitter is drawn from the seed": BEAT,
  "a day of it costs next to nothing": BEAT,
  "a client that hangs up while its request runs: the key completes": TURNS,
  "a client that hangs up while its request runs: the key releases": TURNS,
  "a client that hangs up while its request runs: the key sticks": TURNS,
};

const met = new Set<string>();
beforeEach((context) => {
  const { name } = context.task;
  met.add(name);
  const why = OTHERWISE[name];
  if (why !== undefined) context.skip(why);
});
/** What the mock's own tests say of rules and resources holds with the state in Redis as well. */
describe("with the state in Redis", async () => {
  await import("../mock/actions.test.js");
  await import("../mock/answers.test.js");
  await import("../mock/auth.test.js");
  await import("../mock/callbacks.test.js");
  await import("../mock/conversations.test.js");
  await import("../mock/deleted.test.js");
  await import("../mock/determinism.test.js");
  await import("../mock/evaluations.test.js");
  await import("../mock/faults.test.js");
  await import("../mock/front.test.js");
  await import("../mock/groups.test.js");
  await import("../mock/invented-paths.test.js");
  await import("../mock/key-memory.test.js");
  await import("../mock/keys.test.js");
  await import("../mock/platform-life.test.js");
  await import("../mock/preconditions.test.js");
  await import("../mock/rate-limit.test.js");
  await import("../mock/scim.test.js");
  await import("../mock/stations.test.js");
  await import("../mock/unique-and-references.test.js");
  await import("../mock/users-and-things.test.js");
});

test("each of the exceptions is still a test's name", () => {
  expect(Object.keys(OTHERWISE).filter((name) => !met.has(name))).toEqual([]);
});
