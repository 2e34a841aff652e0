import { type CommandModel, type CompletionModel, everyCommand, type Values } from "./completion.js";

function flagWords({ flags }: CommandModel): string {
  return flags.flatMap(({ long, short }) => (short === null ? [long] : [short, long])).join(" ");
}

function assign({ words, builtins, files }: Values): string {
  const parts = [
    ...(words.length === 0 ? [] : [`words='${words.join(" ")}'`]),
    ...(builtins ? ["builtins=1"] : []),
    ...(files === "none" ? [] : [`files=${files}`]),
  ];
  return parts.length === 0 ? ":" : parts.join(" ");
}

function* valueCases(command: CommandModel): Generator<string> {
  const path = command.path.join(" ");
  for (const { long, short, values } of command.flags) {
    if (values === null) continue;
    const patterns = [long, ...(short === null ? [] : [short])].map((flag) => `'${path} ${flag}'`);
    yield `    ${patterns.join(" | ")}) ${assign(values)} ;;`;
  }
}

function argumentCase(command: CommandModel): string {
  const words = command.commands.map(({ path }) => path.at(-1)).join(" ");
  const assigned = words === "" ? assign(command.values) : `words='${words}'`;
  return `    '${command.path.join(" ")}') flags='${flagWords(command)}' ${assigned === ":" ? "" : assigned} ;;`;
}

/**
 * A completion script for bash 3.2 and newer. It reads the line itself: bash cuts words at `:` and `=`, which scenario
 * names and reporters have. Pure.
 */
export function renderBash({ root, builtins, version }: CompletionModel): string {
  const commands = everyCommand(root);
  const paths = commands.slice(1).map(({ path }) => `'${path.join(" ")}'`);
  return `# gcidem ${version}: completion for bash. Put into ~/.bashrc:  eval "$(gcidem completion bash)"
_gcidem_builtins='${builtins.map((name) => `builtin:${name}`).join(" ")}'

_gcidem_value() {
  case $1 in
${commands.flatMap((each) => [...valueCases(each)]).join("\n")}
    *) return 1 ;;
  esac
}

_gcidem_argument() {
  case $1 in
${commands.map(argumentCase).join("\n")}
  esac
}

_gcidem_files() {
  compopt -o default 2>/dev/null && return
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$1"))
}

_gcidem() {
  local line=\${COMP_LINE:0:COMP_POINT} path='' words='' flags='' builtins='' files='' behind='' typed last i
  read -r -a typed <<<"$line"
  case $line in *[[:space:]]) typed+=('') ;; esac
  last=$((\${#typed[@]} - 1))
  for ((i = 1; i < last; i++)); do
    case "\${path:+$path }\${typed[i]}" in
      ${paths.join(" | ")}) path="\${path:+$path }\${typed[i]}" ;;
    esac
  done
  local current=\${typed[last]} flag=''
  [ "$last" -gt 1 ] && flag=\${typed[last - 1]}
  case $current in --*=*) flag=\${current%%=*} current=\${current#*=} ;; esac
  COMPREPLY=()
  if ! _gcidem_value "$path $flag"; then
    _gcidem_argument "$path"
    case $current in -*) words=$flags builtins='' files='' ;; esac
  fi
  if [ "$files" = after-equals ]; then
    case $current in
      *=*) words='' files=any current=\${current#*=} ;;
      *) files='' ;;
    esac
  fi
  if [ -n "$builtins" ]; then
    case $current in
      builtin:*) words=$_gcidem_builtins ;;
      *) words="$words builtin:" ;;
    esac
  fi
  case $COMP_WORDBREAKS in *:*) case $current in *:*) behind=\${current%"\${current##*:}"} ;; esac ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$files" ] && [ \${#COMPREPLY[@]} -eq 0 ]; then
    _gcidem_files "$current"
    return
  fi
  if [ -n "$files" ] && [ -z "$current" ]; then
    local IFS=$'\\n'
    COMPREPLY+=($(compgen -f))
  fi
  case \${COMPREPLY[*]} in *:) compopt -o nospace 2>/dev/null ;; esac
  for ((i = 0; i < \${#COMPREPLY[@]}; i++)); do COMPREPLY[i]=\${COMPREPLY[i]#"$behind"}; done
}

complete -F _gcidem gcidem
`;
}
