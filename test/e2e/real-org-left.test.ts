import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addQueue, type Queue } from "../stand-in/org.js";
import { CLIENT, type StandIn, startStandIn } from "../stand-in/stand-in.js";
import { behaveWell, LEAVE, lineOf } from "./real-org.js";
import { folderWith, gcidem, type Ran, start } from "./run-gcidem.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_MS = 20_000;

let standIn: StandIn;
let queue: Queue;

beforeAll(async () => {
  standIn = await startStandIn();
  queue = addQueue(standIn.org, "Nobody works here");
});

afterAll(() => standIn.close());

beforeEach(() => {
  behaveWell(standIn);
  standIn.org.conversations.clear();
});

/** Runs a shipped scenario and does something once its first write after the set-up was answered. */
async function cutShort(
  act: (kill: () => void) => void,
): Promise<Ran & { readonly lines: readonly string[] }> {
  const gc = `[prod]\nenvironment="usw2.pure.cloud"\nclient_credentials="${CLIENT.id}"\nclient_secret="${CLIENT.secret}"\n`;
  const cwd = folderWith({ ".gc/config.toml": gc });
  const at = new Date(Date.now() + 7 * DAY_MS).toISOString();
  const vars = ["--var", `queueId=${queue.id}`, "--var", `callbackAt=${at}`];
  const before = standIn.handled.length;
  const lines = (): readonly string[] => standIn.handled.slice(before).map(lineOf);
  const args = ["replay", "builtin:real/repeated-key", "--target", "gc:prod", ...vars, ...LEAVE];
  const running = start([...args, "--cacert", standIn.authorityFile], { cwd, env: standIn.env });
  await expect
    .poll(() => lines().some((line) => line.startsWith("PATCH")), { timeout: LONGEST_MS })
    .toBe(true);
  act(() => running.child.kill("SIGINT"));
  const ran = await running.ended;
  if (ran.code !== 130) {
    const again = await gcidem(["report", "last", "--format", "terminal"], { cwd });
    expect(again.stdout).toContain("may be left on");
  }
  return { ...ran, lines: lines() };
}

function statesNow(): readonly unknown[] {
  return [...standIn.org.conversations.values()].map(({ participants }) => participants[0]?.state);
}

describe("what a run made on an org", () => {
  test("is ended after an interrupt, and nothing else is sent any more", async () => {
    const { code, lines, stdout } = await cutShort((kill) => kill());
    expect(code).toBe(130);
    expect(statesNow()).toEqual(["disconnected"]);
    expect(lines.at(-1)).toMatch(/^PATCH \/api\/v2\/conversations\/callbacks\/.* 202$/);
    expect(lines.filter((line) => line.startsWith("GET"))).toEqual([]);
    expect(stdout).not.toContain("may be left on");
  });

  test("and could not be ended, since its token was refused, is listed with the command that ends it", async () => {
    const { code, lines, stdout } = await cutShort(() => {
      standIn.behaviour.refuseAllTokens = true;
    });
    expect(code).toBe(5);
    expect(statesNow()).not.toContain("disconnected");
    expect(lines.filter((line) => line.startsWith("login")).length).toBe(2);
    expect(stdout).toContain("1 thing may be left on https://api.usw2.pure.cloud");
    const [made] = [...standIn.org.conversations.keys()];
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      `curl -i -X PATCH https://api.usw2.pure.cloud/api/v2/conversations/callbacks/${made}/participants/`,
    );
  });
});
