import type { RedactionRules, TargetProfile } from "../config/config.js";
import type { HeaderList } from "../core/http.js";
import type { KeepRule } from "../core/keep-rules.js";
import type { Exchange } from "../journal/journal.js";
import type { Policy } from "../policy/policy.js";
import type { RunReport } from "../report/report.js";
import type { OpenRound, RunObserver } from "../run/run.js";
import type { Scenario } from "../scenario/scenario.js";
import type { SubjectRule } from "../subject/subject.js";
import type { RaceOptions } from "../transport/race.js";

/** A scenario as it was read, with what its file refers to. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly text: string;
  readonly sha256: string;
  /** The folder that `bytesFrom` and `policy` files must stay in; null where the scenario came from no file. */
  readonly folder: string | null;
  /** The policy that it names; null where it names none. */
  readonly policy: Policy | null;
}

/**
 * Where requests go. `at` is the address of a mock that is running; without it one is started for each run. `profile` is
 * a target with settings: its `baseUrl` is that of the profile.
 */
export type TargetChoice =
  | { readonly kind: "mock"; readonly at?: string }
  | { readonly kind: "http"; readonly baseUrl: string }
  | { readonly kind: "profile"; readonly baseUrl: string; readonly profile: TargetProfile };

/** Leave to send writes (contracts.md, Safety). */
interface Safety {
  readonly readOnly: boolean;
  readonly allowWrites: boolean;
  readonly allowDestructive: boolean;
  /** Path prefixes; empty: any. */
  readonly only: readonly string[];
}

/** How often each scenario is run. `untilConflict`: no more once a round has a conflict or a violated invariant. */
export interface Rounds {
  readonly most: number;
  readonly untilConflict: boolean;
}

/** A round whose steps are done, with all that was sent in it until now. */
export interface RoundToConfirm extends OpenRound {
  readonly exchanges: () => readonly Exchange[];
}

/** Sends what settles the causes that a round leaves open. */
export type Confirm = (round: RoundToConfirm) => Promise<void>;

/** What config files say of the traffic itself, whatever the target is. */
export interface ConfigRules {
  readonly subjectRules: readonly SubjectRule[];
  readonly redaction: RedactionRules;
}

/** How scenarios are run. */
export interface SessionOptions {
  readonly target: TargetChoice;
  /** Outranks each scenario's own policy. */
  readonly policy: Policy | null;
  /** Outranks each scenario's own seed. */
  readonly seed: number | null;
  readonly given: ReadonlyMap<string, string>;
  readonly headers: HeaderList;
  readonly allowedEnv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runsFolder: string;
  /** True for the default folder, which carries its own `.gitignore`. */
  readonly runsFolderIgnored: boolean;
  /** Outranks the scenario's `defaults.timeout`; null: that, else 30 s. */
  readonly timeoutMs: number | null;
  readonly maxWaitMs: number;
  readonly maxRequests: number | null;
  /** Absent or null: there is no config file. */
  readonly rules?: ConfigRules | null;
  /** Callers' data that is not hidden. Absent: none of it is kept. */
  readonly keep?: readonly KeepRule[];
  /** Requests a minute; absent or null: what the profile says, else what the platform documents of itself. */
  readonly maxRate?: number | null;
  /** The login's token is kept on disk between runs. Absent: no. */
  readonly tokenCache?: boolean;
  /** Null: once, and nothing is said of how often a conflict comes. */
  readonly rounds: Rounds | null;
  readonly technique: RaceOptions["technique"];
  readonly ca: string | null;
  readonly safety: Safety;
  /** Called at the end of each round, before it is cleaned up. Absent: nothing is confirmed. */
  readonly confirm?: Confirm;
  readonly bail: boolean;
  readonly requireExpectations: boolean;
  readonly interrupt: AbortSignal;
  /** Aborted when the user interrupts again: clean-up ends too. Absent: never. */
  readonly stop?: AbortSignal;
  readonly observer: RunObserver;
}

/**
 * What besides the verdicts decides how a session ends: `violated` an expectation, `different` from what a run was held
 * against, `undecided` no verdict, `unanswered`
 * an exchange without a response that nothing covers, `unauthorised` a 401 or 403 that nobody expects, `refused` a
 * request that gcidem would not send or a race that could not be formed, `budget` the request budget, `not-reproduced` a
 * conflict that was to be waited for and did not come, `interrupted` the user.
 */
export type Signal =
  | "violated"
  | "different"
  | "undecided"
  | "unanswered"
  | "unauthorised"
  | "refused"
  | "budget"
  | "not-reproduced"
  | "interrupted";

/** Reports of everything that ran. The report reads journals while it is rendered: close afterwards. */
export interface SessionResult {
  readonly report: RunReport;
  readonly signals: readonly Signal[];
  readonly close: () => void;
}
