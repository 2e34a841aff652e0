/** What may stand where a value is typed. */
export interface Values {
  readonly words: readonly string[];
  /** True where the shipped scenarios may be named, as `builtin:NAME`. */
  readonly builtins: boolean;
  /** `after-equals`: only behind a word and `=`, as in `junit=out.xml`. */
  readonly files: "none" | "any" | "after-equals";
}

/** A flag of a command. */
export interface FlagModel {
  /** `--header` */
  readonly long: string;
  /** `-H` */
  readonly short: string | null;
  readonly summary: string;
  /** Null for a flag that takes no value. */
  readonly values: Values | null;
  readonly repeatable: boolean;
}

/** A command, as far as a shell completes it. */
export interface CommandModel {
  /** The words that lead to it, without `gcidem`; of `gcidem` itself none. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly commands: readonly CommandModel[];
  readonly flags: readonly FlagModel[];
  readonly values: Values;
}

/** All that a completion script is made of. */
export interface CompletionModel {
  readonly root: CommandModel;
  /** The names behind `builtin:`. */
  readonly builtins: readonly string[];
  readonly version: string;
}

/** A command and all below it. Pure. */
export function everyCommand(command: CommandModel): readonly CommandModel[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** The last word that leads to a command. Pure. */
export function nameOf({ path }: CommandModel): string {
  return path.at(-1) ?? "gcidem";
}
