import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Grade } from "./accuracy.js";
import { accuracyPage, missedLimits } from "./accuracy.js";
import type { Case } from "./judge/judge-scenario.js";
import { batchOf, firstSeed, nextTargets, smaller, type Wanted, WHOLE } from "./plan.js";
import { readFlags } from "./read-flags.js";
import type { Done, Job } from "./worker.js";

/** Rounds after which a target that never comes about is given up. */
const MOST_ROUNDS = 80;
const HABIT_SCENARIOS = 720;

/** Asks workers for jobs, each of them for one at a time. Answers come in the order of the jobs. */
function openWorkers(
  workerUrl: URL,
  diagnoseUrl: string,
): {
  readonly run: (jobs: readonly Job[]) => Promise<readonly Done[]>;
  readonly close: () => Promise<void>;
} {
  const workers = Array.from(
    { length: Math.min(2, availableParallelism()) },
    () => new Worker(workerUrl, { workerData: { diagnoseUrl } }),
  );
  const ask = (worker: Worker, job: Job): Promise<Done> =>
    new Promise((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", (done: Done) => {
        worker.off("error", reject);
        resolve(done);
      });
      worker.postMessage(job);
    });
  return {
    run: async (jobs) => {
      const results = new Map<Job, Done>();
      const queue = [...jobs];
      const work = async (worker: Worker): Promise<void> => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift())
          results.set(job, await ask(worker, job));
      };
      await Promise.all(workers.map(work));
      return jobs.flatMap((job) => results.get(job) ?? []);
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

interface Book {
  readonly cases: Case[];
  readonly patterns: Grade["patterns"][number][];
  readonly seeds: Map<Job["target"], number>;
  failed: number;
}

function keep(book: Book, done: readonly Done[], shownLeft: number): number {
  let left = shownLeft;
  for (const { cases, patterns, shown, failed } of done) {
    book.cases.push(...cases);
    book.patterns.push(...patterns);
    book.failed += failed.length;
    for (const { seed, message } of failed.slice(0, 1))
      console.error(`seed ${seed} could not be run: ${message}`);
    for (const text of shown) if (left-- > 0) console.log(`${text}\n`);
  }
  return Math.max(0, left);
}

function take({ seeds }: Book, target: Job["target"], count: number): Pick<Job, "target" | "from" | "count"> {
  const taken = seeds.get(target) ?? 0;
  seeds.set(target, taken + count);
  return { target, from: firstSeed(target) + taken, count };
}

/** Grades the module at `diagnoseUrl`; gives the process's exit code. */
export async function grade(
  argv: readonly string[],
  urls: { worker: URL; diagnose: string },
): Promise<number> {
  const flags = readFlags(argv);
  const startMs = performance.now();
  const wanted: Wanted = flags.conflicts === null ? WHOLE : smaller(flags.conflicts);
  const book: Book = { cases: [], patterns: [], seeds: new Map(), failed: 0 };
  const workers = openWorkers(urls.worker, urls.diagnose);
  let left = flags.show;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const isOnly = flags.cause !== null;
    const targets: readonly Job["target"][] =
      flags.cause === null ? nextTargets(book.cases, wanted) : round === 0 ? [flags.cause] : [];
    if (targets.length === 0) break;
    const jobs = targets.map((target) => ({
      ...take(book, target, isOnly ? wanted.ofEach : batchOf(target, wanted)),
      show: left,
      showUncertain: flags.uncertain,
    }));
    left = keep(book, await workers.run(jobs), left);
    const conflicts = book.cases.filter(({ conflict }) => conflict).length;
    console.error(`round ${round + 1}: ${conflicts} conflicts, ${jobs.length} targets`);
  }
  if (flags.cause === null) {
    const count = Math.max(90, Math.round(HABIT_SCENARIOS * (wanted.ofEach / WHOLE.ofEach)));
    const job = { ...take(book, "habits", count), show: left, showUncertain: false };
    keep(book, await workers.run([job]), left);
  }
  await workers.close();
  const seconds = (performance.now() - startMs) / 1000;
  const result: Grade = { ...book, wanted, seconds, isWhole: flags.cause === null };
  const page = accuracyPage(result);
  if (flags.conflicts === null && flags.cause === null) writeFileSync("docs/accuracy.md", page);
  else console.log(page);
  const missed = missedLimits(result);
  for (const each of missed) console.log(`missed: ${each}`);
  console.log(`${seconds.toFixed(0)} s, ${missed.length} limits missed`);
  return missed.length === 0 ? 0 : 1;
}
