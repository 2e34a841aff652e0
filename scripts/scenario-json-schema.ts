import * as z from "zod/mini";
import { shapeNotes } from "../src/document/shapes.js";
import { scenarioSchema } from "../src/scenario/scenario-schema.js";

type JsonSchema = Record<string, unknown>;

/** Notes are for messages too; of those a JSON Schema knows nothing. */
function tidy(schema: JsonSchema): void {
  delete schema.id;
  delete schema.expected;
  delete schema.elsewhere;
}

/** The JSON Schema of scenario files, from the definition that the loader checks them with. Pure. */
export function scenarioJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(scenarioSchema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    metadata: shapeNotes,
    override: ({ jsonSchema }) => tidy(jsonSchema as JsonSchema),
  }) as JsonSchema;
  return { $schema: schema.$schema, title: "gcidem scenario", ...schema };
}
