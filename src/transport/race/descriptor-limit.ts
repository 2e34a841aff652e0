import { GcidemError } from "../../core/errors.js";

/** Files, pipes and look-ups besides connections. */
const SPARE = 64;

interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } };
  readonly libuv?: readonly unknown[];
}

/** How many files and connections this process may have open, and how many it has. */
export interface OpenFiles {
  /** null: no limit, or none known. */
  readonly limit: number | null;
  readonly open: number;
}

/**
 * Asks Node's diagnostic report, which has what `ulimit -n` says on each system. Its look-up of every connection's name
 * would take seconds, so it is left out.
 */
export function readOpenFiles(): OpenFiles {
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report;
  const before = report.excludeNetwork ?? false;
  report.excludeNetwork = true;
  const { userLimits, libuv = [] } = report.getReport() as Report;
  report.excludeNetwork = before;
  const soft = userLimits?.open_files?.soft;
  return { limit: typeof soft === "number" ? soft : null, open: libuv.length };
}

/**
 * Stops a race that needs more connections than this process may open. On loopback each counts twice: the server may be
 * this very process, as the embedded mock is.
 *
 * @throws GcidemError `usage`
 */
export function checkOpenFiles(connections: number, { limit, open }: OpenFiles, isLoopback: boolean): void {
  const needed = connections * (isLoopback ? 2 : 1) + open + SPARE;
  if (limit === null || needed <= limit) return;
  const most = Math.floor((limit - open - SPARE) / (isLoopback ? 2 : 1));
  const more = `allow more open files first: ulimit -n ${needed}`;
  throw new GcidemError(
    "usage",
    `${connections} writers need a connection each, and this process may have ${limit} files open at once; nothing was sent`,
    { hint: most < 2 ? more : `use at most ${most} writers, or ${more}` },
  );
}
