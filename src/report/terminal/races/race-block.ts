import type { RaceReleased } from "../../../journal/journal.js";
import type { RunSection } from "../../report.js";
import { isUnformed } from "../../unformed.js";
import { type Block, counted, grouped, indented, underLabel } from "../block.js";
import type { Look } from "../look.js";
import { roundWords } from "../round-words.js";
import type { Telling } from "./choose-lanes.js";
import { foldNotes } from "./fold-notes.js";
import { type Panel, panelsOf, proofsOf } from "./lanes.js";
import { pictureLines } from "./race-picture.js";
import { innerName, type RaceStepOfRun, violatedOf } from "./race-steps.js";
import type { RaceRound } from "./race-survey.js";
import { raceWords, spreadLine } from "./release-words.js";

const LABEL = 8;
const MOST_NOTES = 8;

function* titleLines(step: RaceStepOfRun, records: readonly RaceReleased[], look: Look): Generator<string> {
  yield* indented(look, { indent: 2, hang: 2 }, [
    { text: look.text(step.id), paint: look.paint.bold },
    { text: `  ${look.text(raceWords(step, records))}` },
  ]);
}

function tellingOf(run: RunSection, race: string, panels: readonly Panel[]): Telling {
  return {
    proofs: proofsOf(violatedOf(run, race)),
    winners: new Set(panels.flatMap(({ winners }) => [...winners])),
  };
}

/** Why a round has a picture. */
function roundTitle({ race, round, bars }: RaceRound, run: RunSection): string {
  const violated = violatedOf(run, race.id).some(({ violatedRounds }) => violatedRounds[0] === round);
  if (violated) return `round ${round}, the first with a violation`;
  const hit = run.reproduction?.hitRounds[0] === round && bars.some(({ tone }) => tone === "conflict");
  return hit ? `round ${round}, the first with a conflict` : `round ${round}`;
}

function* pictures(rounds: readonly RaceRound[], run: RunSection, look: Look): Generator<string> {
  const total = run.reproduction?.rounds ?? 1;
  const explained = new Set<string>();
  for (const each of rounds) {
    if (total > 1) yield* indented(look, 2, [{ text: roundTitle(each, run), paint: look.paint.bold }]);
    const panels = panelsOf(each);
    const telling = tellingOf(run, each.race.id, panels);
    yield* pictureLines({ panels, zeroMs: each.zeroMs, telling, explained }, look);
  }
  const more = total - rounds.length;
  if (more > 0)
    yield* indented(look, 2, [
      {
        text: `${look.marks.ellipsis} ${counted(more, "more round")} in the JSON report`,
        paint: look.paint.dim,
      },
    ]);
}

/** Records by barrier: the same inner steps in each round. */
function barriersOf(records: readonly RaceReleased[]): ReadonlyMap<string, readonly RaceReleased[]> {
  const barriers = new Map<string, RaceReleased[]>();
  for (const record of records) {
    const name = record.waves.map(innerName).join(", ");
    const known = barriers.get(name);
    if (known === undefined) barriers.set(name, [record]);
    else known.push(record);
  }
  return barriers;
}

function* spreadLines(records: readonly RaceReleased[], look: Look): Generator<string> {
  const lines = [...barriersOf(records)].flatMap(([name, own]) => {
    const words = spreadLine(own);
    return words === "" ? [] : [{ name, words }];
  });
  for (const [index, { name, words }] of lines.entries()) {
    const before = lines.length > 1 ? `${look.text(name)}: ` : "";
    yield* underLabel(look, { indent: 2, text: index === 0 ? "spread" : "", width: LABEL }, [
      { text: before + words },
    ]);
  }
  const notes = foldNotes(records.flatMap((record) => record.notes));
  for (const note of notes.slice(0, MOST_NOTES))
    yield* underLabel(look, { indent: 2, text: "note", width: LABEL }, [{ text: look.text(note) }]);
}

const MEANS =
  "a target that speaks HTTP/2, --release-technique other than naive, `release: together`, more writers, more rounds";

/** Where nothing answers, no way of sending helps. */
function whatHelps({ failures, exchanges }: RunSection["counts"]): string {
  return failures === exchanges ? "a target that answers: no request of this run was answered" : MEANS;
}

function* formedLines(
  records: readonly RaceReleased[],
  { counts }: RunSection,
  look: Look,
): Generator<string> {
  const loose = records.filter(isUnformed);
  if (loose.length === 0) return;
  const rounds = new Set(records.map(({ round }) => round)).size;
  const missed = [...new Set(loose.map(({ round }) => round))];
  const names = [...new Set(loose.flatMap(({ waves }) => waves.map(innerName)))].join(", ");
  const where =
    rounds > 1
      ? ` in ${grouped(missed.length)} of ${grouped(rounds)} rounds (${roundWords(missed, missed.length, look.marks)})`
      : "";
  yield* indented(look, { indent: 2, hang: 4 }, [
    { text: "NOT FORMED", paint: look.paint.yellow.bold },
    {
      text: `  no two requests of ${look.text(names)} were under way at the same time${where}: nothing can be concluded from that. What helps: ${whatHelps(counts)}`,
    },
  ]);
}

/** Each race: its writers' lanes in the rounds that tell most, and how close together the requests left and arrived. */
export const raceBlock: Block = function* ({ run, survey, look }) {
  const races = new Map(survey.races.map(({ race }) => [race.id, race]));
  let between = false;
  for (const race of races.values()) {
    const records = run.races.filter(({ step }) => step === race.id);
    const rounds = survey.races.filter((each) => each.race.id === race.id);
    if (between) yield "";
    between = true;
    yield* titleLines(race, records, look);
    yield* pictures(rounds, run, look);
    yield* spreadLines(records, look);
    yield* formedLines(records, run, look);
  }
};
