import type { Refusal } from "../core/causes.js";
import { isConfirming, isRehearsed } from "../journal/confirming.js";
import type { Exchange } from "../journal/journal.js";
import { differences, type Factor } from "./controls.js";
import type { DiagnoseOptions, Diagnosis, Evidence } from "./diagnose.js";
import { diagnoseExchanges, diagnoseHabits } from "./diagnose-exchanges.js";
import { REFUSAL_RULES } from "./refusals.js";
import { openReader, type Seen, see } from "./seen.js";

function groupRefusals(diagnoses: readonly Diagnosis[]): ReadonlyMap<string, readonly Diagnosis[]> {
  const groups = new Map<string, Diagnosis[]>();
  for (const diagnosis of diagnoses) {
    if (diagnosis.kind !== "refusal") continue;
    const group = groups.get(diagnosis.exchange);
    if (group === undefined) groups.set(diagnosis.exchange, [diagnosis]);
    else group.push(diagnosis);
  }
  return groups;
}

function outcomeWords({ status, ending }: Seen): string {
  return ending === "accepted" ? `accepted (${status})` : `answered ${status ?? "nothing"}`;
}

/** `with another key`, `without a token`: a key or token may be new or gone. */
function changeWords(factor: Factor, about: Seen, seen: Seen): string {
  const has = {
    key: [about.key !== null, seen.key !== null],
    token: [about.sent.length > 0, seen.sent.length > 0],
  };
  const [had, hasNow] = factor === "key" || factor === "token" ? has[factor] : [true, true];
  if (hasNow !== true) return `without a ${factor}`;
  return had === true ? `with another ${factor}` : `with a ${factor}`;
}

/** What each request that was sent to confirm shows of a refused one: in what it differs, and what came of it. */
function evidenceOf(refused: Exchange, confirming: readonly Exchange[]): readonly Evidence[] {
  const reader = openReader();
  const about = see(refused, 0, reader);
  return confirming
    .map((exchange, index) => see(exchange, index + 1, reader))
    .filter(({ method, path, query }) => method === about.method && path + query === about.path + about.query)
    .map((seen) => {
      const changes = [...differences(about, seen)].map((factor) => changeWords(factor, about, seen));
      const how = changes.length === 0 ? "unchanged" : changes.join(" and ");
      return { exchange: seen.id, fact: `${refused.id} sent again ${how} to confirm: ${outcomeWords(seen)}` };
    });
}

/** True where more is known than before: other causes are named, or the first is more certain. */
function isNews(after: readonly Diagnosis[], before: readonly Diagnosis[]): boolean {
  const words = (all: readonly Diagnosis[]): string =>
    all.map(({ cause, certainty }) => `${cause} ${certainty}`).join();
  return words(after) !== words(before);
}

/**
 * True where the request was changed in what its cause depends on, and refused all the same: then another rule may stand
 * behind it that nothing here shows, and nobody is certain.
 */
function isDoubtful(diagnosis: Diagnosis, refused: Exchange, confirming: readonly Exchange[]): boolean {
  const factors: readonly string[] = REFUSAL_RULES[diagnosis.cause as Refusal].factors;
  const reader = openReader();
  const about = see(refused, 0, reader);
  return confirming
    .map((exchange, index) => see(exchange, index + 1, reader))
    .filter(({ writes, ending, status }) => writes && ending === "refused" && status === about.status)
    .map((seen) => [...differences(about, seen)])
    .some(([only = "", ...more]) => more.length === 0 && factors.includes(only));
}

/** What is said of one refused exchange: what was certain without them stays as it was. */
function confirmed(
  refused: Exchange,
  { before, after }: { readonly before: readonly Diagnosis[]; readonly after: readonly Diagnosis[] },
  confirming: readonly Exchange[],
): readonly Diagnosis[] {
  const [first, ...rivals] = after;
  if (first === undefined || before[0]?.certainty === "certain") return before;
  if (!isNews(after, before)) return after;
  const told = { ...first, evidence: [...first.evidence, ...evidenceOf(refused, confirming)] };
  if (first.certainty !== "certain" || !isDoubtful(first, refused, confirming)) return [told, ...rivals];
  return [{ ...told, certainty: "possible" }, ...rivals];
}

/**
 * Explains exchanges of which some were sent to confirm (`confirm-1/again`): these are evidence for what was refused
 * before, by the same rules as any others; nothing is said of them, and no habit of the client concluded from them. Pure.
 */
export function diagnoseConfirmed(
  all: readonly Exchange[],
  options: DiagnoseOptions = {},
): readonly Diagnosis[] {
  const exchanges = all.filter((each) => !isRehearsed(each));
  const confirming = exchanges.filter(isConfirming);
  if (confirming.length === 0) return diagnoseExchanges(exchanges, options);
  const unconfirmed = exchanges.filter((each) => !isConfirming(each));
  const own = diagnoseExchanges(unconfirmed, options);
  const before = groupRefusals(own);
  const after = groupRefusals(diagnoseExchanges(exchanges, options));
  const refusals = exchanges.flatMap((exchange) => {
    const alone = before.get(exchange.id);
    if (alone === undefined) return [];
    return confirmed(exchange, { before: alone, after: after.get(exchange.id) ?? [] }, confirming);
  });
  const ofKind = (wanted: Diagnosis["kind"]): readonly Diagnosis[] =>
    own.filter(({ kind }) => kind === wanted);
  const habits = diagnoseHabits(unconfirmed, refusals, options);
  return [...refusals, ...ofKind("anomaly"), ...habits, ...ofKind("documented")];
}
