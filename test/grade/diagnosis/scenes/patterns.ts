import type { Cause } from "../../../../src/core/causes.js";
import type { Policy } from "../../../../src/policy/policy.js";
import type { Draw } from "../draw.js";
import { withKeys } from "../policies/dimension.js";
import { type Act, faultOn, type Send } from "../scenario.js";
import { effectRead, keyedWrite, takesKeys } from "./keys.js";
import { bodyFor, effectPlace, RIVAL, versionedPlace } from "./places.js";
import {
  act,
  again,
  pause,
  readToken,
  request,
  type Stage,
  wireKey,
  withKey,
  withRawKey,
  write,
} from "./stage.js";
import { hold, tagged, under, writeUnder } from "./tokens.js";

/** A habit and its look-alike, which is none: clients with the one or the other, and what a reader should be told. */
export interface Habit {
  readonly pattern: Cause;
  readonly policy: (policy: Policy, draw: Draw) => Policy;
  /** `has` false: the client that does it right. */
  readonly play: (stage: Stage, has: boolean) => readonly Act[];
}

const plainTags = (policy: Policy, draw: Draw): Policy => {
  const base = tagged(policy, draw, {
    validator: { kind: "etag-strong" },
    comparison: "strong",
    meaning: "revision",
  });
  return { ...base, faults: [], churn: null, concurrency: { ...base.concurrency, readLagMs: 0 } };
};

/** Refused for its age, then again: with the token that a new read gave, or with the same one. */
const blindRetry: Habit = {
  pattern: "blind-retry",
  policy: plainTags,
  play: (stage, has) => {
    const held = hold(stage, versionedPlace(stage.draw));
    const move = { ...writeUnder(stage, "move", held), principal: RIVAL };
    const refused = writeUnder(stage, "refused", held);
    if (has)
      return [
        act(held.read),
        act(move),
        act(refused),
        pause(stage.draw.between(50, 900)),
        act(again(stage, "retry", refused)),
      ];
    const read = readToken(stage, "reread", { path: held.place.readPath ?? held.place.path, way: held.way });
    const retry = again(stage, "retry", under(refused, held, read));
    return [act(held.read), act(move), act(refused), act(read), act(retry)];
  },
};

/** A token used for a second write of its own: the answer to the first had another one. */
const noReread: Habit = {
  pattern: "no-reread",
  policy: plainTags,
  play: (stage, has) => {
    const held = hold(stage, versionedPlace(stage.draw));
    const first = writeUnder(stage, "first", held);
    const second = writeUnder(stage, "second", held);
    if (has) return [act(held.read), act(first), pause(stage.draw.between(50, 900)), act(second)];
    const read = readToken(stage, "reread", { path: held.place.readPath ?? held.place.path, way: held.way });
    return [act(held.read), act(first), act(read), act(under(second, held, read))];
  },
};

/** A long time between reading and writing, in which somebody else wrote. */
const readToWriteGap: Habit = {
  pattern: "read-to-write-gap",
  policy: plainTags,
  play: (stage, has) => {
    const held = hold(stage, versionedPlace(stage.draw));
    const move = { ...writeUnder(stage, "move", held), principal: RIVAL };
    const refused = writeUnder(stage, "refused", held);
    const gapMs = has ? stage.draw.between(60_000, 600_000) : stage.draw.between(5, 60);
    return [act(held.read), pause(gapMs), act(move), pause(20), act(refused)];
  },
};

const limits = (policy: Policy, draw: Draw): Policy => ({
  ...takesKeys(policy, draw),
  rateLimit: { perMinute: 2, retryAfter: true },
  faults: [],
});

const retryAfterIgnored: Habit = {
  pattern: "retry-after-ignored",
  policy: limits,
  play: (stage, has) => {
    const { place, first } = keyedWrite(stage, effectPlace(stage.draw));
    const reads = [act(effectRead(stage, place)), act(effectRead(stage, place))];
    const retry = again(stage, "retry", first);
    return [...reads, act(first), pause(has ? stage.draw.between(100, 9_000) : 61_000), act(retry)];
  },
};

const loses = (policy: Policy, draw: Draw): Policy => ({
  ...takesKeys(policy, draw),
  rateLimit: null,
  faults: [faultOn("first1", draw.oneOf(["drop-response", "reset-after", "5xx-after"]))],
});

/** An answer was lost: a new key makes a new operation of the retry. */
const retryWithNewKey: Habit = {
  pattern: "retry-with-new-key",
  policy: loses,
  play: (stage, has) => {
    const { place, first } = keyedWrite(stage, effectPlace(stage.draw));
    const same = again(stage, "retry", first);
    const retry = has ? withKey(stage, same, stage.draw.uuid()) : same;
    return [act(first), pause(stage.draw.between(500, 5_000)), act(retry), act(effectRead(stage, place))];
  },
};

function refusing(policy: Policy, draw: Draw): Policy {
  const keyed = takesKeys(policy, draw);
  return { ...keyed, faults: [1, 2, 3].map((n) => faultOn(`try${n}`, "5xx-before")) };
}

/** Each attempt of one call has a key of its own, so that none is recognised. */
const keyPerAttempt: Habit = {
  pattern: "key-per-attempt",
  policy: refusing,
  play: (stage, has) => {
    const { first, key } = keyedWrite(stage, effectPlace(stage.draw));
    return [1, 2, 3, 4].flatMap((): readonly Act[] => {
      const attempt = again(stage, "try", first);
      return [act(withKey(stage, attempt, has ? stage.draw.uuid() : key)), pause(1_000)];
    });
  },
};

const takes = (policy: Policy, draw: Draw): Policy => ({
  ...withKeys(takesKeys(policy, draw), { scope: ["account"], maxLength: 255 }),
  rateLimit: null,
  faults: [],
});

/** Several writers use one key for operations of their own. */
const sharedKey: Habit = {
  pattern: "shared-key",
  policy: takes,
  play: (stage, has) => {
    const place = effectPlace(stage.draw);
    const key = stage.draw.uuid();
    const make = (writer: number): Send => {
      const body = bodyFor(stage.draw, place);
      const own = withKey(stage, write(stage, "lane", { place, body }), has ? key : stage.draw.uuid());
      return { ...own, writer };
    };
    const sends = [0, 1, 2].map((writer) => ({ offsetMs: 200 * writer, send: make(writer) }));
    return [{ kind: "together", sends }];
  },
};

/** Keys that another client will come upon too. */
const weakKey: Habit = {
  pattern: "weak-key",
  policy: takes,
  play: (stage, has) => {
    const place = effectPlace(stage.draw);
    const from = stage.draw.between(1, 900);
    const epochMs = 1_795_000_000_000 + stage.draw.between(1, 9_999_999);
    const kind = stage.draw.oneOf(["count", "time", "short"] as const);
    const keyAt = (index: number): string => {
      if (!has) return stage.draw.uuid();
      if (kind === "time") return String(epochMs + index * 1_000);
      return kind === "count" ? `order-${from + index}` : `k${from + index}`;
    };
    return [0, 1, 2].flatMap((index): readonly Act[] => {
      const body = bodyFor(stage.draw, place);
      const plain = write(stage, "order", { place, body });
      return [act(withRawKey(stage, plain, wireKey(stage.policy, keyAt(index)))), pause(1_000)];
    });
  },
};

/** One call of the user's, and its library sends it again at once. */
const clientResent: Habit = {
  pattern: "client-resent",
  policy: (policy, draw) => ({
    ...withKeys(takesKeys(policy, draw), { support: "ignored" }),
    rateLimit: null,
    faults: [faultOn("first1", draw.oneOf(["drop-response", "reset-after", "5xx-before"]))],
  }),
  play: (stage, has) => {
    const place = effectPlace(stage.draw);
    const first = write(stage, "first", { place, body: bodyFor(stage.draw, place) });
    const resent = { ...again(stage, "first", first), id: stage.nextId("resent") };
    const other = write(stage, "next", { place, body: bodyFor(stage.draw, place) });
    return [
      act(first),
      pause(1_000),
      act(has ? resent : other),
      act(request(stage, "read", { method: "GET", path: "/api/v2/mock/executions" })),
    ];
  },
};

/** Every habit that a client can be seen to have. */
export const HABITS: readonly Habit[] = [
  blindRetry,
  noReread,
  readToWriteGap,
  retryAfterIgnored,
  retryWithNewKey,
  keyPerAttempt,
  sharedKey,
  weakKey,
  clientResent,
];
