import { formatDuration } from "../../core/duration.js";
import type { IdempotencyPolicy } from "../idempotency-policy.js";
import type { Dimensions } from "../policy.js";
import { listed, NOTHING, paragraph, refusal, type Sayer } from "./say.js";
import { differences, whereKeyed } from "./say-keys.js";

const REVEALS: Readonly<Record<IdempotencyPolicy["mismatch"]["reveals"], string>> = {
  nothing: "The refusal says nothing of the first request.",
  "first-request": "The refusal shows method, path and body hash of the first request.",
};

/** Whether two requests with one key can be told apart. */
function compares(dimensions: Dimensions): boolean {
  return differences(dimensions).length > 0;
}

function another(dimensions: Dimensions): string {
  return `The same key with another ${listed(differences(dimensions), "or")}`;
}

const MISMATCH: Readonly<
  Record<IdempotencyPolicy["mismatch"]["outcome"], (dimensions: Dimensions) => readonly string[]>
> = {
  refuse: (dimensions) => {
    const { status, code, reveals } = dimensions.idempotency.mismatch;
    return paragraph(
      `${another(dimensions)} gets ${refusal(status, dimensions, code)} and is not carried out.`,
      "For a new value make a new key; for a retry send the stored request again.",
      dimensions.errors === "opaque" ? null : REVEALS[reveals],
    );
  },
  "replay-first": (dimensions) => [
    `${another(dimensions)} passes for the first request come again: what is new in it is dropped without a word.`,
  ],
  "execute-again": (dimensions) => [`${another(dimensions)} is carried out as well.`],
};

/** Says what another request with the same key gets. */
export const sayMismatch: Sayer = whereKeyed((dimensions) =>
  compares(dimensions) ? MISMATCH[dimensions.idempotency.mismatch.outcome](dimensions) : NOTHING,
);

type Keeping = IdempotencyPolicy["mismatch"]["outcome"];

const KEEPS: Readonly<Record<IdempotencyPolicy["mismatchKeeps"], Readonly<Record<Keeping, string | null>>>> =
  {
    original: {
      refuse: "After that the key still belongs to the first request.",
      "execute-again": "After that the key still belongs to the first request.",
      "replay-first": null,
    },
    overwritten: {
      refuse:
        "After that the key belongs to the refused request: sent once more it gets the first one's answer, and the first one is refused.",
      "execute-again": "After that the key belongs to the later request.",
      "replay-first":
        "After that the key belongs to the later request, and still has the first one's answer.",
    },
    dropped: {
      refuse: "After that the key is forgotten: the next request with it is carried out.",
      "execute-again": "After that the key is forgotten.",
      "replay-first": "After that the key is forgotten: the next request with it is carried out.",
    },
  };

/** Says what a key is bound to after another request came with it. */
export const sayMismatchKeeps: Sayer = whereKeyed((dimensions) => {
  const { mismatch, mismatchKeeps } = dimensions.idempotency;
  return compares(dimensions) ? paragraph(KEEPS[mismatchKeeps][mismatch.outcome]) : NOTHING;
});

const RUNNING = "While the first request with a key is running, a second one with it";

function retryAfter(retryAfterMs: number | null): string {
  return retryAfterMs === null
    ? "without a Retry-After"
    : `with Retry-After: ${Math.ceil(retryAfterMs / 1_000)}`;
}

const IN_FLIGHT: Readonly<
  Record<IdempotencyPolicy["inFlight"]["outcome"], (dimensions: Dimensions) => string>
> = {
  refuse: (dimensions) => {
    const { status, retryAfterMs } = dimensions.idempotency.inFlight;
    return `${RUNNING} gets ${refusal(status, dimensions)} ${retryAfter(retryAfterMs)}: wait, then repeat it with the same key.`;
  },
  wait: () => `${RUNNING} waits until the first has ended, and then gets what the key gets.`,
  execute: () => `${RUNNING} is carried out as well: wait for the first answer before you repeat.`,
};

/** Says what a key gets whose first request is still running. */
export const sayInFlight: Sayer = whereKeyed((dimensions) => [
  IN_FLIGHT[dimensions.idempotency.inFlight.outcome](dimensions),
]);

const NOT_COMPARED = "Meanwhile nothing is compared: another request gets the same.";

const ORDER: Readonly<
  Record<IdempotencyPolicy["inFlightOrder"], Readonly<Record<"waits" | "other", string>>>
> = {
  "fingerprint-first": {
    waits: "Requests are compared even meanwhile: another one does not wait.",
    other: "Requests are compared even meanwhile: another one is treated as such.",
  },
  "lock-first": {
    waits: "Requests are compared only after the wait.",
    other: NOT_COMPARED,
  },
  neither: {
    waits: "Requests are compared neither meanwhile nor after the wait.",
    other: NOT_COMPARED,
  },
};

/** Says what is looked at first while the first request is running. */
export const sayInFlightOrder: Sayer = whereKeyed((dimensions) => {
  const { inFlight, inFlightOrder } = dimensions.idempotency;
  if (!compares(dimensions)) return NOTHING;
  return [ORDER[inFlightOrder][inFlight.outcome === "wait" ? "waits" : "other"]];
});

/** Says whether two requests sent at once can both be the first. */
export const sayClaim: Sayer = whereKeyed(({ idempotency: { claim } }) =>
  claim.kind === "atomic"
    ? ["A key is looked up and claimed in one step: of two requests sent at once one is the first."]
    : [
        `A key is looked up first and claimed ${formatDuration(claim.windowMs)} later: requests with one key that are sent within that time are all carried out.`,
      ],
);
