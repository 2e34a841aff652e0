import type { RunReport, RunSection } from "../report.js";
import { counted, indented } from "./block.js";
import { shellQuote } from "./curl-line.js";
import { displayWidth } from "./display-width.js";
import { hiddenLine } from "./hidden-line.js";
import type { Look } from "./look.js";
import type { Span } from "./wrap-text.js";

/** From here on milliseconds are no help. */
const LONG_MS = 10_000;

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** `4 ms`, `12.3 s`, `15 min 2 s`, `24 h 1 min`, `11 d 5 h`: how long a run took, for people. Pure. */
function spokenDuration(durationMs: number): string {
  if (durationMs < LONG_MS) return `${Math.round(durationMs)} ms`;
  if (durationMs < 120_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  const [days, hours] = [Math.floor(seconds / DAY_S), Math.floor(seconds / HOUR_S)];
  if (days >= 2) return `${days} d ${hours % 24} h`;
  const minutes = Math.floor(seconds / MINUTE_S);
  return hours >= 2 ? `${hours} h ${minutes % 60} min` : `${minutes} min ${seconds % 60} s`;
}

function scenarioSpans({ summary }: RunReport, look: Look): readonly Span[] {
  const { green, red, yellow } = look.paint;
  const parts = [
    { count: summary.passed, word: "passed", paint: green },
    { count: summary.failed, word: "failed", paint: red },
    { count: summary.inconclusive, word: "inconclusive", paint: yellow },
    { count: summary.notJudged, word: "not judged", paint: String },
  ].filter(({ count }) => count > 0);
  const [only] = parts;
  const all = counted(summary.scenarios, "scenario");
  if (only === undefined) return [{ text: all }];
  if (parts.length === 1) return [{ text: `${all} ` }, { text: only.word, paint: only.paint }];
  return [
    { text: `${all}: ` },
    ...parts.flatMap(({ count, word, paint }, index) => [
      { text: index === 0 ? "" : ", " },
      { text: `${count} ${word}`, paint },
    ]),
  ];
}

const MOST_NAMED = 20;

/** Where to look in a report of many scenarios. */
function* troubled({ runs }: RunReport, look: Look): Generator<string> {
  const { red, yellow } = look.paint;
  const found = runs.filter(({ verdict }) => verdict === "fail" || verdict === "inconclusive");
  for (const { verdict, scenario } of found.slice(0, MOST_NAMED)) {
    const failed = verdict === "fail";
    const word = { text: failed ? "FAIL" : "INCONCLUSIVE", paint: failed ? red : yellow };
    const name = { text: `  ${look.text(scenario.name)}  ` };
    yield* indented(look, { indent: 2, hang: 6 }, [
      word,
      name,
      { text: look.text(scenario.file), paint: (text) => look.linked(look.paint.dim(text), scenario.file) },
    ]);
  }
  const more = found.length - MOST_NAMED;
  if (more > 0) yield* indented(look, 2, [{ text: `and ${counted(more, "more scenario")}` }]);
}

function savedWords({ runs }: RunReport): string | null {
  const folders = runs.flatMap(({ folder }) => folder ?? []);
  const [first] = folders;
  if (first === undefined) return null;
  if (folders.length === 1) return `saved in ${first}`;
  const parents = new Set(folders.map((folder) => folder.replace(/[\\/][^\\/]*$/, "")));
  return `saved in ${[...parents].join(", ")} (${counted(folders.length, "run")})`;
}

/** A run of the default folder; the newest one needs no name. */
const IN_DEFAULT_FOLDER = /^\.gcidem[\\/]runs[\\/][^\\/]+$/;

function hasTrouble({ counts, invariants }: RunSection): boolean {
  return counts.conflicts > 0 || invariants.some(({ holds }) => holds === false);
}

/** The command that makes the bundle for a ticket of the first run with a conflict; null where there is none. */
function evidenceCommand({ runs }: RunReport, look: Look): string | null {
  const folder = runs.find(hasTrouble)?.folder ?? null;
  if (folder === null) return null;
  const newest = runs.length === 1 && !look.older && IN_DEFAULT_FOLDER.test(folder);
  return `gcidem evidence ${newest ? "last" : shellQuote(folder, !look.unicode)}`;
}

/** Last lines of a report: how it came out, how much was sent, where the runs were saved, what makes the evidence. */
export function* footer(report: RunReport, look: Look): Generator<string> {
  const durationMs = report.runs.reduce((sum, run) => sum + run.durationMs, 0);
  const mock = report.runs.every(({ target }) => target.kind === "mock");
  // Where the mock's clock jumped nobody waited so long.
  const clock = mock && durationMs >= LONG_MS ? " on the mock's clock" : "";
  const sent = `${counted(report.summary.exchanges, "request")} in ${spokenDuration(durationMs)}${clock}`;
  yield* indented(look, 0, [...scenarioSpans(report, look), { text: `   ${sent}` }]);
  if (report.runs.length > 1) yield* troubled(report, look);
  yield* hiddenLine(report, look);
  const saved = savedWords(report);
  // In one piece however narrow the terminal is, so that it can be copied.
  if (saved !== null) {
    const [folder, ...others] = report.runs.flatMap((run) => run.folder ?? []);
    const shown = look.paint.dim(look.text(saved));
    yield folder === undefined || others.length > 0 ? shown : look.linked(shown, folder);
  }
  const command = evidenceCommand(report, look);
  if (command === null) return;
  const [label, text] = ["evidence for a ticket:", look.text(command)];
  // On a line of its own where it would run over, so that it is wrapped as late as possible.
  if (displayWidth(`${label}  ${text}`) <= look.columns) yield `${label}  ${text}`;
  else yield* [label, `  ${text}`];
}
