import type { Clock } from "../core/clock.js";
import { GcidemError } from "../core/errors.js";
import type { Reset } from "../core/target.js";
import type { World } from "../core/world.js";
import type { MemoryKeyStore } from "../idempotency/memory-store.js";
import { packRecord, unpackRecord } from "../idempotency/record-codec.js";
import { readDocument, TABLE_NAMES, writeDocument } from "./documents.js";
import type { Org, TableName } from "./org.js";
import { isInstantMs } from "./versioned.js";

/** What the first member of a saved state says. */
const FORMAT = "gcidem-state/1";

type SavedTables = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A mock's state as it was saved. */
export interface SavedState extends Reset {
  /** How often a mock went on from it: each time has random sequences of its own. */
  readonly restarts: number;
  /** Where its clock stood, and what the calendar said by it. */
  readonly nowMs: number;
  readonly epochMs: number;
  /** What the calendar of the world said. */
  readonly realEpochMs: number;
  readonly tables: SavedTables;
  /** Packed records by their names in the store. */
  readonly keys: readonly (readonly [id: string, record: string])[];
}

/** What is saved. */
export interface Saving extends Reset {
  readonly restarts: number;
  readonly clock: Pick<Clock, "nowMs" | "epochMs">;
  readonly org: Org;
  readonly store: MemoryKeyStore;
}

function saveTable(held: ReadonlyMap<string, unknown>, table: TableName): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...held].map(([id, document]) => [id, JSON.parse(writeDocument(table, document)) as unknown]),
  );
}

/** Everything but logins as text, one JSON value. Requests under way are left out, as if they had never come. */
export function saveState({ seed, world, restarts, clock, org, store }: Saving): string {
  const kept = [...store.all()].filter(([, { state }]) => state.kind !== "in-flight" || state.stuck);
  const saved: SavedState = {
    seed,
    world,
    restarts,
    nowMs: clock.nowMs(),
    epochMs: clock.epochMs(),
    realEpochMs: Date.now(),
    tables: Object.fromEntries(TABLE_NAMES.map((table) => [table, saveTable(org[table], table)])),
    keys: kept.map(([id, record]) => [id, packRecord(record)]),
  };
  return `${JSON.stringify({ format: FORMAT, ...saved })}\n`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(found: string, cause?: unknown): GcidemError {
  return new GcidemError("invalid-file", `the saved state cannot be used: ${found}`, {
    hint: "start without it, or give a file that a gcidem mock saved",
    ...(cause === undefined ? {} : { cause }),
  });
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === "string");
}

const NUMBERS = ["seed", "restarts", "nowMs", "epochMs", "realEpochMs"] as const;

/** Reads what {@link saveState} wrote. @throws GcidemError `invalid-file` */
export function readSavedState(text: string): SavedState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`it is not JSON (${error instanceof Error ? error.message : String(error)})`, error);
  }
  if (!isRecord(value) || value.format !== FORMAT) {
    throw invalid(
      `its format is ${JSON.stringify(isRecord(value) ? value.format : value)?.slice(0, 40)}, expected "${FORMAT}"`,
    );
  }
  const missing = NUMBERS.find((name) => !isInstantMs(value[name]));
  if (missing !== undefined) throw invalid(`${missing} is not a number, or too large`);
  if (!isRecord(value.tables) || !Array.isArray(value.keys)) throw invalid("tables or keys are missing");
  const unpaired = value.keys.findIndex((each) => !isPair(each));
  if (unpaired >= 0) throw invalid(`entry ${unpaired + 1} of its keys is not a name with a record`);
  return value as unknown as SavedState & { readonly world: World | null };
}

/** Puts a saved state into an empty org and store. @throws GcidemError `invalid-file`, naming the document */
export function restore(
  saved: SavedState,
  into: { readonly org: Org; readonly store: MemoryKeyStore },
): void {
  for (const table of TABLE_NAMES) {
    into.org[table].clear();
    for (const [id, document] of Object.entries(saved.tables[table] ?? {})) {
      try {
        readDocument(into.org, table, { id, text: JSON.stringify(document) });
      } catch (error) {
        throw invalid(`${table}/${id} is not a document of that table`, error);
      }
    }
  }
  for (const [id, record] of saved.keys) {
    try {
      into.store.put(id, unpackRecord(record));
    } catch (error) {
      throw invalid(
        `the key ${id.slice(0, 80)}: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
    }
  }
}

/** Where the clock of a mock stands that goes on from a saved state: time went on meanwhile. Pure. */
export function resumedAt(
  saved: SavedState,
  realEpochMs: number,
): { readonly nowMs: number; readonly epochMs: number } {
  const awayMs = Math.max(0, realEpochMs - saved.realEpochMs);
  return { nowMs: saved.nowMs + awayMs, epochMs: saved.epochMs + awayMs };
}
