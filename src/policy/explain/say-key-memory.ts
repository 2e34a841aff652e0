import { formatDuration } from "../../core/duration.js";
import type { AfterOutcome, IdempotencyPolicy, OutcomeClass } from "../idempotency-policy.js";
import type { Dimensions } from "../policy.js";
import { listed, NOTHING, paragraph, refusal, type Sayer } from "./say.js";
import { isKeyed, whereKeyed } from "./say-keys.js";

const OUTCOME: Readonly<Record<OutcomeClass, string>> = {
  validation: "a 4xx before anything was tried",
  "2xx": "a success",
  "4xx": "a later 4xx",
  "429": "a 429",
  "5xx": "a 5xx",
};

/** As written above, JavaScript would move the number to the front. */
const CLASSES: readonly OutcomeClass[] = ["2xx", "validation", "4xx", "429", "5xx"];

const AFTER: Readonly<Record<AfterOutcome, (dimensions: Dimensions) => string>> = {
  replay: () => "the same request with its key gets the stored answer and is not carried out again",
  forget: () => "the key is forgotten: the same request is carried out as if it were the first",
  conflict: (dimensions) =>
    `the same request with its key gets ${refusal(dimensions.idempotency.inFlight.status, dimensions)}: look whether it was done instead of repeating it`,
};

/** Says what a key remembers of how its first request ended. */
export const sayOutcomes: Sayer = whereKeyed((dimensions) => {
  const { outcomes } = dimensions.idempotency;
  return (Object.keys(AFTER) as readonly AfterOutcome[]).flatMap((after) => {
    const ended = CLASSES.filter((each) => outcomes[each] === after).map((each) => OUTCOME[each]);
    return ended.length === 0 ? [] : [`After ${listed(ended, "or")} ${AFTER[after](dimensions)}.`];
  });
});

/** Whether there are stored answers at all. Pure. */
function replays({ idempotency: { outcomes } }: Dimensions): boolean {
  return Object.values(outcomes).includes("replay");
}

const CONTENT: Readonly<Record<IdempotencyPolicy["replay"]["content"], string>> = {
  snapshot: "A stored answer is the first one as it was, even where the resource has changed since.",
  "current-state": "A stored answer shows the resource as it is now, not as it was.",
};

const CORRELATION: Readonly<Record<IdempotencyPolicy["replay"]["correlationId"], string>> = {
  new: "Its correlation ID is a new one.",
  original: "Its correlation ID is that of the first answer.",
  both: "Its correlation ID is a new one, and X-Original-Correlation-Id has that of the first answer.",
};

function sayMark({ marker, where }: IdempotencyPolicy["replay"], stored: boolean): string | null {
  if (marker === null) return stored ? "Nothing marks it as stored." : null;
  if (where === "always")
    return `The header ${marker} is on every answer to a request with a key, stored or not: it marks nothing.`;
  return stored ? `The header ${marker} marks it.` : null;
}

/** Says what a stored answer looks like. */
export const sayReplay: Sayer = whereKeyed((dimensions) => {
  const { replay } = dimensions.idempotency;
  const stored = replays(dimensions);
  const status =
    replay.status === "original"
      ? "Its status is that of the first."
      : "Its status is 200, whatever the first was.";
  return paragraph(
    stored ? CONTENT[replay.content] : null,
    stored ? status : null,
    sayMark(replay, stored),
    stored ? CORRELATION[replay.correlationId] : null,
  );
});

/** Says how long a key lives. */
export const sayTtl: Sayer = whereKeyed(({ idempotency: { ttlMs } }) => [
  ttlMs === null ? "A key lives for ever." : `A key lives for ${formatDuration(ttlMs)}.`,
]);

const TTL_FROM: Readonly<Record<IdempotencyPolicy["ttlFrom"], string>> = {
  "first-use": "The life of a key counts from its first use: using it again does not make it longer.",
  "last-use": "The life of a key begins anew with each use.",
};

/** Says where the life of a key is counted from. */
export const sayTtlFrom: Sayer = whereKeyed(({ idempotency: { ttlMs, ttlFrom } }) =>
  ttlMs === null ? NOTHING : [TTL_FROM[ttlFrom]],
);

/** Says what a key gets after its life. */
export const sayAfterExpiry: Sayer = whereKeyed((dimensions) => {
  const { ttlMs, afterExpiry } = dimensions.idempotency;
  if (ttlMs === null) return NOTHING;
  return afterExpiry.kind === "execute"
    ? [
        "After the life of its key the same request is carried out once more: a late retry does the work twice.",
      ]
    : [`After its life a key gets ${refusal(afterExpiry.status, dimensions)} and may not come again.`];
});

function stuck(dimensions: Dimensions): string {
  const { inFlight } = dimensions.idempotency;
  if (inFlight.outcome === "execute")
    return "counts as running for as long as it lives, and each retry is carried out";
  return `is stuck and gets ${refusal(inFlight.status, dimensions)} for as long as it lives: look what was done, then take a new key`;
}

const DISCONNECT: Readonly<Record<IdempotencyPolicy["onDisconnect"], (dimensions: Dimensions) => string>> = {
  completes: () => "the request goes on, and a retry with its key meets how it ended",
  releases: () => "the key is released although the request goes on: a retry may do the work twice",
  sticks: (dimensions) => `the key ${stuck(dimensions)}`,
};

/** Says what a lost connection does to a key. */
export const sayDisconnect: Sayer = whereKeyed((dimensions) => [
  `Where the connection is lost before the answer, ${DISCONNECT[dimensions.idempotency.onDisconnect](dimensions)}.`,
]);

/** Says whether a key is kept when what it made is deleted. */
export const sayKeyOutlives: Sayer = whereKeyed((dimensions) => {
  if (!dimensions.idempotency.keyOutlivesResource)
    return ["A key is forgotten when what it made is deleted."];
  const dead = replays(dimensions) ? "; its stored answer then speaks of something that is gone" : "";
  return [`A key is kept when what it made is deleted${dead}.`];
});

/** Says whether answers show the key. */
export const sayEcho: Sayer = whereKeyed(({ idempotency: { carrier, echo } }) => {
  if (carrier.kind !== "header") return NOTHING;
  return [
    echo
      ? `Every answer to a request with a key has the header ${carrier.name} again.`
      : "Answers do not show the key.",
  ];
});

/** Says whether a key can be looked up. */
export const sayLookup: Sayer = (dimensions, place) => {
  const { lookup } = dimensions.idempotency;
  if (lookup !== null) return [`GET ${lookup} tells what became of a key.`];
  return isKeyed(dimensions, place) ? ["A key cannot be looked up."] : NOTHING;
};
