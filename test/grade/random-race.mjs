// Races drawn at random against servers that keep their promises: whatever is held against them is a false alarm.

/** A small generator of our own (mulberry32), so that a seed gives the same race on every Node. */
export function drawing(seed) {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least, most) => least + Math.floor(fraction() * (most - least + 1));
  return {
    between,
    chance: (share) => fraction() < share,
    oneOf: (list) => list[between(0, list.length - 1)],
  };
}

const THING = "/api/v2/mock/things/1";
const SECURE = "/api/v2/conversations/$(conversationId)/secureattributes";

/** Where each policy has versions: how they are read, and how a write names one. */
const VERSIONED = {
  rfc9110: { path: THING, capture: "header ETag", ifMatch: true, ifAbsent: "refused" },
  "couchdb-like": { path: THING, capture: "header ETag", ifMatch: true, ifAbsent: "refused" },
  "kubernetes-like": {
    path: THING,
    capture: "$.resourceVersion",
    member: "resourceVersion",
    ifAbsent: "taken",
  },
  documented: {
    path: SECURE,
    capture: "$.version",
    member: "version",
    body: "attributes",
    ifAbsent: "taken",
  },
};

const KEYED = { "stripe-like": "bare", "ietf-draft": "quoted" };

/** Answers that get lost, whether the request was carried out or not. */
const FAULTS = [
  "drop-response",
  "reset-before",
  "reset-after",
  "5xx-before",
  "5xx-after",
  "truncate",
  "delay",
];

function write(draw, { path, member, body, ifMatch }, names) {
  const value = draw.chance(0.9) ? "tier-$(writer)" : "same";
  const attributes = body === undefined ? { [names.member]: value } : { [body]: { [names.member]: value } };
  const condition = names.blind ? {} : member === undefined ? {} : { [member]: `$(${names.look}.token)` };
  const step = { id: names.id, request: `PUT ${path}`, json: { ...attributes, ...condition } };
  if (!names.blind && ifMatch === true) step.ifMatch = `$(${names.look}.token)`;
  if (draw.chance(0.3) && !names.blind) {
    const pause = { initial: "1ms", factor: 1, jitter: "none" };
    step.retry = {
      on: draw.oneOf([[409, 412], ["network"], [409, 412, "network", "5xx"]]),
      max: draw.between(1, 3),
      backoff: pause,
      reread: names.look,
    };
  }
  return step;
}

function look({ path, capture }, id) {
  return { id, request: `GET ${path}`, capture: { token: capture } };
}

/** Reads and writes on condition of what was read, in one order for all writers or one for each. */
function versionedSteps(draw, at, lane) {
  const steps = [];
  const member = draw.chance(0.8) ? "tier" : `own-${lane}`;
  for (let pair = draw.between(1, 3); pair > 0; pair--) {
    const id = `l${lane}p${pair}`;
    steps.push(look(at, `${id}look`));
    const blind = at.ifAbsent === "refused" && draw.chance(0.1);
    if (draw.chance(0.85))
      steps.push(write(draw, at, { id: `${id}write`, look: `${id}look`, member, blind }));
    if (draw.chance(0.3)) steps.push(look(at, `${id}again`));
  }
  return steps;
}

function keyedSteps(draw, syntax, lane) {
  const steps = [];
  for (let number = draw.between(1, 3); number > 0; number--) {
    const shared = draw.chance(0.7);
    const step = {
      id: `l${lane}n${number}`,
      request: "POST /api/v2/mock/things",
      idempotencyKey: { value: shared ? `$(key)-${number}` : "$(own)", syntax },
      json: { sku: `A${number}`, amount: shared ? 10 : lane },
    };
    if (draw.chance(0.4)) {
      const pause = { initial: "5ms", factor: 1, jitter: "none" };
      step.retry = {
        on: draw.oneOf([["network"], ["network", 409, "5xx"]]),
        max: draw.between(1, 4),
        backoff: pause,
      };
    }
    steps.push(step);
  }
  return steps;
}

function raceOf(draw, steps) {
  const release = draw.oneOf(["together", "as-ready", "as-ready", "staggered 1ms", "staggered 3ms"]);
  if (draw.chance(0.5)) return { writers: draw.between(2, 20), release, steps: steps(0) };
  return {
    lanes: Array.from({ length: draw.between(2, 8) }, (_, lane) => ({ steps: steps(lane) })),
    release,
  };
}

function faultsOf(draw) {
  if (draw.chance(0.4)) return [];
  return Array.from({ length: draw.between(1, 3) }, () => {
    const kind = draw.oneOf(FAULTS);
    return { on: { nth: draw.between(1, 20) }, kind, ...(kind === "delay" ? { for: "5ms" } : {}) };
  });
}

/** The scenario that a seed draws, as JSON, which is YAML too. */
export function drawRace(seed) {
  const draw = drawing(seed);
  const policy = draw.oneOf([...Object.keys(VERSIONED), ...Object.keys(KEYED)]);
  const at = VERSIONED[policy];
  const syntax = KEYED[policy];
  const race = raceOf(draw, (lane) =>
    at === undefined ? keyedSteps(draw, syntax, lane) : versionedSteps(draw, at, lane),
  );
  const ofVersions = ["no-lost-update", "read-your-writes", "monotonic-reads", "linearizable"];
  const invariants = at === undefined ? ["at-most-once", "linearizable"] : ofVersions;
  return JSON.stringify(
    {
      name: `race ${seed}`,
      policy: { extends: policy, rateLimit: null, faults: faultsOf(draw) },
      defaults: { timeout: "2s" },
      vars: { key: "$(uuid())", conversationId: "$(uuid())" },
      ...(at?.path === THING ? { world: { things: [{ id: "1", tier: "none" }] } } : {}),
      steps: [
        { id: "race", race: { ...race, vars: { own: "$(uuid())" } }, expect: { invariants } },
        ...(at === undefined || draw.chance(0.5) ? [] : [look(at, "after")]),
      ],
    },
    null,
    1,
  );
}
