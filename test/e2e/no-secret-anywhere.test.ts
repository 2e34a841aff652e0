import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { filesBelow, folderWith, gcidem, journalOf, type Ran, reportOf } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

const CANARY = 's3cr3t/Canary+8d1f?& ü"\\x';

/** Every spelling in which a careless tool would write it down. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ a: secret }).toString().slice(2),
    bytes.toString("base64"),
    bytes.toString("base64url"),
  ];
}

/** Looks through both outputs and every file below the working folder. */
function expectNowhere(
  ran: Ran & { readonly cwd: string },
  secrets: readonly string[],
  except: readonly string[] = [],
): void {
  const texts = [ran.stdout, ran.stderr];
  for (const file of filesBelow(ran.cwd))
    if (!except.some((name) => file.endsWith(name))) texts.push(readFileSync(file, "utf8"));
  expect(texts.length).toBeGreaterThan(4);
  for (const secret of secrets) {
    for (const spelled of spellings(secret)) for (const text of texts) expect(text).not.toContain(spelled);
  }
}

/** Runs with every reporter, loudly. */
async function run(
  scenario: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran & { readonly cwd: string }> {
  const cwd = folderWith({ "it.yaml": scenario });
  const reporters = ["--reporter", "terminal=report.txt", "--reporter", "json", "--verbose"];
  const ran = await gcidem(["replay", "it.yaml", ...flags, ...reporters, "--allow-writes", "--yes"], {
    cwd,
    env,
  });
  return { ...ran, cwd };
}

/** Says back what it was told: where, with which headers and body. */
function echoing(cookie?: string) {
  return httpServer((request, response) => {
    const headers = cookie === undefined ? {} : { "set-cookie": cookie };
    response.writeHead(409, { ...headers, "x-echo": request.url, "content-type": "application/json" });
    response.end(
      JSON.stringify({
        code: "echo",
        url: request.url,
        headers: request.headers,
        body: request.body,
        raw: request.rawHeaders,
      }),
    );
  });
}

const FAILING =
  "    expect: { status: 200, headers: { X-Echo: /nothing/ }, json: { $.code: other } }\n    capture: { all: $.url }\n";

describe("secrets are in no file and no output, though the server says them back", () => {
  test("-H Authorization and other credential headers", async () => {
    const server = await echoing();
    const token = "canary-token-3f9a/+==";
    const ran = await run(
      `steps:\n  - id: a\n    request: POST /x\n    json: { a: 1 }\n${FAILING}  - { repeat: a, mutate: [{ reserialize: whitespace }] }\n`,
      [
        "--target",
        server.url,
        "-H",
        `Authorization: Bearer ${token}`,
        "-H",
        "X-Api-Key: canary-api-key-77",
        "-H",
        "Cookie: sid=canary-cookie-55; other=canary-cookie-66",
        "-H",
        "Proxy-Authorization: Basic canary-proxy-88",
      ],
    );
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(ran.code).toBe(1);
    expectNowhere(ran, [
      token,
      "canary-api-key-77",
      "canary-cookie-55",
      "canary-cookie-66",
      "canary-proxy-88",
    ]);
    expect(reportOf(ran).redacted.secrets).toBeGreaterThanOrEqual(4);
  });

  test("$(env.NAME) in path, query, header, form, text and JSON", async () => {
    const server = await echoing();
    const simple = CANARY.replace(" ü", "");
    const ran = await run(
      `vars: { v: $(env.GCIDEM_VAR_S) }\nsteps:\n  - id: a\n    request: POST /p/$(env.GCIDEM_VAR_S)?q=$(v)\n    headers: { X-S: "$(env.GCIDEM_VAR_H)", Authorization: "Basic $(env.GCIDEM_VAR_H)" }\n    json: { s: $(v) }\n${FAILING}  - request: POST /f\n    form: { s: $(v) }\n  - request: POST /t\n    text: "<$(v)>"\n`,
      ["--target", server.url],
      { GCIDEM_VAR_S: CANARY, GCIDEM_VAR_H: simple },
    );
    expect(server.seen[0]?.body).toBe(JSON.stringify({ s: CANARY }));
    expectNowhere(ran, [CANARY, simple]);
  });

  test("a token that a server hands out, used as a credential later", async () => {
    const server = await httpServer((request, response) => {
      if (request.url === "/login")
        response.end(
          JSON.stringify({
            token: "canary-session-1",
            access_token: "canary-access-2",
            nested: { client_secret: "canary-client-3", password: "canary-4-password" },
          }),
        );
      else response.writeHead(401).end(JSON.stringify({ saw: request.headers.authorization }));
    });
    const ran = await run(
      "steps:\n  - id: login\n    request: POST /login\n    form: { grant_type: password, password: canary-5-password }\n    capture: { token: $.token }\n  - id: use\n    request: GET /me\n    headers: { Authorization: Bearer $(login.token) }\n    expect: { status: 401 }\n",
      ["--target", server.url],
    );
    expect(server.seen[1]?.headers.authorization).toBe("Bearer canary-session-1");
    expect(ran.code).toBe(0);
    expectNowhere(
      ran,
      ["canary-session-1", "canary-access-2", "canary-client-3", "canary-4-password"],
      ["it.yaml"],
    );
    expectNowhere(ran, ["canary-5-password"], ["it.yaml"]);
  });

  test("a key that a scenario's author wrote into a header stands in no copy of the scenario", async () => {
    const server = await echoing();
    const ran = await run(
      "steps:\n  - request: GET /a\n    headers: { X-Api-Key: canary-key-12 }\n    expect: { status: 418 }\n",
      ["--target", server.url],
    );
    expect(server.seen[0]?.headers["x-api-key"]).toBe("canary-key-12");
    expectNowhere(ran, ["canary-key-12"], ["it.yaml"]);
  });

  test("cookies that a server sets, said again in its body", async () => {
    const server = await httpServer((_request, response) => {
      response
        .writeHead(200, { "set-cookie": ["sid=canary-cookie-1; Path=/; HttpOnly", "b=canary-cookie-2"] })
        .end(JSON.stringify({ debug: "session canary-cookie-1" }));
    });
    const ran = await run(
      'steps:\n  - id: a\n    request: GET /\n    capture: { c: { from: header Set-Cookie, regex: "sid=([^;]+)" } }\n  - request: GET /again\n    headers: { Cookie: "sid=$(a.c)" }\n',
      ["--target", server.url],
    );
    expect(server.seen[1]?.headers.cookie).toBe("sid=canary-cookie-1");
    expectNowhere(ran, ["canary-cookie-1", "canary-cookie-2"]);
  });

  test("a JSON Web Token wherever it stands", async () => {
    const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ";
    const server = await httpServer((_request, response) =>
      response.writeHead(200, { "x-jwt": jwt }).end(`log in with ${jwt}`),
    );
    expectNowhere(await run("steps:\n  - request: GET /\n", ["--target", server.url]), [jwt]);
  });

  test("in the words of a failure, of an interrupted run and of a refused one", async () => {
    const ran = await run(
      "steps:\n  - request: GET /$(env.GCIDEM_VAR_S)\n  - request: GET /../$(env.GCIDEM_VAR_S)\n",
      ["--target", "http://127.0.0.1:1/base"],
      { GCIDEM_VAR_S: CANARY },
    );
    expect(ran.code).toBe(2);
    expectNowhere(ran, [CANARY]);
  });
});

test("where a body was redacted its hash is an HMAC under a key of that run, and says so", async () => {
  const server = await echoing();
  const hashes = [];
  for (let count = 0; count < 2; count++) {
    const ran = await run(
      "steps:\n  - request: POST /\n    text: $(env.GCIDEM_VAR_S)\n",
      ["--target", server.url],
      { GCIDEM_VAR_S: "s3cr3t-canary" },
    );
    const record = journalOf(ran.cwd).find(({ type }) => type === "request-sent");
    hashes.push(record?.type === "request-sent" ? record.request.bodySha256 : "");
  }
  expect(hashes[0]).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
  expect(hashes[0]).not.toBe(hashes[1]);
});

test("equal secrets stay recognisable as equal, and expected values pass through the same redactor", async () => {
  const server = await httpServer((_request, response) =>
    response.end(JSON.stringify({ password: "canary-4-password" })),
  );
  const ran = await run(
    `steps:\n  - id: a\n    request: GET /\n    expect: { json: { $.password: $(env.GCIDEM_VAR_S) } }\n`,
    ["--target", server.url],
    { GCIDEM_VAR_S: "canary-4-password" },
  );
  expect(ran.code).toBe(0);
  expectNowhere(ran, ["canary-4-password"]);
});
