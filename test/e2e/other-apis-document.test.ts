import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Authority, createAuthority } from "../servers/authority.js";
import { type DraftServer, startDraftServer } from "../servers/draft-server.js";
import { listen } from "../servers/listening.js";
import { expectPrinted, screensOf, wordsOf } from "./document-screens.js";
import { folderWith, gcidem } from "./run-gcidem.js";

const DOCUMENT = "docs/other-apis.md";
const SCREENS = screensOf(DOCUMENT);
const NAMES = fileURLToPath(new URL("../stand-in/loopback-names.cjs", import.meta.url));
const TOKEN = "canary-of-the-shop";

let server: DraftServer;
let front: { readonly port: number; readonly close: () => Promise<void> };
let authority: Authority;

/** The server that the document speaks of: by its name, over TLS. */
beforeAll(async () => {
  server = await startDraftServer("/v1/orders");
  authority = createAuthority();
  const tls = createServer(authority.issue({ names: ["api.example.com"] }), (socket) => {
    const inside = connect(server.port, "127.0.0.1");
    for (const each of [socket, inside]) each.on("error", () => undefined);
    socket.pipe(inside).pipe(socket);
  });
  front = await listen(tls);
});

afterAll(async () => {
  await front.close();
  await server.close();
  authority.close();
});

function shown(kind: string): string {
  const found = new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(readFileSync(DOCUMENT, "utf8"));
  return found?.[1] ?? "";
}

describe("docs/other-apis.md shows what gcidem really prints", () => {
  test("for each command that has a screen", () => {
    expect(SCREENS.length).toBe(2);
  });

  test.each(SCREENS)("$command", async (screen) => {
    const cwd = folderWith({
      ".config/gcidem/config.yaml": shown("yaml config"),
      "orders.yaml": shown("yaml"),
    });
    const env = {
      COLUMNS: "100",
      SHOP_TOKEN: TOKEN,
      NODE_OPTIONS: `--require ${NAMES}`,
      STAND_IN_NAMES: `api.example.com=${front.port}`,
    };
    const before = server.seen.length;
    const ran = await gcidem([...wordsOf(screen, {}), "--cacert", authority.file], { cwd, env });
    expectPrinted(DOCUMENT, screen, ran);
    const sent = server.seen.slice(before);
    expect(sent.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
    expect([sent.length > 0, server.size()]).toEqual([!screen.command.includes("--dry-run"), 0]);
  });

  test("and without leave nothing is sent, with the same config and scenario", async () => {
    const cwd = folderWith({
      ".config/gcidem/config.yaml": shown("yaml config"),
      "orders.yaml": shown("yaml"),
    });
    const before = server.seen.length;
    const ran = await gcidem(["replay", "orders.yaml", "--target", "shop"], {
      cwd,
      env: { SHOP_TOKEN: TOKEN },
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--allow-writes");
    expect(server.seen.length).toBe(before);
  });
});
