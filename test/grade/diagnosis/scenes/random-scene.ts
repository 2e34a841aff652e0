import type { Cause } from "../../../../src/core/causes.js";
import type { Policy } from "../../../../src/policy/policy.js";
import { type Draw, drawFrom } from "../draw.js";
import { randomPolicy } from "../policies/random-policy.js";
import type { Act, Scenario, Send } from "../scenario.js";
import { ACCESS_PROVOCATIONS } from "./access.js";
import { ANOMALY_PROVOCATIONS } from "./anomalies.js";
import { otherBytes, otherValue } from "./body.js";
import { controlOf, partOfControl } from "./controls.js";
import { KEY_END_PROVOCATIONS } from "./key-ends.js";
import { effectRead, KEY_PROVOCATIONS } from "./keys.js";
import { HABITS } from "./patterns.js";
import { anyPlace, bodyFor, effectPlace, RIVAL, WORLD } from "./places.js";
import type { Provocation } from "./scene.js";
import { act, again, pause, readToken, type Stage, tokenOf, tokenWay, withKey, write } from "./stage.js";
import { STATE_PROVOCATIONS } from "./states.js";
import { TOKEN_FORM_PROVOCATIONS } from "./token-forms.js";
import { TOKEN_PROVOCATIONS } from "./tokens.js";

/** Everything that a scenario can be drawn to provoke. */
const PROVOCATIONS: readonly Provocation[] = [
  ...KEY_PROVOCATIONS,
  ...KEY_END_PROVOCATIONS,
  ...TOKEN_PROVOCATIONS,
  ...TOKEN_FORM_PROVOCATIONS,
  ...STATE_PROVOCATIONS,
  ...ACCESS_PROVOCATIONS,
  ...ANOMALY_PROVOCATIONS,
];

/** More than 60 % of the scenarios, since a few cannot offer all of it. */
const CONTROL_SHARE = 0.8;

/** How often a client without a token of its own takes that of another resource. */
const STRAY_SHARE = 0.2;

function stageOf(draw: Draw, policy: Policy): Stage {
  const counts = new Map<string, number>();
  const nextId = (role: string): string => {
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    return `${role}${count}`;
  };
  return { draw, policy, nextId };
}

/** Traffic that has nothing to do with the rest. */
function aside(stage: Stage): readonly Act[] {
  const { draw } = stage;
  if (draw.chance(0.6)) return [];
  const place = {
    ...effectPlace(draw),
    kind: "run",
    path: "/api/v2/integrations/actions/a2/execute",
  } as const;
  const own = write(stage, "aside", { place, body: bodyFor(draw, place) });
  const keyed = draw.chance(0.5) ? withKey(stage, own, draw.uuid()) : own;
  return draw.chance(0.5) ? [act(keyed)] : [act(effectRead(stage, place)), act(keyed)];
}

function provoked(seed: number, provocation: Provocation): Scenario {
  const draw = drawFrom(seed, provocation.cause);
  const policy = provocation.policy(randomPolicy(draw), draw);
  const stage = stageOf(draw, policy);
  const wantsControl = draw.chance(CONTROL_SHARE);
  const scene = provocation.play(stage, wantsControl);
  const found = wantsControl ? controlOf(provocation.cause, scene) : null;
  return {
    seed,
    target: provocation.cause,
    policy,
    world: WORLD,
    acts: [...aside(stage), ...scene.acts, ...(found?.acts ?? partOfControl(provocation.cause, scene, draw))],
    control: found?.control ?? null,
    patterns: null,
  };
}

/** One more request of a random scenario: like an earlier one in most respects, or a new one. */
function nextSend(stage: Stage, sent: readonly Send[]): Send {
  const { draw, policy } = stage;
  const [first, ...rest] = sent;
  if (first !== undefined && draw.chance(0.55)) {
    const repeated = again(stage, "again", draw.oneOf([first, ...rest]));
    return draw.chance(0.15) ? { ...repeated, principal: draw.oneOf([RIVAL, null]) } : repeated;
  }
  const place = anyPlace(draw);
  const way = draw.chance(0.5) ? tokenWay(policy, place) : null;
  const reads = sent.filter(({ captures }) => "token" in captures);
  const own = reads.findLast(({ path }) => path === place.readPath);
  const read = own ?? (draw.chance(STRAY_SHARE) ? reads.at(-1) : undefined);
  const body = bodyFor(draw, place);
  const spelt = draw.chance(0.2) ? otherBytes(draw, body) : body;
  const plain = write(stage, "write", {
    place,
    body: draw.chance(0.5) ? spelt : otherValue(draw, spelt),
    way,
    token: read === undefined ? null : tokenOf(read),
  });
  return draw.chance(0.6)
    ? withKey(stage, plain, draw.chance(0.4) ? "9d3c5c1e-0000-4000-8000-000000000001" : draw.uuid())
    : plain;
}

/** Any policy, and clients that do anything. */
function randomScenario(seed: number): Scenario {
  const draw = drawFrom(seed, "random");
  const policy = randomPolicy(draw);
  const stage = stageOf(draw, policy);
  const acts: Act[] = [];
  const sent: Send[] = [];
  for (let left = draw.between(4, 10); left > 0; left--) {
    if (draw.chance(0.35)) {
      const place = anyPlace(draw);
      const way = tokenWay(policy, place);
      const read = readToken(stage, "read", { path: place.readPath ?? "/api/v2/mock/executions", way });
      sent.push(read);
      acts.push(act(read));
    }
    const send = nextSend(stage, sent);
    sent.push(send);
    acts.push(act(send));
    if (draw.chance(0.4)) acts.push(pause(draw.between(1, 8_000)));
  }
  return { seed, target: "random", policy, world: WORLD, acts, control: null, patterns: null };
}

/** A client with a habit, or one that does it right. */
export function habitScenario(seed: number): Scenario {
  const habit = HABITS[seed % HABITS.length];
  if (habit === undefined) throw new Error("no habits");
  const draw = drawFrom(seed, habit.pattern);
  const policy = habit.policy(randomPolicy(draw), draw);
  const has = draw.chance(0.5);
  return {
    seed,
    target: habit.pattern,
    policy,
    world: WORLD,
    acts: habit.play(stageOf(draw, policy), has),
    control: null,
    patterns: has ? [habit.pattern] : [],
  };
}

/** The scenario of a seed: of a cause, or any. Pure. */
export function scenarioOf(seed: number, target: Cause | "random"): Scenario {
  if (target === "random") return randomScenario(seed);
  const fitting = PROVOCATIONS.filter(({ cause }) => cause === target);
  const provocation = fitting[seed % Math.max(1, fitting.length)];
  if (provocation === undefined) throw new Error(`nothing provokes ${target}`);
  return provoked(seed, provocation);
}
