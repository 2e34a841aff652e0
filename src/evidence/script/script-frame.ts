import { capped, lineText } from "../../report/safe-text.js";
import { shellWord } from "./shell-text.js";
import type { ScriptVariable } from "./variables.js";

/** What stands at the top of a script. */
export interface ScriptHead {
  readonly title: string;
  readonly mock: boolean;
  /** What is left out, each a sentence. */
  readonly notes: readonly string[];
  readonly variables: readonly ScriptVariable[];
  /** Somebody else's recorder wrote the traffic down. */
  readonly recorded: boolean;
}

const LONGEST_COMMENT = 200;

/** Parts that every script has; `told` says what came beside what was recorded. */
const FUNCTIONS = `
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
requests=0
different=0

# The last value of a header of an earlier answer: header NUMBER NAME
header() {
  [ -f "$work/$1.head" ] || return 0
  awk -v wanted="$2" '{ sub(/\\r$/, ""); colon = index($0, ":")
    if (tolower(substr($0, 1, colon - 1)) == wanted) { value = substr($0, colon + 1); sub(/^[ \\t]+/, "", value) } }
    END { print value }' "$work/$1.head"
}

# Says how a request was answered, and how it had been: told NUMBER STATUS
told() {
  status=$(cat "$work/$1.status" 2> /dev/null)
  case $status in '' | 000) status=none ;; esac
  id=
  for name in inin-correlation-id x-correlation-id x-request-id request-id; do
    [ -n "$id" ] || id=$(header "$1" "$name")
  done
  printf '#%s  %s  (recorded: %s)  %s  %s\\n' "$1" "$status" "$2" "$(header "$1" date)" "$id" | tr -d '\\000-\\010\\013-\\037\\177'
  case $status in
    [45]*) dd bs=2000 count=1 < "$work/$1.body" 2> /dev/null | tr -d '\\000-\\010\\013-\\037\\177'; echo ;;
  esac
  requests=$((requests + 1))
  [ "$status" = "$2" ] || different=$((different + 1))
}

# Waits as long as the run did; PAUSE=0 goes on at once: pause SECONDS WHY
pause() {
  [ "\${PAUSE:-1}" = 0 ] && return 0
  echo "waiting $1 s: $2"
  sleep "$1"
}
`;

const NEED = `
missing=
need() {
  eval "[ -n \\"\\\${$1:-}\\" ]" && return 0
  echo "set $1: $2" >&2
  missing=yes
}
`;

/** Last lines of every script. */
export const SCRIPT_END = `
echo "$different of $requests answers have another status than the recorded ones"
`;

function comment(text: string): string {
  return `# ${lineText(capped(text, LONGEST_COMMENT))}\n`;
}

function* variableText(variables: readonly ScriptVariable[]): Generator<string> {
  const secret = variables.filter(({ value }) => value === null);
  if (secret.length > 0) {
    yield "\n# What was taken out, or never recorded. Set these in the environment:\n";
    for (const { name, what } of secret) yield comment(`  ${name}  ${what}`);
    yield NEED;
    for (const { name, what } of secret) yield `need ${name} ${shellWord([{ text: lineText(what) }])}\n`;
    yield '[ -z "$missing" ] || exit 2\n';
  }
  const known = variables.filter(({ value }) => value !== null);
  if (known.length > 0)
    yield "\n# As recorded. A server that still knows a key answers from its store: give new ones to start anew.\n";
  for (const { name, value, what } of known) {
    yield comment(what);
    yield `[ -n "\${${name}:-}" ] || ${name}=${shellWord([{ text: value ?? "" }])}\n`;
  }
}

/** Everything before the first request. */
export function* scriptHead({ title, mock, notes, variables, recorded }: ScriptHead): Generator<string> {
  yield "#!/bin/sh\n";
  yield comment(title);
  if (mock)
    yield comment("Recorded on a MOCK that is gone: set BASE_URL to the server that you want to ask.");
  yield "# It needs curl, awk and a POSIX shell. IDs in paths and bodies are those of the recorded run.\n";
  for (const note of notes) yield comment(note);
  if (recorded)
    yield "# Recorded traffic has no credentials: set AUTHORIZATION='Bearer ...' to send them with each request.\n";
  yield "set -u\n";
  yield* variableText(variables);
  yield FUNCTIONS;
}
