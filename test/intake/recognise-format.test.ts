import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { bufferSource } from "../../src/intake/byte-source.js";
import { readRecording } from "../../src/intake/read-recording.js";
import { recogniseFormat } from "../../src/intake/recognise-format.js";
import { harText, specEntry } from "./recorders.js";

describe("a file is told by how it begins", () => {
  test.each<readonly [kind: string, text: string]>([
    ["har", harText([specEntry()])],
    ["har", `\ufeff${harText([specEntry()])}`],
    ["har", JSON.stringify(JSON.parse(harText([specEntry()])), null, 2)],
    ["har", '{"comment":"exported", "log":{"entries":[]}}'],
    ["journal", '{"type":"run-started","schema":"gcidem-journal/1"}\n'],
    ["lines", '{"correlationId":"","date":"","level":"debug","method":"GET","statusCode":200,"url":"x"}\n'],
    ["lines", '{"level":"info","message":"started"}\n{"level":"info","message":"ready"}\n'],
    ["lines", "worker started\n"],
    ["sdk-text-log", "TRACE: 2026\n=== REQUEST === \nURL: x\n"],
  ])("%s: %.40s", (kind, text) => {
    expect(recogniseFormat(Buffer.from(text)).kind).toBe(kind);
  });

  test.each<readonly [name: string, bytes: Buffer]>([
    ["a zip file", Buffer.from("PK\u0003\u0004rest")],
    ["a gzip file", gzipSync(harText([]))],
    ["a packet capture", Buffer.from("d4c3b2a102000400", "hex")],
    ["an XML file", Buffer.from('<?xml version="1.0"?>')],
    ["an HTML page", Buffer.from("<!DOCTYPE html><html>")],
    ["a text of 16-bit characters", Buffer.from("fffe7b002200", "hex")],
  ])("%s is told what to do with it", (name, bytes) => {
    expect(recogniseFormat(bytes)).toMatchObject({ kind: "other", name });
    expect(() => readRecording(bufferSource(bytes, "export.har"))).toThrow(
      `export.har is ${name}, expected a HAR`,
    );
  });
});
