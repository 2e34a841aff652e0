import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSecretSearch, type FoundSecret } from "../../src/evidence/check/find-secrets.js";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N";

function found(text: string, known: readonly string[] = []): readonly FoundSecret[] {
  const search = createSecretSearch(known);
  search.add(Buffer.from(text));
  return search.finish();
}

describe("what must not be in a bundle is found", () => {
  test.each([
    ["a JWT", `id ${JWT}`],
    ["a token in JSON", '{"access_token":"abcdefgh"}'],
    ["JSON inside JSON", '{"body":"{\\"access_token\\":\\"abcdefgh\\"}"}'],
    ["JSON inside JSON inside JSON", '{"a":"{\\\\\\"password\\\\\\":\\\\\\"abcdefgh\\\\\\"}"}'],
    ["JSON inside HTML", "{&quot;client_secret&quot;:&quot;abcdefgh&quot;}"],
    ["a form field", "grant_type=x&client_secret=abcdefgh"],
    ["a query", "https://a.example/x?access_token=abcdefgh&b=1"],
    ["a percent-encoded query", "u=https%3A%2F%2Fa.example%2Fx%3Faccess_token%3Dabcdefgh"],
    ["a header line", "Authorization: Bearer abc123def456ghi"],
    ["a header of curl", "  -H 'authorization: Basic dXNlcjpwYXNzd29yZA==' \\"],
    ["a header as pairs", '["Authorization","custom 1234567"]'],
    ["a header as a HAR has it", '{"name":"Cookie","value":"session=abcdefgh1"}'],
    ["a cookie that is set", "set-cookie: session=abcdefgh12345678; Path=/"],
    ["an API key", "X-Api-Key: 0123456789abcdef"],
    ["what somebody wrote down", "log in as joe, password: hunter2hunter"],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
    ["base64 of JSON", Buffer.from('{"x":"some text","access_token":"abcdefgh"}').toString("base64")],
  ])("%s", (_what, text) => {
    expect(found(`first\n${text}\nlast`)).toMatchObject([{ line: 2 }]);
  });

  test("wherever pieces of the file begin and end", () => {
    const text = `${"x".repeat(40)}\n{"access_token":"äöü-${JWT}"}\n`;
    fc.assert(
      fc.property(fc.nat(text.length), (at) => {
        const bytes = Buffer.from(text);
        const search = createSecretSearch([]);
        search.add(bytes.subarray(0, at));
        search.add(bytes.subarray(at));
        expect(search.finish()).toMatchObject([{ line: 2 }]);
      }),
    );
  });

  test("in a line of a million characters, once", () => {
    const filler = "abc def ".repeat(65_000);
    expect(found(`${filler}${JWT} ${filler}`)).toHaveLength(1);
  });
});

describe("what was taken out, and words about it, are no secrets:", () => {
  test.each([
    ["a placeholder in JSON", '{"access_token":"<secret:1>","password":"<secret>"}'],
    [
      "one that HTML escapes",
      '{"access_token":"\\u003csecret:1\\u003e"} &quot;token&quot;:&quot;&lt;secret:2&gt;&quot;',
    ],
    ["a header", '["authorization","Bearer <secret:1>"] Authorization: Bearer <secret:1>'],
    ["a cookie", "cookie: a=<secret:2>; theme=<secret>"],
    [
      "a variable of the script",
      '-H \'authorization: Bearer \'"${SECRET_1}" --data-raw \'{"token":"\'"${SECRET_2}"\'"}\'',
    ],
    ["a mark of another tool", "Authorization: [REDACTED]"],
    ["names of headers", '["authorization","content-type"]'],
    ["a scenario's template and capture", "password: $(env.GCIDEM_VAR_P1), access_token: $.body1.token"],
    ["a sentence about passwords", "the password: required since version 12"],
    ["a sentence", "No authentication bearer token specified in authorization header."],
    ["an instruction", "set AUTHORIZATION='Bearer ...' to send it"],
    ["a UUID and a hash", `8b34dbc2-c05e-44d7-a25d-48efeace8245 ${"ab12".repeat(16)}`],
  ])("%s", (_what, text) => {
    expect(found(text)).toEqual([]);
  });
});
