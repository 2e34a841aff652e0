import {
  type CommandModel,
  type CompletionModel,
  everyCommand,
  type FlagModel,
  nameOf,
  type Values,
} from "./completion.js";

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `_arguments` reads brackets and colons in a description. */
function plain(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function action({ words, builtins, files }: Values): string {
  if (files === "after-equals") return ` _gcidem_reporter ${words.join(" ")}`;
  if (builtins) return " _gcidem_scenario";
  const known = words.map((word) => plain(word)).join(" ");
  if (files === "any") return words.length === 0 ? "_files" : ` _gcidem_word_or_file ${known}`;
  return words.length === 0 ? " " : ` _gcidem_word ${known}`;
}

function flagSpec({ long, short, summary, values, repeatable }: FlagModel): string {
  const told = `[${plain(summary)}]${values === null ? "" : `:value:${action(values)}`}`;
  const exclusive = repeatable ? "*" : short === null ? "" : `(${short} ${long})`;
  if (short === null) return quoted(`${exclusive}${long}${told}`);
  return `${quoted(exclusive)}{${short},${long}}${quoted(told)}`;
}

function functionName(command: CommandModel): string {
  return ["_gcidem", ...command.path].join("_").replaceAll("-", "_");
}

function describeCommands({ commands }: CommandModel): string {
  const lines = commands.map((each) => `    ${quoted(`${nameOf(each)}:${each.summary}`)}`);
  return `  local -a commands=(\n${lines.join("\n")}\n  )\n`;
}

function withCommands(command: CommandModel): string {
  const cases = command.commands.map((each) => `    ${nameOf(each)}) ${functionName(each)} ;;`);
  return `${functionName(command)}() {
  local curcontext=$curcontext state line
${describeCommands(command)}  _arguments -C ${command.flags.map(flagSpec).join(" ")} '1:command:->command' '*::argument:->argument'
  [[ $state == command ]] && _describe command commands
  [[ $state == argument ]] && case $words[1] in
${cases.join("\n")}
  esac
}`;
}

function withArguments(command: CommandModel): string {
  const specs = [...command.flags.map(flagSpec), quoted(`*:argument:${action(command.values)}`)];
  return `${functionName(command)}() {\n  _arguments \\\n    ${specs.join(" \\\n    ")}\n}`;
}

/** A completion script for zsh, to be loaded by `compinit` or after it. Pure. */
export function renderZsh({ root, builtins, version }: CompletionModel): string {
  const functions = everyCommand(root).map((each) =>
    each.commands.length > 0 ? withCommands(each) : withArguments(each),
  );
  return `#compdef gcidem
# gcidem ${version}: completion for zsh. Put into ~/.zshrc, after compinit:  eval "$(gcidem completion zsh)"
_gcidem_word() { compadd -- "$@" }
_gcidem_word_or_file() { compadd -- "$@"; _files }
_gcidem_reporter() { if compset -P '*='; then _files; else compadd -- "$@"; fi }
_gcidem_scenario() {
  local -a names=(${builtins.map((name) => `builtin:${name}`).join(" ")})
  if [[ $PREFIX == builtin:* ]]; then compadd -a names; else compadd -S '' -- builtin:; _files; fi
}
${functions.join("\n")}
# Autoloaded from a folder of fpath this file is the function itself.
if [[ $funcstack[1] == _gcidem ]]; then _gcidem "$@"; else compdef _gcidem gcidem; fi
`;
}
