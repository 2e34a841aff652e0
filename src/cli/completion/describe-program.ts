import type { Argument, Command, Option } from "commander";
import type { CommandModel, FlagModel, Values } from "./completion.js";
import { FREE, valuesOf } from "./known-values.js";

/** `preset|file` of `--policy <preset|file>` */
function placeholderOf({ flags }: Option): string {
  return /[<[](.+)[>\]]$/.exec(flags)?.[1] ?? "";
}

function flagOf(option: Option, path: readonly string[]): FlagModel {
  const long = option.long ?? option.short ?? option.flags;
  const takesValue = option.required || option.optional;
  return {
    long,
    short: option.long === undefined ? null : (option.short ?? null),
    summary: option.description,
    values: takesValue ? valuesOf([...path, long].join(" "), placeholderOf(option)) : null,
    repeatable: Array.isArray(option.defaultValue),
  };
}

function valuesOfArgument(path: readonly string[], argument: Argument | undefined): Values {
  if (argument === undefined) return FREE;
  return valuesOf([...path, argument.name()].join(" "), argument.name());
}

/** What a shell completes of a command, from what the command line reads its arguments by. Pure. */
export function describeProgram(command: Command, path: readonly string[] = []): CommandModel {
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  const names = below.map((each) => each.name());
  const describe = (each: Command): CommandModel => {
    const described = describeProgram(each, [...path, each.name()]);
    return each.name() === "help" ? { ...described, values: { ...FREE, words: names } } : described;
  };
  return {
    path,
    summary: command.description(),
    commands: below.map(describe),
    flags: help.visibleOptions(command).map((option) => flagOf(option, path)),
    values: valuesOfArgument(path, command.registeredArguments[0]),
  };
}
