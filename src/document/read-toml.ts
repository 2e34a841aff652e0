import { parse, TomlError } from "smol-toml";
import { invalidFile } from "../core/errors.js";

/** A table of a TOML document. */
export type TomlTable = Readonly<Record<string, unknown>>;

/**
 * Reads TOML. Line ends of Windows and a byte order mark are taken as they come. Messages never repeat the text, which
 * may hold secrets. Pure.
 * @throws GcidemError `invalid-file` with the place
 */
export function readToml(text: string, file: string): TomlTable {
  try {
    return parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    const message = `no TOML here: ${error.message.split("\n", 1)[0]?.replace(/^Invalid TOML document: /, "") ?? ""}`;
    throw invalidFile(file, [{ at: { file, line, column }, message }]);
  }
}
