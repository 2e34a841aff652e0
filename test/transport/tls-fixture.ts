import { readFileSync } from "node:fs";

/** Text of a file in test/fixtures/tls; make.sh there says how they were made. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), "utf8");
}
