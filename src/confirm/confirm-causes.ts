import type { Diagnosis, Experiment } from "../diagnose/diagnose.js";
import type { Exchange } from "../journal/journal.js";
import { type DiagnosisGroup, groupDiagnoses, isSettled } from "../report/group-diagnoses.js";
import type { Confirm, RoundToConfirm } from "../session/session.js";
import { CONFIRM_LIMITS, type ConfirmLimits } from "./confirm.js";
import { planExperiment } from "./plan-experiment.js";

/** Explains the exchanges of a round, what was sent to confirm among them. */
type Explain = (exchanges: readonly Exchange[]) => readonly Diagnosis[];

interface Settings {
  readonly explain: Explain;
  /** Told why something could not be confirmed. */
  readonly onWarning: (message: string) => void;
  readonly limits?: ConfirmLimits;
  /** Once it is aborted, no more is asked. */
  readonly interrupt?: AbortSignal;
}

/** A refusal whose cause is open. */
interface Question {
  readonly exchange: Exchange;
  /** By which it is known again: the step in another round, the request at another step. */
  readonly names: readonly [string, string];
}

function toQuestion(exchange: Exchange, group: DiagnosisGroup): Question {
  const { step, request, idempotencyKey, ifMatch } = exchange;
  const causes = group.candidates.map(({ cause }) => cause).join(" ");
  const sent = [request.method, request.url, request.bodySha256, idempotencyKey ?? "", ifMatch ?? ""];
  return { exchange, names: [`step ${step} ${causes}`, `sent ${sent.join(" ")} ${causes}`] };
}

function experimentOf({ candidates }: DiagnosisGroup): Experiment | null {
  const [first] = candidates;
  if (first.kind !== "refusal" || first.certainty === "certain") return null;
  return candidates.find(({ toConfirm }) => toConfirm !== null)?.toConfirm ?? null;
}

/** What is open in a round, what nothing speaks for first. */
function questionsIn(round: RoundToConfirm, { explain }: Settings): readonly Question[] {
  const exchanges = round.exchanges();
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
  const open = groupDiagnoses(explain(exchanges)).filter((group) => experimentOf(group) !== null);
  const openFirst = [...open.filter((each) => !isSettled(each)), ...open.filter(isSettled)];
  return openFirst.flatMap((group) => {
    const exchange = byId.get(group.exchange);
    return exchange === undefined ? [] : [toQuestion(exchange, group)];
  });
}

/** The next experiment for a question; null once it is certain or nothing that may be sent would tell more. */
function nextExperiment(question: Question, round: RoundToConfirm, { explain }: Settings): Experiment | null {
  const groups = groupDiagnoses(explain(round.exchanges()));
  const own = groups.find(
    ({ exchange, candidates }) => exchange === question.exchange.id && candidates[0].kind === "refusal",
  );
  return own === undefined ? null : experimentOf(own);
}

const TOO_MANY = 429;
const FIRST_FAILURE = 500;

/** One failure may be chance: a server that fails again is not asked on. */
const MOST_FAILURES = 2;

/** The answer at which this server should be asked no more; null where there is none. */
function answerToStopAt(sent: readonly Exchange[]): Exchange | null {
  const statusOf = ({ response }: Exchange): number => response?.status ?? 0;
  const failures = sent.filter((each) => statusOf(each) >= FIRST_FAILURE);
  const limited = sent.find((each) => statusOf(each) === TOO_MANY);
  return limited ?? failures[MOST_FAILURES - 1] ?? null;
}

/** Settles one question as far as it goes. False where nothing more should be asked in this run. */
async function settle(
  question: Question,
  round: RoundToConfirm,
  { settings, nextName }: { readonly settings: Settings; readonly nextName: () => string | null },
): Promise<boolean> {
  const { experiments } = settings.limits ?? CONFIRM_LIMITS;
  const { exchange } = question;
  const done = new Set<string>();
  let startedAt: number | null = null;
  for (let count = 0; count < experiments; count++) {
    const experiment = nextExperiment(question, round, settings);
    if (experiment === null || done.has(experiment.what)) return true;
    done.add(experiment.what);
    const name = nextName();
    if (name === null) return false;
    const sentBefore = round.exchanges().length;
    startedAt ??= sentBefore;
    const planned = planExperiment(experiment, exchange);
    const reason =
      "because" in planned
        ? planned.because
        : await round.send({ name, plan: planned.plan, like: exchange.step });
    const stop = answerToStopAt(round.exchanges().slice(startedAt));
    if (stop !== null) {
      const status = stop.response?.status;
      settings.onWarning(
        `--confirm: ${stop.id} was answered ${status}, which tells nothing of the cause; ${status === TOO_MANY ? "nothing more is asked" : "no more is asked about this one"}`,
      );
      return status !== TOO_MANY;
    }
    if (reason === null) continue;
    settings.onWarning(`--confirm: "${experiment.what}" was not carried out: ${reason}`);
    // What got no further than its read has told something all the same.
    if (settings.interrupt?.aborted === true || round.exchanges().length === sentBefore) return true;
  }
  return true;
}

/**
 * Makes what runs at the end of each round: it sends the experiments that settle what is open, one after another, and has
 * the round explained again after each, by the same rules and all its exchanges. What a question was asked for once is not
 * asked again in later rounds.
 */
export function createConfirm(settings: Settings): Confirm {
  const asked = new Set<string>();
  const { questions, inAll } = settings.limits ?? CONFIRM_LIMITS;
  let [count, left, isOver] = [0, questions, false];
  const end = (because: string): void => {
    isOver = true;
    settings.onWarning(`--confirm: ${because}, the most of one command; what is open after that stays open`);
  };
  const nextName = (): string | null => {
    if (count < inAll) return `confirm-${++count}`;
    end(`${inAll} experiments were sent`);
    return null;
  };
  return async (round) => {
    const before = new Set(asked);
    for (const question of questionsIn(round, settings)) {
      if (isOver || settings.interrupt?.aborted === true) return;
      if (question.names.some((name) => before.has(name))) continue;
      if (left === 0 && question.names.every((name) => !asked.has(name)))
        return end(`${questions} questions were asked`);
      // Of one request that was refused twice, what was sent for the first tells all of the second, or nearly.
      if (question.names.every((name) => !asked.has(name))) left -= 1;
      for (const name of question.names) asked.add(name);
      isOver = !(await settle(question, round, { settings, nextName })) || isOver;
    }
  };
}
