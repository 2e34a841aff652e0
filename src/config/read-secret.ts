import { realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { formatPosition, GcidemError } from "../core/errors.js";
import { type Field, items, member, placeOf, textIn } from "../document/field.js";
import type { ConfigSource } from "./find-config.js";
import { ENVIRONMENT, type Owned } from "./owned.js";
import { runSecretCommand } from "./secret-command.js";
import { readSecretFile } from "./secret-file.js";

/** What reading a file's secrets takes. */
export interface SecretContext {
  readonly config: ConfigSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Where something stands, as a source. Pure. */
export function sourceOf(field: Field): string {
  return formatPosition(placeOf(field));
}

/** A path of a config file, absolute: `~/` is the home folder, relative ones start at the config file's folder. Pure. @throws GcidemError `usage` */
function absolutePath(path: string, { config, home }: SecretContext): string {
  if (!path.startsWith("~/")) return resolve(dirname(config.file), path);
  if (isAbsolute(home)) return join(home, path.slice(2));
  throw new GcidemError("usage", `${path}: nobody knows where the home folder is; nothing was sent`, {
    hint: "set HOME",
  });
}

function isInside(folder: string, file: string): boolean {
  try {
    const path = relative(realpathSync(folder), realpathSync(file));
    return path !== ".." && !path.startsWith(`..${sep}`) && resolve(path) !== path;
  } catch {
    // A file that is not there is told by whoever reads it.
    return true;
  }
}

/**
 * The path that a field of a config file names. A project's file may only name files of its own folder: it may come from
 * somebody else, and ~/.ssh is none of its business.
 * @throws GcidemError `refused`
 */
export function readPath(field: Field, context: SecretContext): string {
  const { config } = context;
  const file = absolutePath(textIn(field) ?? "", context);
  if (config.trust !== "project" || isInside(dirname(config.file), file)) return file;
  throw new GcidemError(
    "refused",
    `${sourceOf(field)}: ${textIn(field)} lies outside the folder of a project's config file; nothing was sent`,
    {
      hint: `name the file with --config ${config.label} if you trust it, or put the profile into your own config`,
    },
  );
}

const OTHERS_MAY_WRITE = 0o002;

function checkCommandLeave(field: Field, { config }: SecretContext): void {
  const where = sourceOf(field);
  if (config.trust === "project")
    throw new GcidemError(
      "refused",
      `${where}: a command is not run for a config file that was only found in the folder; nothing was sent`,
      {
        hint: `a cloned repository must not run code: name the file with --config ${config.label} if you trust it, or put the profile into your own config`,
      },
    );
  if (process.platform !== "win32" && (statSync(config.file).mode & OTHERS_MAY_WRITE) !== 0)
    throw new GcidemError(
      "refused",
      `${where}: a command is not run for a config file that anybody may change; nothing was sent`,
      { hint: `chmod o-w ${config.label}` },
    );
}

interface Raw {
  readonly text: string;
  readonly from: string;
  readonly owner: string;
}

function fromEnvironment(field: Field, { env, config }: SecretContext): Raw {
  const name = textIn(field) ?? "";
  const text = env[name];
  if (text === undefined || text === "")
    throw new GcidemError(
      "usage",
      `${sourceOf(field)}: the environment variable ${name} is not set; nothing was sent`,
    );
  // What a project's file takes out of the user's environment stays the user's.
  const owner = config.trust === "project" ? ENVIRONMENT : config.file;
  return { text, from: `environment ${name} (${sourceOf(field)})`, owner };
}

async function rawSecret(from: Field, context: SecretContext): Promise<Raw> {
  const env = member(from, "env");
  if (env !== null) return fromEnvironment(env, context);
  const file = member(from, "file");
  const owner = context.config.file;
  if (file !== null) {
    const named = { path: readPath(file, context), label: textIn(file) ?? "", at: sourceOf(file) };
    const text = readSecretFile(named);
    return { text, from: `file ${textIn(file)} (${sourceOf(file)})`, owner };
  }
  const command = member(from, "command") ?? from;
  checkCommandLeave(command, context);
  const words = items(command).map((word) => textIn(word) ?? "");
  const folder = dirname(context.config.file);
  const text = await runSecretCommand({
    command: words,
    folder,
    env: context.env,
    at: sourceOf(command),
  });
  return { text, from: `command ${words[0]} (${sourceOf(command)})`, owner };
}

function oneLine({ text, from }: Raw): string {
  const line = text.replace(/\r?\n$/, "");
  const wrong =
    line.trim() === ""
      ? "it is empty"
      : /[\r\n]/.test(line)
        ? "it has more than one line"
        : /[\u0000-\u001f\u007f]/.test(line)
          ? "it has control characters"
          : null;
  if (wrong === null) return line;
  throw new GcidemError(
    "usage",
    `the secret from ${from} cannot be used: ${wrong}, expected one line; nothing was sent`,
  );
}

/**
 * The secret that a `secretFrom` names. Side effects: reads a file or runs a command.
 * @throws GcidemError `usage` where there is none, `refused` where the config file may not have it read
 */
export async function readSecret(field: Field, context: SecretContext): Promise<Owned<string>> {
  const raw = await rawSecret(member(field, "secretFrom") ?? field, context);
  return { value: oneLine(raw), source: raw.from, owner: raw.owner };
}

/** Text that stands in the file, or a secret. @throws GcidemError as {@link readSecret} */
export async function readTextOrSecret(field: Field, context: SecretContext): Promise<Owned<string>> {
  const text = textIn(field);
  if (text === null) return readSecret(field, context);
  return { value: text, source: sourceOf(field), owner: context.config.file };
}
