import type { Exchange } from "../../journal/journal.js";
import { outcomeOf, toneOf } from "./answer-words.js";
import type { Tone } from "./table-row.js";

/** One answer, as support staff ask for it. */
export interface CorrelationLine {
  readonly number: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Null for a request without an answer. */
  readonly status: number | null;
  readonly tone: Tone;
  /** The correlation ID, or why there is none. */
  readonly id: string;
}

/** The lines to show, by number, and how many there are besides. */
export interface CorrelationLines {
  readonly lines: readonly CorrelationLine[];
  readonly more: number;
  /** That answers of a real server carried no ID, in words; null where all did, or where nobody asks for them. */
  readonly missing: string | null;
}

/** Takes exchanges one by one. */
export interface CorrelationList {
  readonly add: (exchange: Exchange, number: number) => void;
  readonly finish: () => CorrelationLines;
}

const MOST_OF_A_KIND = 20;

/** Of a step that is sent many times the first answers stand for all. */
const MOST_OF_A_STEP = 3;

function missingWords(without: number, answers: number): string | null {
  if (without === 0) return null;
  if (without < answers) return `${without} of ${answers} answers carried no correlation ID`;
  return answers === 1 ? "the answer carried no correlation ID" : `none of ${answers} answers carried one`;
}

/**
 * Keeps the first answers, of what went wrong the first ones too, and those that are wanted, however late they came.
 * `ofServer`: a real server answered, whose support will ask for IDs.
 */
export function createCorrelationList(wanted: ReadonlySet<string>, ofServer = false): CorrelationList {
  const good: CorrelationLine[] = [];
  const wrong: CorrelationLine[] = [];
  const ofSteps = new Map<string, number>();
  let [seen, answers, without] = [0, 0, 0];
  const add = (exchange: Exchange, number: number): void => {
    if (exchange.response !== null) answers += 1;
    // An answer without an ID is of no use to support; a missing answer is, by its time.
    if (exchange.correlationId === null && exchange.response !== null) {
      without += 1;
      return;
    }
    seen += 1;
    const [tone, outcome] = [toneOf(exchange), outcomeOf(exchange)];
    const kind = tone === "good" ? good : wrong;
    const ofStep = ofSteps.get(`${exchange.step} ${outcome}`) ?? 0;
    const many = kind.length >= MOST_OF_A_KIND || ofStep >= MOST_OF_A_STEP;
    if (many && !wanted.has(exchange.id)) return;
    ofSteps.set(`${exchange.step} ${outcome}`, ofStep + 1);
    const id = exchange.correlationId ?? `no answer: ${outcome}`;
    kind.push({
      number,
      at: exchange.timings.startedAt,
      status: exchange.response?.status ?? null,
      tone,
      id,
    });
  };
  const finish = (): CorrelationLines => {
    const lines = [...good, ...wrong].sort((a, b) => a.number - b.number);
    const missing = ofServer ? missingWords(without, answers) : null;
    return { lines, more: seen - lines.length, missing };
  };
  return { add, finish };
}
