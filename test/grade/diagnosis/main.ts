import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Grade } from "./accuracy.js";
import { accuracyPage, missedLimits } from "./accuracy.js";
import { confirmedLines, missesConfirming } from "./confirmed-score.js";
import { confusions } from "./confusions.js";
import type { Case } from "./judge/judge-scenario.js";
import { batchOf, firstSeed, nextTargets, smaller, type Wanted, WHOLE } from "./plan.js";
import { type Flags, readFlags } from "./read-flags.js";
import type { Done, Job } from "./worker.js";

/** Rounds after which a target that never comes about is given up. */
const MOST_ROUNDS = 80;
const HABIT_SCENARIOS = 900;
const FEWEST_HABITS = 90;
/** More than one scenario can have. */
const SHOWN_OF_ONE = 100;
/** Where the whole grade is printed. */
const PAGE = "docs/accuracy.md";

/** Workers are asked for one job at a time. Answers come in the order of the jobs. */
interface Workers {
  readonly run: (jobs: readonly Job[]) => Promise<readonly Done[]>;
  readonly close: () => Promise<void>;
}

/** What was ordered. */
interface Ordered {
  readonly wanted: Wanted;
  readonly flags: Flags;
}

function openWorkers(workerUrl: URL, diagnoseUrl: string): Workers {
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

/** Rounds of all targets until there is enough of each. */
async function runAll(book: Book, workers: Workers, { wanted, flags }: Ordered): Promise<void> {
  let left = flags.show;
  const which = flags.uncertain ? "uncertain" : "wrong";
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const targets = nextTargets(book.cases, wanted);
    if (targets.length === 0) break;
    const jobs = targets.map(
      (target) =>
        ({
          ...take(book, target, batchOf(target, wanted)),
          ...{ show: left, confirm: flags.confirm },
          which,
        }) as const,
    );
    left = keep(book, await workers.run(jobs), left);
    const conflicts = book.cases.filter(({ conflict }) => conflict).length;
    console.error(`round ${round}: ${conflicts} conflicts, ${jobs.length} targets`);
  }
  const count = Math.max(FEWEST_HABITS, Math.round(HABIT_SCENARIOS * (wanted.ofEach / WHOLE.ofEach)));
  const habits = { ...take(book, "habits", count), show: left, which } as const;
  keep(book, await workers.run([habits]), left);
}

/** Scenarios of one target, or the one that was asked for. */
async function runOne(book: Book, workers: Workers, { wanted, flags }: Ordered): Promise<void> {
  const { cause: target, seed, show, uncertain } = flags;
  if (target === null) return;
  if (seed !== null) {
    const one = { target, from: seed, count: 1, show: SHOWN_OF_ONE, which: "all" } as const;
    const job: Job = { ...one, confirm: flags.confirm };
    keep(book, await workers.run([job]), SHOWN_OF_ONE);
    return;
  }
  const which = uncertain ? "uncertain" : "wrong";
  // Two jobs, one for each worker.
  const half = Math.ceil(wanted.ofEach / 2);
  const jobs = [half, half].map(
    (count) => ({ ...take(book, target, count), show, which, confirm: flags.confirm }) as const,
  );
  keep(book, await workers.run(jobs), show);
}

/** Grades the module at `diagnose`; gives the process's exit code. */
export async function grade(
  argv: readonly string[],
  urls: { readonly worker: URL; readonly diagnose: string },
): Promise<number> {
  const flags = readFlags(argv);
  const startMs = performance.now();
  const wanted: Wanted = flags.conflicts === null ? WHOLE : smaller(flags.conflicts);
  const book: Book = { cases: [], patterns: [], seeds: new Map(), failed: 0 };
  const workers = openWorkers(urls.worker, urls.diagnose);
  await (flags.cause === null ? runAll : runOne)(book, workers, { wanted, flags });
  await workers.close();
  const seconds = (performance.now() - startMs) / 1000;
  if (flags.seed !== null) return 0;
  if (flags.confirm) {
    for (const line of confirmedLines(book.cases)) console.log(line);
    console.log(`${seconds.toFixed(0)} s`);
    return missesConfirming(book.cases) ? 1 : 0;
  }
  const result: Grade = { ...book, wanted, seconds, isWhole: flags.cause === null };
  const page = accuracyPage(result);
  if (flags.conflicts === null && flags.cause === null) writeFileSync(PAGE, page);
  else console.log(page);
  for (const line of confusions(book.cases)) console.log(line);
  const missed = missedLimits(result);
  for (const each of missed) console.log(`missed: ${each}`);
  console.log(`${seconds.toFixed(0)} s, ${missed.length} limits missed`);
  return missed.length === 0 ? 0 : 1;
}
