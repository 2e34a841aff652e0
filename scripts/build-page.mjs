// Builds what every HTML report carries: one script and one style sheet, with the hashes that the page's policy names.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const FOLDER = fileURLToPath(new URL("../page/", import.meta.url));

const sha256 = (text) => createHash("sha256").update(text).digest("base64");

async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [`${FOLDER}${entry}`],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    legalComments: "none",
    charset: "ascii",
    logLevel: "error",
  });
  return outputFiles[0].text.trim();
}

/** `{ script, style, scriptSha256, styleSha256 }`. */
export async function buildPage() {
  const [script, style] = await Promise.all(["main.ts", "style.css"].map(bundled));
  return { script, style, scriptSha256: sha256(script), styleSha256: sha256(style) };
}
