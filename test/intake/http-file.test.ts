import { describe, expect, test } from "vitest";
import { looksLikeHttpFile, readHttpFile } from "../../src/intake/http-file/read-http-file.js";
import { replaceMarks, type WrittenRequests } from "../../src/intake/written.js";

function read(text: string): WrittenRequests {
  return readHttpFile(text, (path) =>
    path === "./body.json" ? Buffer.from('{"id":"{{id}}"}') : "there is no such file",
  );
}

function told(text: string): readonly object[] {
  const plain = (each: string): string => replaceMarks(each, (name) => `<${name}>`);
  return read(text).requests.map(({ name, method, url, headers, body, line }) => ({
    ...{ name, line, request: `${method} ${plain(url)}` },
    headers: headers.map(([each, value]) => `${each}: ${plain(value)}`),
    body: body === null ? null : plain(Buffer.from(body).toString("utf8")),
  }));
}

const FILE = `@host = https://api.example.com
@base = {{host}}/v1

### Read it
# @name login
GET {{base}}/orders/7
    ?expand=lines
    &page=1
Accept: application/json

###
// the write
# @timeout 5
POST {{base}}/orders HTTP/1.1
Content-Type: application/json
Idempotency-Key: {{$guid}}
If-Match: {{login.response.headers.ETag}}

{
  "order": "{{login.response.body.$.id}}",
  "who": "{{who}}"
}

> {% client.test("ok", () => {}) %}

### file
PUT {{base}}/orders/7

< ./body.json
`;

test("a query of GraphQL goes as JSON by POST; other protocols, and what gcidem does by itself, are said or not", () => {
  const text = `### ask
# @no-redirect
GRAPHQL https://x.example/graphql

query($a: Int) { b(a: $a) }

{ "a": {{a}} }

###
WEBSOCKET wss://x.example/live
`;
  expect(told(text)).toEqual([
    {
      ...{ name: "ask", line: 3, request: "POST https://x.example/graphql" },
      headers: ["Content-Type: application/json"],
      body: '{"query":"query($a: Int) { b(a: $a) }","variables":{ "a": <a> }}',
    },
  ]);
  expect(read(text).notes).toEqual([
    { line: 3, text: "GRAPHQL: its query is sent as JSON by POST, as editors do" },
    { line: 10, text: "WEBSOCKET is no HTTP request: it is left out" },
  ]);
});

test("a curl line stands for a request, with the file's variables and the shell's", () => {
  const text = `@host = https://x.example
### by curl
curl -X PUT {{host}}/v1/orders/7 \\
  -d "$BODY" --retry 2
> {% client.log("x") %}
`;
  expect(told(text)).toEqual([
    {
      ...{ name: "by curl", line: 3, request: "PUT https://x.example/v1/orders/7" },
      headers: ["Content-Type: application/x-www-form-urlencoded"],
      body: "<BODY>",
    },
  ]);
  expect(read(text).notes.map(({ line }) => line)).toEqual([4]);
  expect(read(text).asked.map(({ name }) => name)).toEqual(["BODY"]);
});

describe("an .http file", () => {
  test("has names, variables, queries over several lines, and bodies as they stand", () => {
    expect(told(FILE)).toEqual([
      {
        name: "login",
        line: 6,
        request: "GET https://api.example.com/v1/orders/7?expand=lines&page=1",
        headers: ["Accept: application/json"],
        body: null,
      },
      {
        name: null,
        line: 14,
        request: "POST https://api.example.com/v1/orders",
        headers: [
          "Content-Type: application/json",
          "Idempotency-Key: <uuid()>",
          "If-Match: <@login header ETag>",
        ],
        body: '{\n  "order": "<@login $.id>",\n  "who": "<who>"\n}',
      },
      {
        name: "file",
        line: 27,
        request: "PUT https://api.example.com/v1/orders/7",
        headers: [],
        body: '{"id":"{{id}}"}',
      },
    ]);
    const [, second] = read(FILE).requests;
    expect(second?.timeoutMs).toBe(5_000);
  });

  test("asks for what it does not have, and says what it leaves out", () => {
    const { asked, notes } = read(FILE);
    expect(asked).toEqual([{ name: "who", ask: "the value of {{who}}" }]);
    expect(notes).toEqual([{ line: 24, text: "what is done with the answer (> ...) is left out" }]);
  });

  test("whose variables lead back to themselves asks for them", () => {
    const { asked, notes } = read("@a = {{b}}\n@b = {{a}}\nGET https://x.example/{{a}}\n");
    expect(asked.map(({ name }) => name)).toEqual(["a"]);
    expect(notes.map(({ text }) => text)).toEqual([
      "variables lead back to themselves (a -> b -> a): it is asked for",
    ]);
  });

  test("whose values stand in an editor's own file says that they are asked for", () => {
    const text = "GET {{host}}/orders/{{orderId}}\n";
    const beside = (path: string): Uint8Array | string =>
      path === "http-client.env.json" ? Buffer.from("{}") : "there is no such file";
    expect(readHttpFile(text, beside).notes.map((note) => note.text)).toEqual([
      "the values of http-client.env.json are not read, one set of which is chosen in an editor: give host, orderId",
    ]);
    expect(read(text).notes).toEqual([]);
  });

  test("with scripts before a request and a file that is not there", () => {
    const { notes, requests } = read("< {%\n  request.x = 1\n%}\nPOST https://x.example/\n\n< ./gone.bin\n");
    expect(requests).toHaveLength(1);
    expect(notes.map(({ line, text }) => `${line}: ${text}`)).toEqual([
      "1: the script before this request is not run",
      "6: < ./gone.bin: there is no such file; nothing is sent in its place",
    ]);
  });

  test.each(["GET https://x/\n", "# c\n@a = 1\n\nPOST {{a}}/x\n", "### n\nhttps://x.example/\n"])(
    "is recognised: %j",
    (text) => {
      expect(looksLikeHttpFile(text)).toBe(true);
    },
  );

  test.each(["steps:\n", "name: x", "GET something", '{"a":1}'])("is not taken for one: %j", (text) => {
    expect(looksLikeHttpFile(text)).toBe(false);
  });
});
