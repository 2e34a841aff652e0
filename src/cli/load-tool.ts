import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

/** What `program.ts` exports, by way of the bundle. */
interface Tool {
  readonly runProgram: (argv: readonly string[]) => Promise<number>;
}

/** The tool, and the script that it came from: the build asks it for its compiled code. */
interface LoadedTool {
  readonly tool: Tool;
  readonly script: Script;
}

type ModuleFunction = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** Compiled code is for one V8 and one kind of machine; another one looks for a file of its own and finds none. */
export const COMPILED_FILE: string = `tool-${process.versions.v8}-${process.platform}-${process.arch}.cache`;

/**
 * Loads the bundle beside this file as CommonJS, with the compiled code that the build left (a third of a short run
 * goes into compiling otherwise). V8 itself refuses code of another version, other flags or another source, and then
 * compiles as ever. The bundle is plain ASCII, which as UTF-8 takes three times as long to read (5 ms, Nov 2026).
 */
export function loadTool(): LoadedTool {
  const filename = join(__dirname, "tool.cjs");
  const cache = join(__dirname, COMPILED_FILE);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "latin1")}\n})`;
  const script = new Script(source, {
    filename,
    ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
  });
  const module = { exports: {} };
  const run = script.runInThisContext() as ModuleFunction;
  run(module.exports, require, module, filename, __dirname);
  return { tool: module.exports as Tool, script };
}
