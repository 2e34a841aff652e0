import { printable } from "../core/printable.js";
import { checkBundle } from "../evidence/check/check-bundle.js";
import { writeOut } from "./standard-output.js";

/** Where secrets of this environment are: the platform's own names, and what scenarios may read. */
const SECRET_VARIABLE = /^(?:GENESYSCLOUD_.*(?:SECRET|TOKEN)|GCIDEM_VAR_.+)$/;

/** Shorter values turn up by chance. */
const SHORTEST = 8;

function knownSecrets(env: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(env).flatMap(([name, value = ""]) =>
    SECRET_VARIABLE.test(name) && value.length >= SHORTEST ? [value] : [],
  );
}

/** Runs `gcidem evidence --check`. Returns the exit code: 1 where something is wrong. @throws GcidemError */
export async function checkEvidence(file: string): Promise<number> {
  const { title, files, problems } = checkBundle(file, knownSecrets(process.env));
  const name = printable(file);
  const lines =
    problems.length === 0
      ? [
          `${name}: ${files} files, all as they were made (TICKET.txt may be edited); nothing looks like a secret`,
          printable(title),
        ]
      : [
          ...problems,
          `${name}: ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}; do not send it`,
        ];
  await writeOut(lines.map((line) => `${line}\n`));
  return problems.length === 0 ? 0 : 1;
}
