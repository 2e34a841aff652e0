import type { ReadBeside, WrittenNote, WrittenRequests } from "../written.js";
import { varName } from "../written.js";
import { bashWords } from "./bash-words.js";
import { cmdWords } from "./cmd-words.js";
import { curlOptions } from "./options.js";
import { powershellWords } from "./powershell-words.js";
import { curlRequests } from "./request.js";
import type { Words } from "./words.js";

/** What a terminal prints before what a person types. */
const PROMPT =
  /^[ \t]*(?:(?:\([\w.-]+\)[ \t]*)?(?:[\w.-]+@[\w.-]+[^\n$#%>]*[$#%>]|PS [^>\n]*>|[A-Za-z]:\\[^>\n]*>|[$%>#❯➜])[ \t]*)(?=curl(?:\.exe)?\s)/;
const PROMPTS = new RegExp(PROMPT.source, "gm");
const COMMAND = /(?:^|[\\/])curl(?:\.exe)?$/i;

/** True for a text that begins with a curl command, after prompts and comments. Pure. */
export function looksLikeCurl(text: string): boolean {
  const lines = text.split("\n").filter((line) => !/^\s*(?:#(?!\s*curl\s)|\/\/|REM\b|::|$)/i.test(line));
  return lines.slice(0, 20).some((line) => /^\s*curl(?:\.exe)?\s/i.test(line.replace(PROMPT, "")));
}

/** `> ` at the start of a line that goes on with the one before: the shell printed it. */
function withoutPrompts(text: string): string {
  const lines = text.replace(PROMPTS, "").split("\n");
  return lines
    .map((line, index) => {
      const goesOn = /[\\^`]\s*$/.test(lines[index - 1] ?? "");
      return goesOn ? line.replace(/^(?:>{1,2}|More\?) ?/, "") : line;
    })
    .join("\n");
}

type Shell = "bash" | "PowerShell" | "cmd";

/** Which shell a paste was written for, by what only one of them has. */
function shellOf(text: string): Shell {
  if (/\^"|\^\r?\n|^[A-Za-z]:\\[^>\n]*>/m.test(text)) return "cmd";
  if (/`\r?\n|^PS [^>\n]*>|`"|\$env:/im.test(text)) return "PowerShell";
  // PowerShell's own curl is another command, and it alone needs backslashes inside of single quotation marks.
  if (/^\s*curl\.exe\s.*'[^'\n]*\\"/im.test(text)) return "PowerShell";
  // Only there two quotation marks are one inside of a quotation; in bash they are none.
  if (/"[{[]""\w/.test(text)) return "cmd";
  return "bash";
}

function wordsOf(text: string, shell: Shell): Words {
  if (shell === "cmd") return cmdWords(text);
  return shell === "PowerShell" ? powershellWords(text) : bashWords(text);
}

function notesOf({ unclosed, smart }: Words): readonly WrittenNote[] {
  return [
    ...unclosed.map((line) => ({
      line,
      text: "a quotation mark here is never closed: the rest was taken into it",
    })),
    ...smart.map((line) => ({ line, text: "typographic quotation marks were read as plain ones" })),
  ];
}

/** Words of a shell that may stand before a command: what they do to it is not done here. */
const BEFORE = /^(?:do|then|else|time|sudo|exec|command|nohup|env|!|\{|\(|[A-Za-z_]\w*=.*)$/s;

function withoutWords(command: Words["commands"][number]): Words["commands"][number] {
  const at = command.findIndex(({ text }) => !BEFORE.test(text));
  return COMMAND.test(command[at]?.text ?? "") ? command.slice(at) : command;
}

const LOOP = /^(?:for|while|until|if)$/;
const END_OF_LOOP = /^(?:done|then|else|fi|wait|\}|\))$/;

function notCurl(word: string): string {
  // What is assigned, or stands alone, may be a token.
  const [shown = ""] = /^(?:[A-Za-z_]\w*=|[^\s:=]{0,20})/.exec(word) ?? [];
  return LOOP.test(word)
    ? `"${word}" is the shell's: its loop or condition is left out, and each curl in it stands once`
    : `"${shown}${shown === word ? "" : "..."}" is no curl command: it is left out`;
}

/** Reads a paste of curl commands, with prompts, comments and output between them. `read` gives files that they name. Pure but for it. */
export function readCurl(source: string, read: ReadBeside): WrittenRequests {
  const text = withoutPrompts(source.replace(/^\ufeff/, "").replace(/\u00a0/g, " "));
  const shell = shellOf(text);
  const words = wordsOf(text, shell);
  const notes: WrittenNote[] = [...notesOf(words)];
  const requests = words.commands.flatMap((command) => {
    const [first, ...rest] = withoutWords(command);
    if (first === undefined) return [];
    if (!COMMAND.test(first.text)) {
      if (END_OF_LOOP.test(first.text)) return [];
      notes.push({
        line: first.line,
        text: notCurl(first.text),
      });
      return [];
    }
    return curlRequests(curlOptions(rest), first.line, { read, notes });
  });
  return {
    format: shell === "bash" ? "curl" : `curl in ${shell}`,
    requests,
    notes,
    secrets: [],
    asked: words.variables.map((name) => ({
      name: varName(name),
      ask: /^\w+$/.test(name)
        ? `the value of the shell variable ${name}`
        : `what the shell put in for $(${name})`,
    })),
  };
}
