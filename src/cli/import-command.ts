import { isLoopbackHost } from "../core/loopback.js";
import type { Imported } from "../import/import.js";
import type { RunPlan } from "../plan/plan.js";
import { plannedWrites } from "../session/judge-writes.js";

const SHELL_SAFE = /^[\w@%+=:,./-]+$/;

function word(text: string): string {
  return SHELL_SAFE.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Credential headers, as a person gives them again: from the environment, since no file may hold them. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  authorization: '"Authorization: Bearer $TOKEN"',
  "authorization basic": '"Authorization: Basic $BASIC"',
  cookie: '"Cookie: $COOKIE"',
  "x-api-key": '"X-Api-Key: $API_KEY"',
  "x-auth-token": '"X-Auth-Token: $TOKEN"',
};

/** Of one that is not in the list: `x-gitlab-token` is `"X-Gitlab-Token: $X_GITLAB_TOKEN"`. */
function credentialWord(name: string): string {
  const variable = name.toUpperCase().replace(/\W/g, "_");
  return (
    CREDENTIALS[name] ?? `"${name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())}: $${variable}"`
  );
}

function credentialWords({ credentials, origin }: Imported): readonly string[] {
  const all = credentials.filter((name) => name !== "set-cookie");
  // Requests with both are sent with one of them: there is one target.
  const needed = all
    .filter((name) => name !== "authorization basic" || !all.includes("authorization"))
    .map(credentialWord);
  const platform = /\.(?:mypurecloud\.[a-z.]+|pure\.cloud)$/i.test(
    origin === null ? "" : new URL(origin).hostname,
  );
  const flags = needed.length === 0 && platform ? [CREDENTIALS.authorization ?? ""] : needed;
  return flags.flatMap((flag) => ["-H", flag]);
}

/** More of them than these belong into a file. */
const MOST_VARS = 6;

function varWords({ asked }: Imported): readonly string[] {
  if (asked.size > MOST_VARS) return ["--vars", "vars.yaml"];
  return [...asked].flatMap(([name, value]) => {
    if (/^key\d*$/.test(name) && value !== null) return ["--var", `${name}="$(uuidgen)"`];
    return ["--var", value === null ? `${name}=...` : word(`${name}=${value}`)];
  });
}

/** Variables that `$(env.NAME)` reads: those of gcidem's own prefix need no leave. */
function environmentWords({ environment }: Imported): {
  readonly before: readonly string[];
  readonly flags: readonly string[];
} {
  const before = environment.map((name) => `${name}=...`);
  const flags = environment
    .filter((name) => !name.startsWith("GCIDEM_VAR_"))
    .flatMap((name) => ["--allow-env", name]);
  return { before, flags };
}

/** The commands that replay an imported scenario: on the mock, and where its requests went. Pure. */
export function replayCommands(file: string, imported: Imported, plan: RunPlan): readonly string[] {
  const { before, flags } = environmentWords(imported);
  const start = [...before, "gcidem", "replay", word(file), ...flags];
  const { origin, originName } = imported;
  if (origin === null && originName === "") return [start.join(" ")];
  if (origin === null && !originName.includes("{{")) return [start.join(" ")];
  const writes = plannedWrites(plan, []);
  const credentials = credentialWords(imported);
  const local = origin !== null && isLoopbackHost(new URL(origin).hostname) && credentials.length === 0;
  const leave = [
    ...(writes.length > 0 && !local ? ["--allow-writes"] : []),
    ...(writes.some(({ destructive }) => destructive !== null) && !local ? ["--allow-destructive"] : []),
  ];
  const target = origin === null ? "..." : word(origin);
  return [
    start.join(" "),
    [...start, "--target", target, ...credentials, ...varWords(imported), ...leave].join(" "),
  ];
}
