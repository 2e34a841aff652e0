import { type JsonNode, writeJson } from "../core/json.js";
import { printable, printableJson } from "../core/printable.js";
import { hasMark, mark, replaceMarks } from "../intake/written.js";

/** Stands where a template will, while the rest is made literal. */
const HOLE = mark("");

/** Words of a scenario, and what they need besides. */
export interface Wording {
  /** A text of a scenario: templates for marks and placeholders, everything else as it is. */
  readonly text: (sent: string) => string;
  /** Compact JSON of a scenario. */
  readonly json: (node: JsonNode) => string;
  /** Names of vars that stand for a character which would begin a template of another tool. */
  readonly characters: () => ReadonlyMap<string, string>;
  /** Environment variables that are read. */
  readonly environment: () => readonly string[];
  /** Names of vars that are used. */
  readonly used: () => ReadonlySet<string>;
}

const PLACEHOLDER = /<(secret|personal)(?::(\d+))?>/g;
/** What a scenario takes for a mistake: templates of other tools. It knows no escape for them. */
const FOREIGN = /\$(?=\{[^{}\n]*\})|\{(?=\{[^{}\n]*\}\})/g;

const SINGLE = /^[\x20-\x26\x28-\x5b\x5d-\x7e]*"[\x20-\x26\x28-\x5b\x5d-\x7e]*$/;

/** A text as a quoted YAML scalar, whatever it holds: one with quotation marks in single quotes, which need no escape. Pure. */
export function quoted(text: string): string {
  return SINGLE.test(text) ? `'${text}'` : printableJson(JSON.stringify(text));
}

const PLAIN = /^[A-Za-z/$][\w/$().?=&%~+@,-]*(?: [\w/$().?=&%~+@,-]+)*$/;
const OTHER_TYPE = /^(?:true|false|null|yes|no|on|off|y|n|~|\.inf|\.nan)$/i;

/** A text as a YAML scalar: bare where nobody can read it as something else. Pure. */
export function scalar(text: string): string {
  return PLAIN.test(text) && !OTHER_TYPE.test(text) ? text : quoted(text);
}

/** A comment on a line of its own. Pure. */
export function comment(text: string): string {
  return `# ${printable(text)}`;
}

/** Starts without any word. */
export function createWording(): Wording {
  const characters = new Map<string, string>();
  const [environment, used] = [new Set<string>(), new Set<string>()];
  const env = (name: string): string => {
    environment.add(name);
    return `$(env.${name})`;
  };
  const literal = (text: string): string =>
    text
      .replaceAll("$(", "$$$$(")
      // A dollar sign before a template would make it literal.
      .replaceAll(`$${HOLE}`, () => {
        characters.set("dollar", "$");
        return `$(dollar)${HOLE}`;
      })
      .replace(FOREIGN, (character) => {
        const name = character === "$" ? "dollar" : "brace";
        characters.set(name, character);
        return `$(${name})`;
      })
      .replace(PLACEHOLDER, (_all, kind: string, number?: string) =>
        env(`GCIDEM_VAR_${kind.toUpperCase()}${number === undefined ? "" : `_${number}`}`),
      );
  const text = (sent: string): string => {
    if (!hasMark(sent)) return literal(sent);
    const expressions: string[] = [];
    const without = replaceMarks(sent, (expression) => {
      expressions.push(expression);
      return HOLE;
    });
    let next = 0;
    return literal(without).replaceAll(HOLE, () => {
      const expression = expressions[next++] ?? "";
      used.add(expression);
      return expression.startsWith("env.") ? env(expression.slice(4)) : `$(${expression})`;
    });
  };
  const worded = (node: JsonNode): JsonNode => {
    if (node.kind === "string") return { kind: "string", value: text(node.value) };
    if (node.kind === "array") return { kind: "array", items: node.items.map(worded) };
    if (node.kind !== "object") return node;
    return {
      kind: "object",
      members: node.members.map(([name, value]) => [text(name), worded(value)] as const),
    };
  };
  return {
    text,
    json: (node) => printableJson(writeJson(worded(node))),
    characters: () => characters,
    environment: () => [...environment],
    used: () => used,
  };
}
