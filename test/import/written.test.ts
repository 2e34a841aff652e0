import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { GcidemError } from "../../src/core/errors.js";
import type { Imported } from "../../src/import/import.js";
import { importScenario } from "../../src/import/import-scenario.js";
import { openTraffic } from "../../src/import/open-traffic.js";
import { bufferSource } from "../../src/intake/byte-source.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";

const URL = "https://api.example.com/v1/orders";

/** Imports a text and checks that what comes of it is a scenario. */
function imported(
  text: string | Buffer,
  name = "it.txt",
  files: Readonly<Record<string, Buffer>> = {},
): Imported {
  const traffic = openTraffic(
    bufferSource(Buffer.from(text), name),
    (path) => files[path] ?? "there is no such file",
  );
  if (traffic === null) throw new Error("a journal");
  const made = importScenario(traffic, { stem: "it" });
  loadScenario(made.text, "it.yaml");
  return made;
}

interface Written {
  readonly description: string;
  readonly vars?: Readonly<Record<string, { readonly mock: string; readonly ask: string } | string>>;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
}

function written(made: Imported): Written {
  return parse(made.text) as Written;
}

function refusal(text: string | Buffer, name = "it.txt"): string {
  try {
    imported(text, name);
    return "";
  } catch (error) {
    if (!(error instanceof GcidemError)) throw error;
    return [
      error.code,
      ...error.problems.flatMap(({ message, hint }) => [message, hint ?? ""]),
      error.message,
      error.hint ?? "",
    ].join(" | ");
  }
}

describe("an imported scenario", () => {
  const WRITE = `curl -X PUT ${URL}/7 -H 'Content-Type: application/json' -H 'Idempotency-Key: 5f0c2f1e-7f9b' -H 'If-Match: "3"'`;

  test("says where it came from and where it goes", () => {
    const { description } = written(imported(`curl ${URL}`));
    expect(description).toBe(
      "Imported by gcidem from it.txt (curl), 1 request. They went to https://api.example.com, which is the target to give.",
    );
  });

  test("has keys and recurring ids as vars that are asked for off the mock", () => {
    const { vars, steps } = written(imported(`curl ${URL}/7\n${WRITE} -d '{"a":1}'`));
    expect(vars).toEqual({
      key: { mock: "5f0c2f1e-7f9b", ask: "an idempotency key that was not used before" },
      orderId: { mock: "7", ask: "an id as in GET /v1/orders/7, where it was 7" },
    });
    expect(steps).toEqual([
      { id: "readOrders", request: "GET /v1/orders/$(orderId)" },
      {
        id: "putOrders",
        request: "PUT /v1/orders/$(orderId)",
        idempotencyKey: "$(key)",
        ifMatch: '"3"',
        json: { a: 1 },
      },
    ]);
  });

  test("says the same key again as a repeat, and a changed body as a patch", () => {
    const { steps } = written(
      imported(
        `${WRITE} -d '{"a":1,"b":[1]}'\n${WRITE} -d '{"a":2,"b":[1]}'\n${WRITE} -d '{"a":1,"b":[1]}'\n${WRITE} -d '{"a": 1, "b": [1]}'`,
      ),
    );
    expect(steps.slice(1)).toEqual([
      {
        id: "putOrders2",
        repeat: "putOrders",
        mutate: [{ patch: [{ op: "replace", path: "/a", value: 2 }] }],
      },
      { id: "putOrders3", repeat: "putOrders" },
      { id: "putOrders4", repeat: "putOrders", mutate: [{ reserialize: "whitespace" }] },
    ]);
  });

  test.each([
    ["compact JSON", '{"a":1,"b":{"c":[true,null,"x"]}}', "json"],
    ["JSON with white space", '{ "a": 1 }', "text"],
    ["a number that YAML or JSON would write otherwise", '{"a":1.0}', "text"],
    ["a member that stands twice", '{"a":1,"a":2}', "text"],
    ["a number alone", "5", "text"],
    ["a form", "a=1&b=2", "text"],
  ])("has %s as %s", (_name, body, kind) => {
    const [step] = written(
      imported(`curl -X POST ${URL} -H 'Content-Type: application/json' --data-raw '${body}'`),
    ).steps;
    expect(kind === "json" ? JSON.stringify(step?.json) : step?.text).toBe(body);
  });

  test("keeps what looks like a template as the text that it is", () => {
    const made = imported(
      `curl -X POST '${URL}?q={{a}}' -H 'X-T: $(x)' --data-raw '{"a":"$(x)","b":"{{x}}","c":"\${y}"}'`,
    );
    expect(made.text).toContain("$$(x)");
    const [step] = written(made).steps;
    expect(step?.json).toEqual({ a: "$$(x)", b: "$(brace){x}}", c: "$(dollar){y}" });
  });

  test("reads no variable of the environment because a paste holds noncharacters", () => {
    const made = imported(`curl ${URL} --json '{"a":"\ufdd0env.GCIDEM_VAR_X\ufdd1","b":"\ufdd0key\ufdd1"}'`);
    expect(made.environment).toEqual([]);
    expect(made.text).not.toContain("$(");
  });

  test("keeps bytes and several parts in files beside it, equal ones once", () => {
    const files = { "a.bin": Buffer.from([0, 255, 10, 13]) };
    const made = imported(
      `curl ${URL} --data-binary @a.bin\ncurl ${URL}/2 --data-binary @a.bin -H 'X: 1'\ncurl ${URL} -F a=b`,
      "it.txt",
      files,
    );
    expect(made.files.map(({ name }) => name)).toEqual(["it-body-1.txt", "it-body-2.multipart"]);
    expect(Buffer.from(made.files[0]?.bytes ?? [])).toEqual(files["a.bin"]);
  });

  test("has no credential: not of a header, a cookie, a URL, a query or a body", () => {
    const made = imported(
      [
        `curl https://ada:pa55w0rd@api.example.com/x -H 'Cookie: session=c00kie-c00kie' -H 'X-Api-Key: ap1key-ap1key'`,
        `curl -u ada:pa55w0rd '${URL}?access_token=t0ken-t0ken'`,
        `curl -H 'Authorization: Bearer b3arer-b3arer' ${URL} --json '{"client_secret":"s3cret-s3cret","copy":"b3arer-b3arer"}'`,
      ].join("\n"),
    );
    expect(made.text).not.toMatch(/pa55w0rd|c00kie|ap1key|t0ken|b3arer|s3cret/);
    expect(made.credentials).toEqual(["authorization", "authorization basic", "cookie", "x-api-key"]);
    expect(made.environment.length).toBeGreaterThan(1);
    expect(made.environment.every((name) => name.startsWith("GCIDEM_VAR_SECRET"))).toBe(true);
  });

  test("sends no credential where others were sent and this one had none", () => {
    const { steps } = written(imported(`curl -u a:b ${URL}\ncurl ${URL}/open`));
    expect(steps.map(({ auth }) => auth)).toEqual([undefined, "none"]);
  });

  test("has one target: requests to other hosts are listed", () => {
    const made = imported(`curl -X POST ${URL}\ncurl https://other.example/x\ncurl https://other.example/y`);
    expect(written(made).steps).toHaveLength(1);
    expect(made.notes).toContainEqual({
      place: "it.txt:2",
      text: "2 requests to https://other.example left out: a scenario has one target, here https://api.example.com",
    });
  });

  test("knows a secret by what its author called it, wherever it stands", () => {
    const http =
      '@apiToken = canary-1\nPOST https://x.example/a?s={{apiToken}}\nX-Foo: {{apiToken}}\n\n{"t":"{{apiToken}}"}\n';
    const collection = JSON.stringify({
      info: { schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
      variable: [
        { key: "pin", value: "canary-2", type: "secret" },
        { key: "adminPassword", value: "canary-3" },
      ],
      item: [
        {
          name: "a",
          request: {
            auth: {
              type: "apikey",
              apikey: [
                { key: "key", value: "X-Own" },
                { key: "value", value: "canary-4" },
              ],
            },
            method: "POST",
            header: [{ key: "X-Pin", value: "{{pin}}" }],
            body: { mode: "raw", raw: '{"p":"{{adminPassword}}"}' },
            url: "https://x.example/a",
          },
        },
      ],
    });
    for (const text of [http, collection]) {
      const made = imported(text);
      expect(made.text).not.toContain("canary");
      expect(made.environment).toContain("GCIDEM_VAR_SECRET_1");
    }
    const { notes } = imported(`TOKEN=canary-5\ncurl ${URL}`);
    expect(notes.map(({ text }) => text)).toContain('"TOKEN=..." is no curl command: it is left out');
  });

  test("says what is sent with a body that had no Content-Type", () => {
    const { notes } = imported(`curl ${URL} -H 'Content-Type:' -d hello\ncurl ${URL} -d hello`);
    expect(notes.filter(({ text }) => text.includes("Content-Type"))).toEqual([
      { place: "it.txt:1", text: "its body had no Content-Type: text/plain; charset=utf-8 is sent with it" },
    ]);
  });

  test("takes a value of a named answer as a capture, and asks for one that no request gives", () => {
    const text =
      '# @name read\nGET https://x.example/orders/7\n\n### put\nPUT https://x.example/orders/7\nIf-Match: {{read.response.headers.ETag}}\n\n{"v":"{{read.response.body.$.v}}","w":"{{gone.response.body.$.w}}"}\n';
    const { steps, vars } = written(imported(text, "it.http"));
    expect(steps[0]).toMatchObject({ id: "read", capture: { etag: "header ETag", v: "$.v" } });
    expect(steps[1]).toMatchObject({ ifMatch: "$(read.etag)", json: { v: "$(read.v)", w: "$(gone_w)" } });
    expect(vars?.gone_w).toMatchObject({
      ask: "$.w of the answer to gone, which is no request before this one",
    });
  });

  test("asks for the host that only a variable knows", () => {
    const made = imported("GET {{base}}/orders/7\n", "it.http");
    expect(made.origin).toBeNull();
    expect(made.originName).toBe("{{base}}");
    expect(written(made).steps).toEqual([{ id: "readOrders", request: "GET /orders/7" }]);
  });
});

describe("what cannot be imported is refused in words that help", () => {
  test.each([
    ["nothing", "", "the file is empty"],
    ["any text", "hello\n", "found nothing that can be imported"],
    ["a scenario", "name: x\nsteps:\n  - request: GET /\n", "this is a scenario already"],
    ["curl without a URL", "curl -X POST\n", "there is no HTTP request in it"],
    ["a zip file", "PK\u0003\u0004xxxx", "unpack it"],
    [
      "a collection of version 1",
      JSON.stringify({ id: "1", name: "o", order: [], requests: [] }),
      "export it as Collection v2.1",
    ],
    ["PowerShell's own command", 'Invoke-WebRequest -Uri "https://x.example"\n', "copy the request as cURL"],
    ["a call of fetch", 'fetch("https://x.example", {\n  "method": "PUT"\n});\n', "copy the request as cURL"],
    ["a page", "<!doctype html><html>", "save the HAR itself"],
    ["a HAR without a request", '{"log":{"version":"1.2","entries":[]}}', "there is no HTTP request in it"],
    ["a text as Windows PowerShell writes it", Buffer.from("\ufeffcurl x", "utf16le"), "save it as UTF-8"],
  ])("%s", (_name, text, expected) => {
    expect(refusal(text)).toContain(expected);
    expect(refusal(text)).toMatch(/^invalid-file/);
  });
});
