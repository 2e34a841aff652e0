import type { Refusal } from "../../../../src/core/causes.js";
import type { Draw } from "../draw.js";
import type { Act, Control } from "../scenario.js";
import type { ControlRule, ControlTable, Scene } from "./scene.js";

const KEY_BODY: ControlRule = {
  steps: [
    ["again", "refused"],
    ["original", "passes"],
    ["fresh", "passes"],
  ],
  why: "refused again: nothing passing. The first request again passes: the key is not spent. The same request under a fresh key passes: nothing but the key stands against it.",
};

const KEY_SPENT: ControlRule = {
  steps: [
    ["again", "refused"],
    ["lookUp", "shows"],
    ["fresh", "passes"],
  ],
  why: "refused again: nothing passing. A look-up or a read says what became of the first attempt. Under a fresh key the same request passes.",
};

const TOKEN: ControlRule = {
  steps: [
    ["again", "refused"],
    ["readAfter", "shows"],
    ["current", "passes"],
  ],
  why: "refused again with that token. A read shows which token is current. The same request with the current token passes.",
};

/** What is right about it passes, and the refused request is refused again. */
function corrected(why: string): ControlRule {
  return {
    steps: [
      ["again", "refused"],
      ["variant", "passes"],
    ],
    why,
  };
}

/**
 * What a client may send to be sure, for each refusal. A scenario contains its control where these requests were sent
 * after the refused one (or, `meanwhile`, beside it) and came to what stands here.
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
      ["later", "refused"],
      ["fresh", "passes"],
    ],
    why: "the look-up shows the attempt still open, long after; the same key is refused long after; a fresh key passes.",
  },
  "conflict-not-replay": {
    steps: [
      ["again", "refused"],
      ["fresh", "passes"],
    ],
    why: "the same key and bytes are refused each time after a success, and pass under a fresh key.",
  },
  "key-missing": corrected("the same request with a key passes."),
  "key-malformed": {
    steps: [
      ["other", "refused"],
      ["variant", "passes"],
    ],
    why: "another key in the same form is refused too; in the right form (or, where no key is taken, without one) it passes.",
  },
  "key-first-use-unseen": {
    steps: [
      ["again", "refused"],
      ["fresh", "passes"],
    ],
    why: "refused each time under this key, and it passes in the same form under a fresh one.",
  },
  "stale-etag": TOKEN,
  "stale-version": TOKEN,
  "etag-weak": {
    steps: [
      ["again", "refused"],
      ["readAfter", "shows"],
      ["variant", "passes"],
    ],
    why: "a read shows the same token still; without W/ (or, where the server's own is weak, without a token) it passes.",
  },
  "etag-malformed": {
    steps: [
      ["again", "refused"],
      ["readAfter", "shows"],
      ["current", "passes"],
    ],
    why: "a read shows the same token still, and exactly as received it passes.",
  },
  "etag-other-resource": TOKEN,
  "precondition-missing": corrected("the same request with the current token passes."),
  "state-locked": {
    steps: [
      ["readAfter", "shows"],
      ["later", "passes"],
    ],
    why: "a read shows the state and the token; the same request passes later, with nothing changed in it.",
  },
  "state-terminal": {
    steps: [
      ["readAfter", "shows"],
      ["later", "refused"],
      ["other", "passes"],
    ],
    why: "a read shows the state; it is refused long after; the same request to another resource passes.",
  },
  "duplicate-entity": {
    steps: [
      ["again", "refused"],
      ["lookUp", "shows"],
      ["variant", "passes"],
    ],
    why: "a look-up finds what has that identity; with another identity the same request passes.",
  },
  "referenced-entity": {
    steps: [
      ["again", "refused"],
      ["undo", "passes"],
      ["later", "passes"],
    ],
    why: "once the reference is gone the same request passes.",
  },
  "permission-shown-as-409": {
    steps: [
      ["again", "refused"],
      ["variant", "refused"],
      ["other", "passes"],
    ],
    why: "refused whatever the body; another caller's same request passes.",
  },
  "permission-missing": {
    steps: [
      ["again", "refused"],
      ["other", "passes"],
    ],
    why: "another caller's same request passes.",
  },
  "token-expired": {
    steps: [["variant", "passes"]],
    why: "the same request passes with a fresh access token; the old one was accepted earlier, or the answer says what became of it.",
  },
  "token-invalid": corrected("the same request with a valid access token passes."),
  "rate-limited": {
    steps: [["later", "passes"]],
    why: "the same request passes after the wait that was asked for.",
  },
  "invalid-request": corrected("the same request with what was wrong put right passes."),
  "no-such-operation": corrected("the documented operation on the same resource passes."),
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
