import { isConflictStatus } from "../../../core/http.js";
import type { Exchange } from "../../../journal/journal.js";
import { type DiagnosisGroup, groupDiagnoses, isSettled } from "../../group-diagnoses.js";
import type { RunSection } from "../../report.js";

/** What is said of one exchange, and of how many others the same holds. */
export interface CaseItem {
  readonly group: DiagnosisGroup;
  readonly exchange: Exchange;
  /** Ids of further exchanges of which the same is said. */
  readonly alike: readonly string[];
  /** True where the caller was kept out and nobody expected it. */
  readonly unexpected?: boolean;
}

/** What concerns one thing under one key. */
export interface Case {
  readonly resource: string;
  readonly key: string | null;
  readonly items: readonly CaseItem[];
}

interface OpenItem {
  readonly group: DiagnosisGroup;
  readonly exchange: Exchange;
  readonly alike: string[];
  readonly unexpected: boolean;
}

interface OpenCase {
  readonly resource: string;
  readonly key: string | null;
  readonly items: Map<string, OpenItem>;
}

/** What must be equal for one answer to stand for another: the causes, how sure they are, the status, and whether it can be settled. */
function signatureOf(group: DiagnosisGroup, exchange: Exchange): string {
  const causes = group.candidates.map(({ cause, certainty }) => `${cause} ${certainty}`);
  const canBeSettled = group.candidates.some(({ toConfirm }) => toConfirm !== null);
  const answer = [exchange.request.method, exchange.response?.status ?? ""];
  return [...answer, isSettled(group), canBeSettled, ...causes].join(" ");
}

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/**
 * Exchanges of a run of one's own in which the caller was kept out and that nobody expected. A 401 may be followed by a
 * login and the same request, so that it counts only where an expectation failed by it.
 */
function keptOut({ expectations, recording }: RunSection): (exchange: Exchange) => boolean {
  const ids = (truth: boolean): ReadonlySet<string | null> =>
    new Set(expectations.filter(({ ok }) => ok === truth).map(({ exchange }) => exchange));
  const [failed, held] = [ids(false), ids(true)];
  return ({ id, response }) => {
    if (recording !== undefined) return false;
    if (response?.status === UNAUTHORIZED) return failed.has(id);
    return response?.status === FORBIDDEN && (failed.has(id) || !held.has(id));
  };
}

/** True for what hardly anybody looks for: a read that was refused with another status than that of a conflict. */
export function isAside({ group, exchange, unexpected }: CaseItem): boolean {
  if (unexpected === true) return false;
  const { response, request } = exchange;
  const status = response?.status ?? 0;
  const read = ["GET", "HEAD", "OPTIONS"].includes(request.method);
  return group.candidates[0].kind === "refusal" && read && !isConflictStatus(status);
}

/**
 * Puts what is said together by resource and key, in the order of the recording, what is said aside last; equal answers
 * are said once.
 */
export function casesOf(run: RunSection): readonly Case[] {
  const cases = new Map<string, OpenCase>();
  const isUnexpected = keptOut(run);
  for (const group of groupDiagnoses(run.diagnoses)) {
    const exchange = run.exchange(group.exchange);
    const [resource, key] = [exchange.resource ?? exchange.request.url, exchange.idempotencyKey];
    const name = `${resource}\n${key === null ? "" : `"${key}"`}`;
    const own: OpenCase = cases.get(name) ?? { resource, key, items: new Map() };
    cases.set(name, own);
    const unexpected = isUnexpected(exchange);
    const signature = `${signatureOf(group, exchange)} ${unexpected}`;
    const item = own.items.get(signature);
    if (item === undefined) own.items.set(signature, { group, exchange, alike: [], unexpected });
    else item.alike.push(exchange.id);
  }
  const all = [...cases.values()].map((each): Case => ({ ...each, items: [...each.items.values()] }));
  const aside = all.filter(({ items }) => items.every(isAside));
  return [...all.filter((each) => !aside.includes(each)), ...aside];
}
