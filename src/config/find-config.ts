import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { GcidemError } from "../core/errors.js";

/** What a project's config file is called. */
export const CONFIG_NAME = "gcidem.config.yaml";

/** Where files are looked for. */
export interface Places {
  /** The file of `--config`; null: looked for upwards from `cwd`. */
  readonly configFile: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Empty where nobody knows. */
  readonly home: string;
}

/** A config file, and how far it is trusted. */
export interface ConfigSource {
  /** Absolute. */
  readonly file: string;
  /** What messages call it: as short as it can be for somebody who stands in `cwd`. */
  readonly label: string;
  /**
   * `own`: the user's own, in their config folder. `named`: by `--config`. `project`: found beside or above the working
   * folder, perhaps in a repository that somebody else wrote: it runs no command and sends none of the user's secrets to
   * a host that it names itself.
   */
  readonly trust: "own" | "named" | "project";
}

/** A path as a person would say it: relative below the working folder, with `~` below the home folder. Pure. */
function pathLabel(file: string, { cwd, home }: Pick<Places, "cwd" | "home">): string {
  const fromCwd = relative(cwd, file);
  if (!fromCwd.startsWith("..") && resolve(cwd, fromCwd) === file) return fromCwd;
  const fromHome = relative(home, file);
  return home !== "" && !fromHome.startsWith("..") ? `~/${fromHome}` : file;
}

function findUpwards(folder: string): string | null {
  for (let each = folder; ; each = dirname(each)) {
    const file = join(each, CONFIG_NAME);
    if (existsSync(file)) return file;
    if (dirname(each) === each) return null;
  }
}

/** Where the user's own config file would be; null where the user has no home. Pure. */
function ownConfigFile({ env, home }: Pick<Places, "env" | "home">): string | null {
  const { XDG_CONFIG_HOME: base = "" } = env;
  // The specification says to ignore a relative one, which would make a project's file the user's own.
  if (isAbsolute(base)) return join(base, "gcidem", "config.yaml");
  return isAbsolute(home) ? join(home, ".config", "gcidem", "config.yaml") : null;
}

/**
 * The config files that count, the one that outranks the others first: what `--config` names, else the user's own before
 * the project's, since a cloned repository must not change what a name of the user's means.
 * @throws GcidemError `usage` where `--config` names no file
 */
export function findConfigs(places: Places): readonly ConfigSource[] {
  const own = ownConfigFile(places);
  const source = (file: string, trust: ConfigSource["trust"]): ConfigSource => ({
    file,
    label: pathLabel(file, places),
    trust,
  });
  const owned = own !== null && existsSync(own) ? [source(own, "own")] : [];
  if (places.configFile !== null) {
    const named = resolve(places.cwd, places.configFile);
    if (!existsSync(named))
      throw new GcidemError("usage", `--config: there is no file ${places.configFile}; nothing was sent`, {
        hint: `without --config, ${CONFIG_NAME} is looked for in this folder and those above it`,
      });
    return named === own ? owned : [source(named, "named"), ...owned];
  }
  const project = findUpwards(places.cwd);
  return project === null ? owned : [...owned, source(project, "project")];
}
