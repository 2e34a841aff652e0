// npm run grade:races [-- COUNT [FIRST_SEED]]: races against servers in order, over real sockets. A promise that is
// reported as broken is a false alarm: exit code 1, with the scenario and the seed that gave it. Default: 10,000 races.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../bench/bundle.mjs";
import { drawing, drawRace } from "./random-race.mjs";

const [count = 10_000, firstSeed = 1] = process.argv.slice(2).map(Number);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(firstSeed)) {
  console.error("expected a number of races, and a seed to begin with");
  process.exit(2);
}

/** Held back by last bytes now and then only: getting connections ready takes longer than all the rest. */
const TECHNIQUES = ["naive", "naive", "naive", "warm", "last-byte"];

const SHOWN_ALARMS = 5;
const PROGRESS_EVERY = 500;

const bundled = await bundle(["index"]);
const { replay } = await import(bundled.url("index"));
const tally = new Map();
const alarms = [];
let unformed = 0;

function note({ name, holds }) {
  const counts = tally.get(name) ?? { held: 0, undecided: 0, violated: 0 };
  counts[holds === null ? "undecided" : holds ? "held" : "violated"] += 1;
  tally.set(name, counts);
}

async function judge(seed) {
  const scenario = drawRace(seed);
  const out = mkdtempSync(join(tmpdir(), "gcidem-grade-"));
  try {
    const releaseTechnique = drawing(seed + 1).oneOf(TECHNIQUES);
    const { runs } = await replay(scenario, { out, seed, releaseTechnique });
    for (const { invariants, races } of runs) {
      if (!races.some(({ formed }) => formed !== false)) unformed += 1;
      for (const each of invariants) note(each);
      const broken = invariants.filter(({ holds }) => holds === false);
      if (broken.length > 0) alarms.push({ seed, scenario, broken });
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const startMs = performance.now();
for (let done = 0; done < count; done++) {
  await judge(firstSeed + done);
  if ((done + 1) % PROGRESS_EVERY === 0)
    console.error(`${done + 1} of ${count}, ${alarms.length} false alarms`);
}
bundled.close();

const seconds = (performance.now() - startMs) / 1000;
console.log(
  `${count} races from seed ${firstSeed} on, ${alarms.length} false alarms, ${seconds.toFixed(0)} s`,
);
console.log(`${unformed} races could not be formed`);
for (const [name, { held, undecided, violated }] of tally) {
  const share = ((100 * undecided) / (held + undecided + violated)).toFixed(1);
  console.log(`  ${name}: held ${held}, violated ${violated}, undecided ${undecided} (${share} %)`);
}
for (const { seed, scenario, broken } of alarms.slice(0, SHOWN_ALARMS)) {
  console.log(`\nseed ${seed}:\n${scenario}`);
  for (const { name, explanation, evidence } of broken)
    console.log(`  ${name}: ${explanation} ${evidence.join(" ")}`);
}
process.exit(alarms.length > 0 ? 1 : 0);
