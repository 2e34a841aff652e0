import * as z from "zod/mini";
import { configSchema } from "../src/config/config-schema.js";
import { shapeNotes } from "../src/document/shapes.js";
import { policySchema } from "../src/policy/policy-schema.js";
import { scenarioSchema } from "../src/scenario/scenario-schema.js";

type JsonSchema = Record<string, unknown>;

/** Notes are for messages too; of those a JSON Schema knows nothing. */
function tidy(schema: JsonSchema): void {
  delete schema.id;
  delete schema.expected;
  delete schema.elsewhere;
}

function jsonSchemaOf(shape: z.ZodMiniType, title: string): JsonSchema {
  const schema = z.toJSONSchema(shape, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    metadata: shapeNotes,
    override: ({ jsonSchema }) => tidy(jsonSchema as JsonSchema),
  }) as JsonSchema;
  return { $schema: schema.$schema, title, ...schema };
}

/** The JSON Schema of scenario files, from the definition that the loader checks them with. Pure. */
export function scenarioJsonSchema(): JsonSchema {
  return jsonSchemaOf(scenarioSchema, "gcidem scenario");
}

/** The JSON Schema of policy files, from the definition that they are read with. Pure. */
export function policyJsonSchema(): JsonSchema {
  return jsonSchemaOf(policySchema, "gcidem policy");
}

/** The JSON Schema of config files, from the definition that they are read with. Pure. */
export function configJsonSchema(): JsonSchema {
  return jsonSchemaOf(configSchema, "gcidem config");
}
