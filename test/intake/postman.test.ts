import { describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { looksLikePostman, readPostman } from "../../src/intake/postman/read-postman.js";
import { replaceMarks, type WrittenRequests } from "../../src/intake/written.js";

const SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

function collection(parts: object): string {
  return JSON.stringify({ info: { name: "c", schema: SCHEMA }, ...parts }, null, 2);
}

function read(parts: object): WrittenRequests {
  return readPostman(collection(parts), "c.json", (path) =>
    path === "f.bin" ? Buffer.from([0, 255]) : "there is no such file",
  );
}

function plain(text: string): string {
  return replaceMarks(text, (name) => `<${name}>`);
}

function told(parts: object): readonly string[] {
  return read(parts).requests.map(({ method, url, headers, body }) =>
    [
      `${method} ${plain(url)}`,
      ...headers.map(([name, value]) => `${name}: ${plain(value)}`),
      ...(body === null ? [] : [plain(Buffer.from(body).toString("utf8"))]),
    ].join(" | "),
  );
}

function refusal(text: string): string {
  try {
    readPostman(text, "c.json", () => "none");
    return "";
  } catch (error) {
    return error instanceof GcidemError
      ? error.problems.map(({ message, hint }) => `${message}; ${hint}`).join()
      : String(error);
  }
}

describe("a Postman collection", () => {
  test("hands variables and auth down its folders", () => {
    const parts = {
      variable: [
        { key: "base", value: "https://api.example.com" },
        { key: "tier", value: "gold" },
      ],
      auth: { type: "bearer", bearer: [{ key: "token", value: "{{token}}" }] },
      item: [
        {
          name: "orders",
          variable: [{ key: "tier", value: "silver" }],
          item: [
            {
              name: "put",
              request: {
                method: "PUT",
                url: { raw: "{{base}}/orders/:id?x=1", variable: [{ key: "id", value: "7" }] },
                body: { mode: "raw", raw: '{"tier":"{{tier}}"}', options: { raw: { language: "json" } } },
              },
            },
          ],
        },
        {
          name: "open",
          request: {
            auth: { type: "noauth" },
            url: "{{base}}/open",
            header: [
              { key: "X-A", value: "1" },
              { key: "X-B", value: "2", disabled: true },
            ],
          },
        },
      ],
    };
    expect(told(parts)).toEqual([
      'PUT https://api.example.com/orders/7?x=1 | Authorization: Bearer <token> | Content-Type: application/json | {"tier":"silver"}',
      "GET https://api.example.com/open | X-A: 1",
    ]);
    expect(read(parts).asked).toEqual([{ name: "token", ask: "the value of {{token}}" }]);
  });

  test.each([
    [
      "basic",
      {
        type: "basic",
        basic: [
          { key: "username", value: "a" },
          { key: "password", value: "b" },
        ],
      },
      "GET https://x/ | Authorization: Basic YTpi",
    ],
    [
      "apikey in a header",
      {
        type: "apikey",
        apikey: [
          { key: "key", value: "X-Api-Key" },
          { key: "value", value: "v" },
        ],
      },
      "GET https://x/ | X-Api-Key: v",
    ],
    [
      "apikey in the query",
      {
        type: "apikey",
        apikey: [
          { key: "key", value: "k" },
          { key: "value", value: "v" },
          { key: "in", value: "query" },
        ],
      },
      "GET https://x/?k=v",
    ],
    [
      "oauth2 of version 2.0",
      { type: "oauth2", oauth2: { accessToken: "t" } },
      "GET https://x/ | Authorization: Bearer t",
    ],
  ])("has auth %s", (_name, auth, expected) => {
    expect(told({ item: [{ name: "r", request: { auth, url: "https://x/" } }] })).toEqual([expected]);
  });

  test.each([
    [
      "urlencoded",
      {
        mode: "urlencoded",
        urlencoded: [
          { key: "a", value: "b c" },
          { key: "z", value: "1", disabled: true },
        ],
      },
      "Content-Type: application/x-www-form-urlencoded | a=b%20c",
    ],
    [
      "graphql",
      { mode: "graphql", graphql: { query: "{ me }", variables: '{"a":1}' } },
      'Content-Type: application/json | {"query":"{ me }","variables":{"a":1}}',
    ],
  ])("has a body in mode %s", (_name, body, expected) => {
    expect(told({ item: [{ name: "r", request: { method: "POST", url: "https://x/", body } }] })).toEqual([
      `POST https://x/ | ${expected}`,
    ]);
  });

  test("has bodies of files and of several parts", () => {
    const bodyOf = (body: object): Buffer =>
      Buffer.from(
        read({ item: [{ name: "r", request: { method: "POST", url: "https://x/", body } }] }).requests[0]
          ?.body ?? [],
      );
    expect([...bodyOf({ mode: "file", file: { src: "f.bin" } })]).toEqual([0, 255]);
    expect(
      bodyOf({
        mode: "formdata",
        formdata: [
          { key: "a", value: "b" },
          { key: "f", type: "file", src: "f.bin" },
        ],
      }).toString("latin1"),
    ).toContain('filename="f.bin"');
  });

  test("has scripts, which are listed with their line and not run", () => {
    const event = [
      { listen: "prerequest", script: { exec: ["pm.x()"] } },
      { listen: "test", script: { exec: ["pm.test()"] } },
      { listen: "test", script: { exec: [""] } },
    ];
    const { notes } = read({ item: [{ name: "r", event, request: "https://x/" }] });
    expect(notes).toEqual([
      { line: 8, text: 'the script that runs before "r" is not run' },
      { line: 8, text: 'the script that runs after "r" is not run' },
    ]);
  });

  test("may have variables that lead back to themselves: they are asked for", () => {
    const { asked, notes } = read({
      variable: [
        { key: "a", value: "{{b}}" },
        { key: "b", value: "{{a}}" },
      ],
      item: [{ name: "r", request: "https://x/{{a}}" }],
    });
    expect(asked.map(({ name }) => name)).toEqual(["a"]);
    expect(notes.map(({ text }) => text)).toEqual([
      "variables lead back to themselves (a -> b -> a): it is asked for",
    ]);
  });

  test("of version 1 is refused with how to convert it", () => {
    const text = JSON.stringify({
      id: "1",
      name: "old",
      order: ["2"],
      requests: [{ id: "2", url: "https://x/" }],
    });
    expect(looksLikePostman(text)).toBe(true);
    expect(refusal(text)).toMatch(/version 1, expected version 2\.1; .*export it as Collection v2\.1/);
  });

  test("is no environment, no broken file, and has items", () => {
    expect(
      refusal(JSON.stringify({ name: "e", values: [], _postman_variable_scope: "environment" })),
    ).toContain("this is a Postman environment");
    expect(refusal('{"info":{"_postman_id":')).toContain("expected a Postman collection");
    expect(refusal(JSON.stringify({ info: { schema: SCHEMA } }))).toContain("found no items");
  });
});
