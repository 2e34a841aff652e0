import { type Command, Option } from "commander";

/** An option that may be given several times. */
export function repeatable(flags: string, description: string): Option {
  const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  return new Option(flags, description).argParser(collect).default([], "none");
}

/** Adds the flags that say how two runs are compared. */
export function addCompareFlags(command: Command): Command {
  return command
    .addOption(repeatable("--exact <kind>", "compare these to the letter: ids, dates or tokens"))
    .addOption(repeatable("--ignore <place>", "leave out header:NAME, or a JSON Pointer with * for any one"))
    .addOption(repeatable("--match <place=pattern>", "take values there as equal where both match"));
}
