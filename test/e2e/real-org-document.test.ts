import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addCall, addQueue, addUser } from "../stand-in/org.js";
import { type StandIn, startStandIn } from "../stand-in/stand-in.js";
import { expectPrinted, screensOf, wordsOf } from "./document-screens.js";
import { onOrg } from "./real-org.js";

const DOCUMENT = "docs/real-org.md";
const SCREENS = screensOf(DOCUMENT);
const DAY_MS = 24 * 60 * 60 * 1000;

let standIn: StandIn;
let names: Readonly<Record<string, string>>;

beforeAll(async () => {
  standIn = await startStandIn();
  const call = addCall(standIn.org);
  names = {
    USER_ID: addUser(standIn.org, "Ada").id,
    QUEUE: addQueue(standIn.org, "Nobody works here").id,
    CONVERSATION: call.id,
    PARTICIPANT: call.participants[0]?.id ?? "",
    NEXT_WEEK: new Date(Date.now() + 7 * DAY_MS).toISOString(),
  };
});

afterAll(() => standIn.close());

/** The scenario that the document shows, under the name that it is run by. */
function files(): Readonly<Record<string, string>> {
  const [, scenario = ""] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
  return { "attribute.yaml": scenario };
}

describe("docs/real-org.md shows what gcidem really prints", () => {
  test("for each command that has a screen", () => {
    expect(SCREENS.length).toBe(6);
  });

  test.each(SCREENS)("$command", async (screen) => {
    const ran = await onOrg(standIn, wordsOf(screen, names), { files: files(), env: { COLUMNS: "80" } });
    expectPrinted(DOCUMENT, screen, ran);
  });

  test("and quotes messages as they are written", () => {
    const [, table = ""] = readFileSync(DOCUMENT, "utf8").split("## When it stops");
    const quoted = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(.+?)`/g)].map(([, words = ""]) =>
        words.replace(/^--var NAME=\.\.\. | "gc:prd"$/g, ""),
      ),
    );
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join("src", name), "utf8"))
      .join("\n");
    expect(quoted.length).toBeGreaterThan(7);
    expect(quoted.filter((words) => !sources.includes(words))).toEqual([]);
  });
});
