import { holdExchange } from "./hold-exchange.js";
import type { JournalEntry, JournalRecord } from "./journal.js";
import { createRecordPairs, type Pairing } from "./pair-records.js";

/** What the first lines of a journal came to, as reading them would give it, and where the others begin. */
export interface FirstEntries {
  readonly entries: readonly JournalEntry[];
  readonly pairing: Pairing;
  readonly lines: number;
  readonly endOffset: number;
}

/** The part of a journal that stays in memory. */
export interface JournalMemory {
  /** Keeps a record that was written as `line`, where it and all before it have room. */
  readonly keep: (record: JournalRecord, line: string) => void;
  readonly first: () => FirstEntries;
}

/** True where so many more characters may be kept; they are then taken. */
export type Room = (characters: number) => boolean;

/** Makes room for so many characters of lines, whichever journals they are of. */
export function makeRoom(characters: number): Room {
  let left = characters;
  return (wanted) => {
    if (wanted > left) return false;
    left -= wanted;
    return true;
  };
}

/** Messages are made of nothing that JSON would change. Of the rest, which is rare, what was written is read. */
function asRead(record: JournalRecord, line: string): JournalRecord {
  const isMessage = record.type === "request-sent" || record.type === "response" || record.type === "failed";
  return isMessage ? record : (JSON.parse(line) as JournalRecord);
}

function held(entry: JournalEntry): JournalEntry {
  return entry.type === "exchange" ? { type: "exchange", exchange: holdExchange(entry.exchange) } : entry;
}

/** Starts to keep a journal for as long as there is room. */
export function createJournalMemory(room: Room): JournalMemory {
  const pairs = createRecordPairs();
  const entries: JournalEntry[] = [];
  let [lines, endOffset] = [0, 0];
  let full = false;
  return {
    keep: (record, line) => {
      full ||= !room(line.length);
      if (full) return;
      for (const entry of pairs.take(asRead(record, line))) entries.push(held(entry));
      lines += 1;
      endOffset += Buffer.byteLength(line);
    },
    first: () => ({ entries, pairing: pairs.pairing(), lines, endOffset }),
  };
}
