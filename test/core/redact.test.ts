import { describe, expect, it } from "vitest";
import { createRedactor } from "../../src/core/redact.js";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N";

describe("the redactor", () => {
  it("replaces credential headers and keeps their scheme", () => {
    const redactor = createRedactor();
    expect(
      redactor.headers([
        ["Authorization", "Bearer canary-token"],
        ["Cookie", "sid=canary-2; tz=2"],
        ["Set-Cookie", "id=canary-3; Path=/; HttpOnly"],
        ["Accept", "*/*"],
      ]),
    ).toEqual([
      ["Authorization", "Bearer <secret:1>"],
      ["Cookie", "sid=<secret:2>; tz=<secret>"],
      ["Set-Cookie", "id=<secret:3>; Path=/; HttpOnly"],
      ["Accept", "*/*"],
    ]);
    expect(redactor.text("canary-2 and canary-3")).toBe("<secret:2> and <secret:3>");
  });

  it("knows the password inside Basic credentials", () => {
    const redactor = createRedactor();
    const credentials = Buffer.from("user:canary:1").toString("base64");
    expect(redactor.headers([["Authorization", `Basic ${credentials}`]])).toEqual([
      ["Authorization", "Basic <secret:2>"],
    ]);
    expect(redactor.text("user canary:1")).toBe("user <secret:1>");
  });

  it("keeps equal secrets recognisable as equal", () => {
    const redactor = createRedactor();
    redactor.headers([["authorization", "Bearer canary-token"]]);
    expect(redactor.text('{"echo":"canary-token"}')).toBe('{"echo":"<secret:1>"}');
    expect(redactor.count()).toBe(1);
  });

  it("finds a learnt secret raw, JSON-escaped, percent-encoded, as a form field and in base64", () => {
    const redactor = createRedactor();
    const secret = 'ca"na/ry +1';
    redactor.learn(secret);
    for (const spelling of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      encodeURIComponent(encodeURIComponent(secret)),
      new URLSearchParams({ a: secret }).toString().slice(2),
      Buffer.from(secret).toString("base64"),
    ]) {
      expect(redactor.text(`x${spelling}y`)).toBe("x<secret:1>y");
    }
  });

  it("finds a learnt secret with half of a surrogate pair as it came, and as a URL has what is left of it", () => {
    const redactor = createRedactor();
    const secret = "canary \ud800";
    redactor.learn(secret);
    for (const spelling of [secret, JSON.stringify(secret).slice(1, -1), "canary%20%EF%BF%BD"]) {
      expect(redactor.text(`x${spelling}y`)).toBe("x<secret:1>y");
    }
  });

  it("takes tokens and client secrets by their name, in JSON and in forms", () => {
    const redactor = createRedactor();
    expect(redactor.text('{"access_token":"canary-1","expires_in":86400}')).toBe(
      '{"access_token":"<secret:1>","expires_in":86400}',
    );
    expect(redactor.text("grant_type=x&client_secret=canary-2")).toBe(
      "grant_type=x&client_secret=<secret:2>",
    );
  });

  it("looks only for the last of the secrets that pass by, however many they are, and for all that it was told", () => {
    const redactor = createRedactor();
    redactor.learn("canary-told");
    for (let count = 0; count < 1000; count++) redactor.headers([["set-cookie", `id=canary-${count}`]]);
    expect(redactor.text("canary-told canary-999")).toBe("<secret:1> <secret:1001>");
    expect(redactor.text("canary-0")).toBe("canary-0");
    expect(redactor.count()).toBe(1001);
    expect(redactor.headers([["set-cookie", "id=canary-0"]])).toEqual([["set-cookie", "id=<secret:2>"]]);
  });

  it("takes anything shaped like a JWT", () => {
    expect(createRedactor().text(`token ${JWT} end`)).toBe("token <secret:1> end");
  });

  it("finds the secret behind a million characters that were made to keep it busy", () => {
    for (const piece of [
      "eyJ-",
      "eyJ-aaaaaaaa.",
      "\\",
      '\\"token\\":\\"',
      "name=token ",
      "-----BEGIN PRIVATE KEY-----",
      "://a:",
    ]) {
      const text = `token ${piece.repeat(1_000_000 / piece.length)} "password":"canary-1"`;
      expect(createRedactor().text(text).endsWith('"password":"<secret:1>"'), piece).toBe(true);
    }
  });

  it("takes a value of many megabytes, too", () => {
    const redactor = createRedactor({ headers: [], members: ["pin"] });
    const long = "x".repeat(10_000_000);
    expect(redactor.text(`{"token":"${long}"}`)).toBe('{"token":"<secret:1>"}');
    expect(redactor.text(`{"pin":"${long}y"}`)).toBe('{"pin":"<secret:2>"}');
  });

  it("takes no word of any text for a credential, or it would go out of every text", () => {
    const redactor = createRedactor();
    redactor.learn("true");
    const sent = [
      ["Authorization", "Bearer undefined"],
      ["X-Api-Key", "null"],
    ] as const;
    expect(redactor.headers(sent)).toEqual([
      ["Authorization", "Bearer <secret>"],
      ["X-Api-Key", "<secret>"],
    ]);
    const text = '{"token":"expired","a":null,"b":true,"message":"no token=undefined, password=null"}';
    expect(redactor.text(text)).toBe(text);
  });

  it("leaves fields of a page that is shown in HTML", () => {
    const page = '<input name="token" type="hidden">\n<p>a</p>\n\n<p>Version 4 is current</p>';
    expect(createRedactor().text(page)).toBe(page);
  });

  it("takes credentials by name out of JSON in JSON, XML, multipart forms and words, and nothing besides", () => {
    for (const [text, hidden] of [
      [
        String.raw`{"error":"bad {\"client_secret\":\"canary-1\"}"}`,
        String.raw`{"error":"bad {\"client_secret\":\"<secret:1>\"}"}`,
      ],
      ["<a><wsse:Password>canary-1</wsse:Password></a>", "<a><wsse:Password><secret:1></wsse:Password></a>"],
      [
        'Content-Disposition: form-data; name="password"\r\n\r\ncanary-1\r\n--b',
        'Content-Disposition: form-data; name="password"\r\n\r\n<secret:1>\r\n--b',
      ],
      ['{"at":"/x?token=canary-1","n":1}', '{"at":"/x?token=<secret:1>","n":1}'],
      ["login with client_secret=canary-1 failed", "login with client_secret=<secret:1> failed"],
      [
        '{"api-key":"canary-1","access-token":"canary-1"}',
        '{"api-key":"<secret:1>","access-token":"<secret:1>"}',
      ],
      [
        '{"headers":{"Authorization":"Bearer canary-1"}}',
        '{"headers":{"Authorization":"Bearer <secret:1>"}}',
      ],
      ["<client id='7' client_secret='canary-1'/>", "<client id='7' client_secret='<secret:1>'/>"],
      [
        "GET / HTTP/1.1\nauthorization: Bearer canary-1\n",
        "GET / HTTP/1.1\nauthorization: Bearer <secret:1>\n",
      ],
      ["see https://joe:canary-1@db.example:80/x", "see https://joe:<secret:1>@db.example:80/x"],
      [String.raw`{"at":"https:\/\/joe:canary-1@h\/"}`, String.raw`{"at":"https:\/\/joe:<secret:1>@h\/"}`],
    ] as const) {
      const redactor = createRedactor();
      expect(redactor.text(text)).toBe(hidden);
      expect(redactor.text(hidden)).toBe(hidden);
      expect(redactor.text("canary-1")).toBe("<secret:1>");
    }
  });

  it("takes headers for credentials whose names say so, and none that say where a caller stands", () => {
    const value = (name: string) => createRedactor().headers([[name, "canary-1"]])[0]?.[1];
    for (const name of [
      "X-Gitlab-Token",
      "X-Shopify-Access-Token",
      "X-Forwarded-Authorization",
      "My-Api-Key",
    ])
      expect(value(name)).toBe("<secret:1>");
    for (const name of ["X-Idempotency-Token", "X-Concurrency-Token", "X-Next-Page-Token", "Lock-Token"])
      expect(value(name)).toBe("canary-1");
  });

  it("leaves a scenario's templates, ports and addresses as they are", () => {
    for (const text of [
      'json: {"token":"$(login.token)"}',
      "GET /x?token=$(sha256(key))&n=1",
      "headers: { Authorization: Bearer $(login.token) }",
      "http://127.0.0.1:8080/a@b and mailto:joe@example.com and git@example.com:x",
      "authorization: required, authorization=Bearer",
      'give it with -H "Authorization: Bearer $TOKEN" or client_secret=${SECRET}',
      '{"authorization":"Bearer","password":"***"}',
    ])
      expect(createRedactor().text(text)).toBe(text);
  });

  it("takes tokens without a signature, encrypted ones, and private keys", () => {
    for (const token of [
      "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.",
      "eyJhbGciOiJkaXIifQ_x..aXY0NTY3ODkw.Y2lwaGVydGV4dA.dGFn",
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ])
      expect(createRedactor().text(`(${token})`)).toBe("(<secret:1>)");
  });

  it("finds a learnt secret inside of longer base64, however it is aligned", () => {
    for (const before of ["", "a", "ab"]) {
      const redactor = createRedactor();
      redactor.learn("canary-told-0123456789");
      const coded = Buffer.from(`${before}canary-told-0123456789:rest`).toString("base64");
      expect(redactor.text(coded)).toContain("<secret:1>");
      expect(Buffer.from(redactor.text(coded).replace("<secret:1>", ""), "base64").toString()).not.toContain(
        "told",
      );
    }
  });

  it("changes nothing twice", () => {
    const redactor = createRedactor();
    for (const text of ['{"password":"canary-3"}', "password=canary-3&x=1"]) {
      const once = redactor.text(text);
      expect(redactor.text(once)).toBe(once);
    }
    expect(redactor.count()).toBe(1);
  });

  it("hashes a redacted body with a key that only this run has", () => {
    const body = Buffer.from("canary");
    const [first, second] = [createRedactor(), createRedactor()];
    expect(first.bodyHash(body, true)).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(first.bodyHash(body, true)).toBe(first.bodyHash(body, true));
    expect(first.bodyHash(body, true)).not.toBe(second.bodyHash(body, true));
    expect(first.bodyHash(body, false)).toBe(second.bodyHash(body, false));
  });
});

describe("rules of a config file", () => {
  const redactor = createRedactor({ headers: ["X-Customer"], members: ["iban", "accountNumber", "a.b"] });

  it("hide the values of headers by name, in any case", () => {
    const [[, first] = [], [, second] = []] = redactor.headers([
      ["x-customer", "ACME-4711"],
      ["X-Other", "ACME-4711 again"],
    ]);
    expect(first).toMatch(/^<secret:\d+>$/);
    expect(second).toBe(`${first} again`);
  });

  it("hide members of JSON, whatever their type, and form fields", () => {
    const text = redactor.text('{"iban": "DE89 3704","AccountNumber":47110815,"a.b":true,"axb":true}');
    expect(text).toMatch(
      /^\{"iban": "<secret:\d+>","AccountNumber":"<secret>","a\.b":"<secret>","axb":true\}$/,
    );
    expect(redactor.text("iban=DE8937040044&x=1")).toMatch(/^iban=<secret:\d+>&x=1$/);
  });

  it("redact once: a text that was redacted stays as it is", () => {
    const once = redactor.text('{"iban":"DE00 1234 5678"}');
    expect(redactor.text(once)).toBe(once);
  });
});
