import { closeSync, fstatSync, ftruncateSync } from "node:fs";
import { notWritten, type OpenFile, openFile, writePieces } from "./output-file.js";

/** GitHub drops the whole summary of a step that is larger (1 MiB, Nov 2026). */
const MOST_BYTES = 1 << 20;
const CUT = "\nThe summary ends here: GitHub takes no more than 1 MiB. The other reports have all of it.\n";

/** The file that GitHub Actions shows as the step's summary, open for more; null where there is none. @throws GcidemError `output` */
export function openStepSummary(): OpenFile | null {
  const path = process.env.GITHUB_STEP_SUMMARY;
  return path === undefined || path === "" ? null : openFile(path, "append");
}

/** Pieces are whole Markdown: as many as fit. */
function* fitting(pieces: Iterable<string>, room: number): Generator<string> {
  let left = room - Buffer.byteLength(CUT);
  for (const piece of pieces) {
    left -= Buffer.byteLength(piece);
    if (left < 0) return yield CUT;
    yield piece;
  }
}

/** What stands there already may lack its last line end. */
function* apart(pieces: Iterable<string>): Generator<string> {
  yield "\n\n";
  yield* pieces;
}

/** Adds Markdown to the step's summary and closes it. @throws GcidemError `output`; the summary is then as it was. */
export function writeStepSummary(pieces: Iterable<string>, file: OpenFile): void {
  const { size } = fstatSync(file.descriptor);
  try {
    writePieces(fitting(size === 0 ? pieces : apart(pieces), MOST_BYTES - size), file);
  } catch (error) {
    if (fstatSync(file.descriptor).isFile()) ftruncateSync(file.descriptor, size);
    throw notWritten(file.path, error);
  } finally {
    closeSync(file.descriptor);
  }
}
