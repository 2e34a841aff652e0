/** A piece of a text of which parts are only known when the script runs. */
export type ShellPiece = { readonly text: string } | { readonly variable: string };

/** Texts of this length are safe as one argument of a program (Linux allows 128 KiB). In characters. */
const LONGEST_ARGUMENT = 30_000;

/** What may stand in a script as it is: nothing that moves a cursor, hides or reorders what a person reads. */
const PLAIN_LINES = /^(?:[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\u{e0000}-\u{e007f}]|\n)*$/u;

/** `%`, `'` and the backslash mean something in a format or in quotes; a dash that begins it would be an option. */
const SPECIAL: readonly number[] = [0x25, 0x27, 0x5c];
const DASH = 0x2d;

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Bytes as a format of printf, which every POSIX shell has built in: it can write NUL and takes any length. An octal
 * escape has three digits, so that digits after it stay what they are.
 */
function octal(bytes: Buffer): string {
  let format = "";
  for (const byte of bytes) {
    const special = byte < 0x20 || byte > 0x7e || SPECIAL.includes(byte) || (format === "" && byte === DASH);
    format += special ? `\\${byte.toString(8).padStart(3, "0")}` : String.fromCharCode(byte);
  }
  return `'${format}'`;
}

function pieceWord(piece: ShellPiece): string {
  if ("variable" in piece) return `"\${${piece.variable}}"`;
  if (PLAIN_LINES.test(piece.text)) return quoted(piece.text);
  return `"$(printf ${octal(Buffer.from(piece.text))})"`;
}

/** One word of a POSIX shell; a control in it is made when the script runs, and never seen by who reads it. Pure. */
export function shellWord(pieces: readonly ShellPiece[]): string {
  const word = pieces
    .filter((piece) => "variable" in piece || piece.text !== "")
    .map(pieceWord)
    .join("");
  return word === "" ? "''" : word;
}

/** True where the body can be an argument of curl: short, and of characters that a person can see. Pure. */
export function isArgument(pieces: readonly ShellPiece[]): boolean {
  let length = 0;
  for (const piece of pieces) {
    if ("variable" in piece) continue;
    if (!PLAIN_LINES.test(piece.text)) return false;
    length += piece.text.length;
  }
  return length <= LONGEST_ARGUMENT;
}

/** A command that writes exactly these bytes, for a pipe. Pure. */
export function printCommand(pieces: readonly ShellPiece[]): string {
  const commands = pieces.map((piece) =>
    "variable" in piece ? `printf %s "\${${piece.variable}}"` : `printf ${octal(Buffer.from(piece.text))}`,
  );
  const [only = "printf ''", ...more] = commands;
  return more.length === 0 ? only : `{ ${commands.join("; ")}; }`;
}

/** The same of bytes that are no text. Pure. */
export function printBytes(bytes: Buffer): string {
  return `printf ${octal(bytes)}`;
}
