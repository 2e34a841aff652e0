import type { RunReport, RunSection } from "../report/report.js";

/** One file of a bundle. Its pieces are made while they are taken, so that no file is ever in memory as a whole. */
export interface BundleFile {
  readonly name: string;
  readonly pieces: Iterable<string>;
  /** Meant to be run. Absent: no. */
  readonly executable?: true;
}

/** What a person gives by `--set`, by name. */
export type TicketValues = ReadonlyMap<string, string>;

/** What is known of the machine and the tool that make the bundle. */
export interface Machine {
  /** `gcidem 0.1.0`. */
  readonly tool: string;
  /** `v20.20.0`. */
  readonly node: string;
  /** `Linux 6.1.0 x64`. */
  readonly os: string;
}

/** A region of the platform, by the host that a run talked to. */
export interface BundleRegion {
  readonly name: string;
  readonly domain: string;
}

/** What a bundle is made from: one run, rendered by others too. */
export interface EvidenceSource {
  /** Holds exactly one run, whose `folder` is null: where it was saved is of no use to anybody else. */
  readonly report: RunReport;
  readonly run: RunSection;
  readonly journalFile: string;
  /** Null where the host is not of the platform. */
  readonly region: BundleRegion | null;
  readonly machine: Machine;
  readonly values: TicketValues;
  /** What a reader must know of how the run ended or was read, each a sentence. */
  readonly notes: readonly string[];
}

/** The one file that a person edits: no manifest lists it. */
export const TICKET_FILE = "TICKET.txt";

/** Lists the sha256 of every other file. */
export const MANIFEST_FILE = "manifest.sha256.json";

/** Version of what is in a bundle. */
export const BUNDLE_SCHEMA = "gcidem-evidence/1";
