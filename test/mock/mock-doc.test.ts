import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SERVER_LIMITS, type ServerLimits } from "../../src/mock/server-limits.js";
import { MOST_TOMBSTONES } from "../../src/mock/tombstones.js";

const page = readFileSync("docs/mock.md", "utf8");

const KIB = 1024;

const bytes = (figure: number): string =>
  figure % KIB ** 2 === 0 ? `${figure / KIB ** 2} MiB` : `${figure / KIB} KiB`;
const seconds = (figure: number): string => `${figure / 1000} s`;
const count = (figure: number): string => figure.toLocaleString("en");

/** What the page calls each limit, and in which unit. A limit that the server gains cannot be forgotten here. */
const ROWS: Readonly<Record<keyof ServerLimits, readonly [limit: string, say: (figure: number) => string]>> =
  {
    bodyBytes: ["body", bytes],
    smallBodyBytes: ["body that is always read, whatever else is", bytes],
    allBodiesBytes: ["all larger bodies that are being read, together", bytes],
    drainBytes: ["rest of a refused body that is still read, so that its client sees the answer", bytes],
    drainMs: ["time for that rest", seconds],
    lingerMs: ["time to read an answer after which the connection closes", seconds],
    headerBytes: ["request line and header fields", bytes],
    streamHeaderBytes: ["header fields of one HTTP/2 request", bytes],
    connections: ["open connections", count],
    pipelined: ["requests that wait for the one before them on an HTTP/1.1 connection", count],
    streams: ["requests under way on one HTTP/2 connection", count],
    sessionMegabytes: ["what one HTTP/2 connection holds, answers included", (figure) => `${figure} MB`],
    handshakeMs: ["TLS handshake", seconds],
    headersMs: [
      "from a connection's opening, or a request's first byte, to the end of its header fields",
      seconds,
    ],
    requestMs: ["the same to the end of its body", seconds],
    idleMs: ["connection on which nothing is under way", seconds],
  };

function tableRows(): readonly (readonly string[])[] {
  const [, table = ""] = /\| limit \| figure \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(page) ?? [];
  return table
    .trimEnd()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
}

describe("docs/mock.md", () => {
  test("names every limit of the server, with the figure that holds", () => {
    const told = tableRows().map(([, limit, figure]) => [limit, figure]);
    const names = Object.keys(SERVER_LIMITS) as readonly (keyof ServerLimits)[];
    const real = names.map((name) => [ROWS[name][0], ROWS[name][1](SERVER_LIMITS[name])]);
    expect(told.toSorted()).toEqual(real.toSorted());
  });

  test("says from where on the fields of an HTTP/2 request are refused", () => {
    const row = tableRows().find(([, limit]) => limit === ROWS.streamHeaderBytes[0]);
    expect(row?.[3]).toContain(`431 from ${bytes(SERVER_LIMITS.headerBytes)} on`);
  });

  test("says how much of what was deleted is remembered", () => {
    expect(page).toContain(`the last ${count(MOST_TOMBSTONES)} things, groups and drafts`);
  });
});
