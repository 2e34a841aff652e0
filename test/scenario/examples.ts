import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A text that is a scenario, with the file that it stands in. */
export interface Example {
  readonly name: string;
  readonly text: string;
}

/** The shipped scenarios and the one that uses every field. */
export function exampleScenarios(): readonly Example[] {
  const shipped = readdirSync("scenarios", { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name) && !/polic/i.test(name))
    .map((name) => join("scenarios", name));
  return ["test/scenario/every-field.yaml", ...shipped].map((name) => ({
    name,
    text: readFileSync(name, "utf8"),
  }));
}
