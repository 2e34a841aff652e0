import type { Refusal } from "../../../../src/core/causes.js";
import type { Draw } from "../draw.js";
import type { Act, Control } from "../scenario.js";
import type { ControlRule, ControlTable, Scene } from "./scene.js";

const KEY_BODY: ControlRule = {
  steps: [
    ["original", "passes"],
    ["fresh", "passes"],
    ["again", "refused"],
  ],
  why: "the first request passes again: the key is not spent. The same request under a fresh key passes: nothing but the key stands against it. Refused again after that: nothing passing.",
};

const KEY_SPENT: ControlRule = {
  steps: [
    ["lookUp", "shows"],
    ["fresh", "passes"],
    ["again", "refused"],
  ],
  why: "a look-up or a read says what became of the first attempt. Under a fresh key the same request passes. Refused again after that: nothing passing.",
};

const TOKEN: ControlRule = {
  steps: [
    ["readAfter", "shows"],
    ["current", "passes"],
    ["again", "refused"],
  ],
  why: "a read shows which token is current. The same request with the current token passes. Refused again with the other one after that.",
};

/** What is right about it passes, and after that the refused request is refused again. */
function corrected(why: string): ControlRule {
  return {
    steps: [
      ["variant", "passes"],
      ["again", "refused"],
    ],
    why: `${why} Refused again after that.`,
  };
}

/**
 * What a client may send to be sure, for each refusal. A scenario contains its control where these requests were sent
 * after the refused one (or, `meanwhile`, beside it) and came to what stands here. What passes comes before what is
 * refused again, wherever it can: so nothing that clears by itself is left as a rival.
 */
export const CONTROLS: ControlTable = {
  "key-reused-body-changed": KEY_BODY,
  "key-reused-bytes-changed": KEY_BODY,
  "key-reused-other-resource": KEY_BODY,
  "key-in-flight": {
    steps: [
      ["meanwhile", "passes"],
      ["later", "passes"],
    ],
    why: "another key passes in the same flight: the resource is free. The same request passes once the first one is answered.",
  },
  "key-bound-to-unacknowledged-attempt": KEY_SPENT,
  "key-stuck": {
    steps: [
      ["lookUp", "shows"],
      ["fresh", "passes"],
      ["later", "refused"],
    ],
    why: "the look-up shows the attempt still open; a fresh key passes; the same key is refused long after.",
  },
  "conflict-not-replay": {
    steps: [
      ["fresh", "passes"],
      ["again", "refused"],
    ],
    why: "the same key and bytes are refused each time after a success, and pass under a fresh key.",
  },
  "key-missing": corrected("The same request with a key passes."),
  "key-malformed": {
    steps: [
      ["variant", "passes"],
      ["other", "refused"],
    ],
    why: "in the right form (or, where no key is taken, without one) it passes; another key in the same form is refused after that.",
  },
  "key-first-use-unseen": {
    steps: [
      ["fresh", "passes"],
      ["again", "refused"],
    ],
    why: "it passes in the same form under a fresh key, and is refused again under this one after that.",
  },
  "stale-etag": TOKEN,
  "stale-version": TOKEN,
  "etag-weak": {
    steps: [
      ["readAfter", "shows"],
      ["variant", "passes"],
      ["undo", "shows"],
      ["other", "refused"],
    ],
    why: "a read shows the same token still; without W/ (or, where the server's own is weak, without a token) it passes; the next token is refused in its weak form too.",
  },
  "etag-malformed": TOKEN,
  "etag-other-resource": TOKEN,
  "precondition-missing": corrected("The same request with the current token passes."),
  "state-locked": {
    steps: [
      ["readAfter", "shows"],
      ["again", "refused"],
      ["later", "passes"],
    ],
    why: "a read shows the state and the token; refused again at once; the same request passes later, with nothing changed in it.",
  },
  "state-terminal": {
    steps: [
      ["readAfter", "shows"],
      ["other", "passes"],
      ["later", "refused"],
    ],
    why: "a read shows the state; the same request to another resource passes; it is refused long after.",
  },
  "duplicate-entity": {
    steps: [
      ["lookUp", "shows"],
      ["variant", "passes"],
      ["again", "refused"],
    ],
    why: "a look-up finds what has that identity; with another identity the same request passes; refused again after that.",
  },
  "referenced-entity": {
    steps: [
      ["again", "refused"],
      ["undo", "passes"],
      ["later", "passes"],
    ],
    why: "refused again until the reference is gone; then the same request passes.",
  },
  "permission-shown-as-409": {
    steps: [
      ["other", "passes"],
      ["variant", "refused"],
      ["again", "refused"],
    ],
    why: "another caller's same request passes; this caller is refused after that, whatever the body.",
  },
  "permission-missing": {
    steps: [
      ["other", "passes"],
      ["again", "refused"],
    ],
    why: "another caller's same request passes; this caller is refused again after that.",
  },
  "token-expired": {
    steps: [["variant", "passes"]],
    why: "the same request passes with a fresh access token; the old one was accepted earlier, or the answer says what became of it.",
  },
  "token-invalid": corrected("The same request with a valid access token passes."),
  "rate-limited": {
    steps: [["later", "passes"]],
    why: "the same request passes after the wait that was asked for.",
  },
  "invalid-request": corrected("The same request with what was wrong put right passes."),
  "no-such-operation": corrected("The documented operation on the same resource passes."),
  "spurious-conflict": {
    steps: [
      ["readAfter", "shows"],
      ["later", "passes"],
    ],
    why: "a read shows the token unmoved, and the same request passes at once.",
  },
};

function isRefusal(cause: string): cause is keyof ControlTable {
  return Object.hasOwn(CONTROLS, cause);
}

/**
 * Some of what its control would be, as clients come by who did not mean to make one: of its requests those that the draw
 * keeps, never all. Each is sent for itself, so that one may be kept without those before it.
 */
export function partOfControl(cause: string, { material }: Scene, draw: Draw): readonly Act[] {
  if (!isRefusal(cause)) return [];
  const offered = CONTROLS[cause].steps.flatMap(([name]) => material[name] ?? []);
  const apart = offered.filter(({ isSent }) => isSent !== true);
  const left = draw.between(0, Math.max(0, apart.length - 1));
  return apart
    .filter((_each, index) => index !== left && draw.chance(0.7))
    .flatMap(({ send, afterMs }): readonly Act[] => [
      ...(afterMs === undefined ? [] : [{ kind: "wait", durationMs: afterMs } as const]),
      { kind: "send", send },
    ]);
}

/** The acts of a scene's control, and what they have to come to; null where the scene cannot offer all of them. */
export function controlOf(
  cause: string,
  { refused, material }: Scene,
): { readonly acts: readonly Act[]; readonly control: Control } | null {
  if (!isRefusal(cause)) return null;
  const acts: Act[] = [];
  const steps: { id: string; expect: Control["steps"][number]["expect"] }[] = [];
  for (const [name, expect] of CONTROLS[cause].steps) {
    const found = material[name];
    if (found === undefined) return null;
    steps.push({ id: found.send.id, expect });
    if (found.isSent === true) continue;
    if (found.afterMs !== undefined) acts.push({ kind: "wait", durationMs: found.afterMs });
    acts.push({ kind: "send", send: found.send });
  }
  return { acts, control: { refused: refused.id, cause: cause as Refusal, steps } };
}
