import { PatternTooSlow } from "../core/bounded-pattern.js";
import { GcidemError } from "../core/errors.js";
import { type Baseline, openBaseline } from "../session/baseline.js";
import { withoutCredentials } from "../session/needs-leave.js";
import { type Beside, replayAgainst } from "../session/replay-against.js";
import type { ReadyScenario } from "../session/run-scenario.js";
import type { SessionOptions, SessionResult } from "../session/session.js";
import { type ChosenTarget, chooseTarget } from "./choose-target.js";
import { type CompareFlags, readCompareRules } from "./read-compare-rules.js";
import { DEFAULT_RUNS_FOLDER, type ReplayFlags } from "./replay-flags.js";

/** Runs that are held against others. */
export interface Comparing {
  /** How the scenarios run on the further targets: what may be sent there is checked like for the first one. */
  readonly besides: readonly SessionOptions[];
  readonly run: () => Promise<SessionResult>;
}

/** How the targets of `--against` are read. */
export interface ReadingBesides {
  readonly flags: ReplayFlags;
  readonly optionsOf: (chosen: ChosenTarget) => SessionOptions;
  /** Warnings that stand on the terminal already: of what is common to all targets none comes twice. */
  readonly said: readonly string[];
}

async function readBesides({ flags, optionsOf, said }: ReadingBesides): Promise<readonly Beside[]> {
  const warned = new Set(said);
  const besides: Beside[] = [];
  for (const name of flags.against) {
    const chosen = await chooseTarget({ ...flags, target: name, targetFlag: "--against", header: [] });
    const options = optionsOf(chosen);
    const fresh = chosen.warnings.filter((warning) => !warned.has(warning));
    for (const warning of fresh) options.observer.onWarning(warning);
    for (const warning of fresh) warned.add(warning);
    besides.push({ name, options: { ...options, headers: withoutCredentials(options.headers) } });
  }
  return besides;
}

function readBaseline(flags: ReplayFlags, ready: readonly ReadyScenario[]): Baseline | null {
  if (flags.baseline === undefined) return null;
  const baseline = openBaseline(flags.baseline, flags.out ?? DEFAULT_RUNS_FOLDER);
  try {
    baseline.check(ready.map(({ loaded }) => loaded.scenario.name));
  } catch (error) {
    baseline.close();
    throw error;
  }
  return baseline;
}

function explain(error: unknown): unknown {
  if (!(error instanceof PatternTooSlow)) return error;
  return new GcidemError("usage", `--match: ${error.message}`, {
    hint: "what was sent is in the journal; gcidem diff compares it with other rules",
    cause: error,
  });
}

/**
 * Reads what `--against` and `--baseline` name; nothing is sent before `run`.
 * @throws GcidemError `usage`, `refused` or `invalid-file`
 */
export async function openComparing(
  ready: readonly ReadyScenario[],
  options: SessionOptions,
  how: ReadingBesides,
): Promise<Comparing> {
  const rules = readCompareRules(how.flags satisfies CompareFlags);
  const besides = await readBesides(how);
  const baseline = readBaseline(how.flags, ready);
  const run = async (): Promise<SessionResult> => {
    try {
      const result = await replayAgainst(ready, options, { besides, rules });
      if (baseline === null) return result;
      const compared = baseline.compare(result, rules);
      return {
        ...compared,
        close: () => {
          compared.close();
          baseline.close();
        },
      };
    } catch (error) {
      throw explain(error);
    }
  };
  return { besides: besides.map((beside) => beside.options), run };
}
