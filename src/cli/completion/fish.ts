import { type CommandModel, type CompletionModel, everyCommand, nameOf, type Values } from "./completion.js";

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

function candidates({ words, builtins, files }: Values): string {
  const known = [...words, ...(builtins ? ["(__gcidem_builtins)"] : [])].join(" ");
  return `${files === "any" ? " -F" : " -f"}${known === "" ? "" : ` -a ${quoted(known)}`}`;
}

function* linesOf(command: CommandModel): Generator<string> {
  const start = `complete -c gcidem -n ${quoted(`__gcidem_at "${command.path.join(" ")}"`)}`;
  for (const each of command.commands)
    yield `${start} -f -a ${quoted(nameOf(each))} -d ${quoted(each.summary)}`;
  if (command.commands.length === 0) yield `${start}${candidates(command.values)}`;
  for (const { long, short, summary, values } of command.flags) {
    const names = `${short === null ? "" : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
    yield `${start}${names}${values === null ? "" : ` -r${candidates(values)}`} -d ${quoted(summary)}`;
  }
}

/** A completion script for fish. Pure. */
export function renderFish({ root, builtins, version }: CompletionModel): string {
  const commands = everyCommand(root);
  const paths = commands.slice(1).map(({ path }) => quoted(path.join(" ")));
  return `# gcidem ${version}: completion for fish. Put into ~/.config/fish/config.fish:  gcidem completion fish | source
function __gcidem_builtins
    printf '%s\\n' ${builtins.map((name) => `builtin:${name}`).join(" ")}
end

function __gcidem_at --argument-names wanted
    set -l path
    for word in (commandline -opc)[2..-1]
        if contains -- (string join ' ' -- $path $word) ${paths.join(" ")}
            set path $path $word
        end
    end
    set -l found (string join ' ' -- $path)
    test "$found" = "$wanted"
end

complete -c gcidem -e
${commands.flatMap((each) => [...linesOf(each)]).join("\n")}
`;
}
