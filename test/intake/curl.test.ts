import { describe, expect, test } from "vitest";
import { looksLikeCurl, readCurl } from "../../src/intake/curl/read-curl.js";
import { replaceMarks, type WrittenRequests } from "../../src/intake/written.js";

const FILES: Readonly<Record<string, string>> = { "order.json": '{\n"sku": "A1"\n}\n', "name.txt": "a b" };

function read(text: string): WrittenRequests {
  return readCurl(text, (path) =>
    FILES[path] === undefined ? "there is no such file" : Buffer.from(FILES[path]),
  );
}

/** The only request of a paste, its body as text. */
function one(text: string): {
  readonly method: string;
  readonly url: string;
  readonly headers: object;
  readonly body: string | null;
  readonly line: number;
} {
  const { requests } = read(text);
  const [only, ...more] = requests;
  if (only === undefined || more.length > 0) throw new Error(`${requests.length} requests`);
  const { method, url, headers, body, line } = only;
  const plain = (each: string): string => replaceMarks(each, (name) => `<${name}>`);
  return {
    ...{ method, line, url: plain(url) },
    headers: Object.fromEntries(headers.map(([name, value]) => [name, plain(value)])),
    body: body === null ? null : plain(Buffer.from(body).toString("utf8")),
  };
}

function notes(text: string): readonly string[] {
  return read(text).notes.map(({ line, text: words }) => `${line}: ${words}`);
}

const URL = "https://api.example.com/v1/orders";
const SENT = {
  method: "POST",
  url: URL,
  headers: { "Content-Type": "application/json" },
  body: '{"note":"it\'s \\"5\\" & $9 %x%"}',
  line: 1,
};

describe("curl commands of any shell come to the same bytes", () => {
  test("bash, single quotes", () => {
    expect(
      one(
        `curl -X POST ${URL} -H 'Content-Type: application/json' -d '{"note":"it'\\''s \\"5\\" & $9 %x%"}'`,
      ),
    ).toEqual(SENT);
  });

  test("bash, $'...' as browsers copy it", () => {
    expect(
      one(
        `curl '${URL}' -X 'POST' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw $'{"note":"it\\'s \\\\"5\\\\" & $9 %x%"}'`,
      ),
    ).toEqual(SENT);
  });

  test("bash, double quotes", () => {
    expect(
      one(
        `curl -XPOST "${URL}" -H "Content-Type: application/json" -d "{\\"note\\":\\"it's \\\\\\"5\\\\\\" & \\$9 %x%\\"}"`,
      ),
    ).toEqual(SENT);
  });

  test("PowerShell, single quotes and backticks at line ends", () => {
    expect(
      one(
        `curl.exe -X POST ${URL} \`\n  -H 'Content-Type: application/json' \`\n  --data-raw '{"note":"it''s \\\\"5\\\\" & $9 %x%"}'`,
      ).body,
    ).toBe(SENT.body);
  });

  test("PowerShell, double quotes with backticks", () => {
    expect(one(`curl.exe -X POST "${URL}" -d "{\`"sku\`":\`"A1\`",\`"price\`":\`"\`$5\`"}"`).body).toBe(
      '{"sku":"A1","price":"$5"}',
    );
  });

  test("cmd, as browsers copy it", () => {
    const text = `curl ^"${URL}^" ^\n  -X ^"POST^" ^\n  -H ^"Content-Type: application/json^" ^\n  --data-raw ^"^{^\\^"note^\\^":^\\^"it's 5 ^& 6^\\^"^}^"`;
    expect(one(text)).toEqual({ ...SENT, body: '{"note":"it\'s 5 & 6"}' });
  });

  test("cmd, as people write it", () => {
    expect(
      one(`C:\\Users\\me>curl -X POST "${URL}" -H "Content-Type: application/json" -d "{\\"a\\":\\"b c\\"}"`),
    ).toEqual({ ...SENT, body: '{"a":"b c"}' });
  });
});

describe("options", () => {
  test.each([
    [
      "-d twice is joined by &",
      `curl ${URL} -d a=1 -d b=2`,
      { method: "POST", body: "a=1&b=2", headers: { "Content-Type": "application/x-www-form-urlencoded" } },
    ],
    ["-d @file loses line ends", `curl ${URL} -d @order.json`, { body: '{"sku": "A1"}' }],
    [
      "--data-binary @file keeps them",
      `curl ${URL} --data-binary @order.json`,
      { body: FILES["order.json"] },
    ],
    ["--data-raw takes @ as it is", `curl ${URL} --data-raw @order.json`, { body: "@order.json" }],
    [
      "--data-urlencode in its forms",
      `curl ${URL} --data-urlencode "q=a b&c" --data-urlencode =x/y --data-urlencode n@name.txt`,
      { body: "q=a%20b%26c&x%2Fy&n=a%20b" },
    ],
    [
      "--json sets both headers",
      `curl --json '{"a":1}' ${URL}`,
      {
        method: "POST",
        body: '{"a":1}',
        headers: { "Content-Type": "application/json", Accept: "application/json" },
      },
    ],
    [
      "-G puts data into the query",
      `curl -G ${URL}?x=1 -d n=2`,
      { method: "GET", url: `${URL}?x=1&n=2`, body: null, headers: {} },
    ],
    ["-I is HEAD", `curl -I ${URL}`, { method: "HEAD" }],
    ["-u is Basic", `curl -u ada:pw ${URL}`, { headers: { Authorization: "Basic YWRhOnB3" } }],
    ["-T is PUT", `curl -T order.json ${URL}`, { method: "PUT", body: FILES["order.json"] }],
    ["short options in one word", `curl -sSLXPUT ${URL}`, { method: "PUT" }],
    ["--option=value and an address without quotes", `curl --request=PATCH ${URL}`, { method: "PATCH" }],
    [
      "-H 'Name;' is an empty header, -H 'Name:' none",
      `curl ${URL} -d x -H 'X-Empty;' -H 'Content-Type:'`,
      { headers: { "X-Empty": "" } },
    ],
    ["an address in angle brackets", `curl <${URL}>`.replace("<", "'<").replace(/>$/, ">'"), { url: URL }],
  ])("%s", (_name, text, expected) => {
    expect(one(text)).toMatchObject(expected);
  });

  test("-F becomes a multipart body with its files", () => {
    const { body, headers } = one(`curl ${URL} -F kind=csv -F 'file=@name.txt;type=text/plain'`);
    expect(headers).toEqual({ "Content-Type": expect.stringMatching(/^multipart\/form-data; boundary=/) });
    expect(body).toContain('name="kind"\r\n\r\ncsv\r\n');
    expect(body).toContain('filename="name.txt"\r\nContent-Type: text/plain\r\n\r\na b\r\n');
  });

  test("what a scenario cannot say is listed with its line", () => {
    expect(notes(`curl ${URL} \\\n  -k --retry 3 \\\n  --proxy http://p:1 --cert me.pem`)).toEqual([
      expect.stringMatching(/^2: --insecure is left out: certificates/),
      expect.stringMatching(/^2: --retry is left out/),
      expect.stringMatching(/^3: --proxy is left out/),
      expect.stringMatching(/^3: --cert is left out/),
    ]);
  });

  test("a file that is not there is said", () => {
    expect(notes(`curl ${URL} -d @gone.json`)).toEqual([
      "1: @gone.json: there is no such file; nothing is sent in its place",
    ]);
  });
});

describe("a paste", () => {
  test("of several commands with prompts, comments and output between them", () => {
    const text = [
      "# first the read",
      `$ curl ${URL}/7`,
      '{"id":"7"}',
      `ada@host:~/work$ curl -X DELETE ${URL}/7`,
      `(venv) PS> nothing`,
    ].join("\n");
    const { requests, notes: said } = read(text);
    expect(requests.map(({ method, line }) => [method, line])).toEqual([
      ["GET", 2],
      ["DELETE", 4],
    ]);
    expect(said.map(({ line }) => line)).toEqual([3, 5]);
  });

  test("with prompts of continued lines", () => {
    expect(one(`$ curl -X PUT \\\n> ${URL} \\\n> -d x`)).toMatchObject({
      method: "PUT",
      url: URL,
      body: "x",
    });
  });

  test("with typographic quotes and dashes", () => {
    const text = `curl –X POST “${URL}” —data ‘{“sku”:“A1”}’`;
    expect(one(text)).toMatchObject({ method: "POST", url: URL, body: '{"sku":"A1"}' });
    expect(notes(text).join()).toContain("typographic quotation marks");
  });

  test("with several commands on a line and --next", () => {
    const { requests } = read(`curl ${URL} && curl ${URL}/2 ; curl ${URL}/3 --next -X PUT ${URL}/4`);
    expect(requests.map(({ method, url }) => `${method} ${url.slice(URL.length)}`)).toEqual([
      "GET ",
      "GET /2",
      "GET /3",
      "PUT /4",
    ]);
  });

  test("with shell variables asks for them", () => {
    expect(one(`curl "${URL}/$ORDER_ID" -H "X-Run: \${RUN}" -H "Idempotency-Key: $(uuidgen)"`)).toMatchObject(
      {
        url: `${URL}/<ORDER_ID>`,
        headers: { "X-Run": "<RUN>", "Idempotency-Key": "<uuid()>" },
      },
    );
    expect(read(`curl ${URL}/$ORDER_ID`).asked).toEqual([
      { name: "ORDER_ID", ask: "the value of the shell variable ORDER_ID" },
    ]);
    expect(one(`curl.exe "${URL}/$env:ORDER" \`\n -X PUT`).url).toBe(`${URL}/<ORDER>`);
    expect(one(`curl "${URL}/%ORDER%" ^\n -X PUT`).url).toBe(`${URL}/<ORDER>`);
  });

  test("with a quotation that nothing closes says so", () => {
    expect(notes(`curl '${URL}`)).toEqual([
      expect.stringMatching(/^1: a quotation mark here is never closed/),
    ]);
  });

  test.each([
    "curl x",
    "$ curl x",
    "# note\n\n$ curl x",
    "PS C:\\> curl.exe x",
    "C:\\>curl x",
    "> curl x",
    "me@host ~ % curl x",
  ])("is recognised: %j", (text) => {
    expect(looksLikeCurl(text)).toBe(true);
  });

  test.each(["steps:\n  - request: GET /", '{"log":{}}', "curly braces", "GET https://x/"])(
    "is not taken for one: %j",
    (text) => {
      expect(looksLikeCurl(text)).toBe(false);
    },
  );
});

describe("what shells put around a command", () => {
  test("a loop's curl stands once, and what is before a command does not hide it", () => {
    const text = `for i in 1 2; do curl ${URL}/a & done; wait\nTOKEN=x sudo curl ${URL}/b\ntime curl ${URL}/c`;
    expect(read(text).requests.map(({ url }) => url)).toEqual([`${URL}/a`, `${URL}/b`, `${URL}/c`]);
    expect(notes(text)).toEqual([
      '1: "for" is the shell\'s: its loop or condition is left out, and each curl in it stands once',
    ]);
  });

  test("what a shell puts in is asked for by its command", () => {
    expect(read(`curl ${URL} -d "$(cat body.json)"`).asked).toEqual([
      { name: "cat_body_json", ask: "what the shell put in for $(cat body.json)" },
    ]);
  });

  test("a URL that stands for several is said", () => {
    expect(notes(`curl ${URL}/[1-3]`)).toEqual([
      "1: the URL stands for several (braces or a range): it is taken as it is",
    ]);
  });

  test.each([
    ["PowerShell on one line", `curl.exe -X POST "${URL}" --json '{\\"sku\\":\\"A1\\"}'`],
    ["cmd with doubled quotation marks", `curl -X POST "${URL}" --json "{""sku"":""A1""}"`],
  ])("%s is told from bash", (_shell, text) => {
    expect(one(text).body).toBe('{"sku":"A1"}');
  });
});
