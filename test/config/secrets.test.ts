import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runSecretCommand } from "../../src/config/secret-command.js";
import { readSecretFile } from "../../src/config/secret-file.js";
import { GC, type Machine, OWN, PROJECT, refusalOn, resolveOn, saidBy } from "./machine.js";

/** A profile of an API with a token. */
function api(secretFrom: string, more = ""): string {
  return `profiles:
  api:
    kind: http
    baseUrl: https://api.example.com
    credentials: { bearer: { secretFrom: ${secretFrom} } }
${more}`;
}

/** The same of an org, whose hosts are those of the table of regions. */
function org(secretFrom: string, more = ""): string {
  return `profiles:
  org:
    kind: genesys
    region: us-east-1
    credentials: { client: { clientId: id, clientSecret: { secretFrom: ${secretFrom} } } }
${more}`;
}

async function tokenOn(machine: Machine, target = "api"): Promise<unknown> {
  return (await resolveOn(machine, target)).credentials?.value;
}

describe("a secret in the environment", () => {
  test("is taken as it is", async () => {
    const machine = { files: { [OWN]: api("{ env: API_TOKEN }") }, env: { API_TOKEN: " a b " } };
    expect(await tokenOn(machine)).toEqual({ kind: "bearer", token: " a b " });
  });

  test.each([[{}], [{ API_TOKEN: "" }]])("that is not set is told by its name: %j", async (env) => {
    const said = await refusalOn({ files: { [OWN]: api("{ env: API_TOKEN }") }, env }, "api");
    expect(said).toContain(
      "config.yaml:5:49: the environment variable API_TOKEN is not set; nothing was sent",
    );
  });
});

describe("a secret in a file", () => {
  const files = { [OWN]: api("{ file: ~/token }"), "~/token": "from-file\r\n" };

  test("is its one line; a relative path starts at the config file's folder", async () => {
    expect(await tokenOn({ files })).toEqual({ kind: "bearer", token: "from-file" });
    const beside = { [OWN]: api("{ file: token }"), "~/.config/gcidem/token": "beside" };
    expect(await tokenOn({ files: beside })).toEqual({ kind: "bearer", token: "beside" });
  });

  test.each([0o640, 0o604, 0o644, 0o660, 0o620])(
    "that its group or others can reach (mode %i) is refused",
    async (mode) => {
      const said = await refusalOn({ files, modes: { "~/token": mode } }, "api");
      expect(said).toContain("config.yaml:5:50: ~/token holds a secret, and its group or others can read it");
      expect(said).toContain("chmod 600 ~/token");
      expect(said).not.toContain("from-file");
    },
  );

  test.each([
    ["", "it is empty"],
    ["\n", "it is empty"],
    ["one\ntwo\n", "it has more than one line"],
    ["one\rtwo", "it has more than one line"],
    ["a\u0000b", "it has control characters"],
  ])("that holds %j cannot be used", async (text, why) => {
    const said = await refusalOn({ files: { ...files, "~/token": text } }, "api");
    expect(said).toContain(`cannot be used: ${why}, expected one line`);
    expect(said).not.toContain("two");
  });

  test("that is missing, or is a folder, is told", async () => {
    expect(await refusalOn({ files: { [OWN]: api("{ file: ~/nowhere }") } }, "api")).toContain(
      "config.yaml:5:50: cannot read ~/nowhere: there is no such file",
    );
    expect(await refusalOn({ files: { [OWN]: api("{ file: ~/.config }") } }, "api")).toContain(
      "~/.config is no file",
    );
  });

  test.skipIf(process.platform === "win32")("that is a pipe is not waited for", () => {
    const path = join(mkdtempSync(join(tmpdir(), "gcidem-pipe-")), "pipe");
    execFileSync("mkfifo", [path]);
    expect(() => readSecretFile({ path, label: "pipe", at: "c.yaml:1:1" })).toThrowError(
      "c.yaml:1:1: pipe is no file",
    );
    rmSync(dirname(path), { recursive: true });
  });

  test("of a client certificate's key has to be the user's alone as well", async () => {
    const pem = "-----BEGIN CERTIFICATE-----\n";
    const text =
      "profiles:\n  api: { kind: http, baseUrl: https://a.example, clientCertificate: { cert: c.pem, key: k.pem } }\n";
    const all = { [PROJECT]: text, "c.pem": pem, "k.pem": "key" };
    expect((await resolveOn({ files: all }, "api")).clientCertificate).toEqual({ cert: pem, key: "key" });
    expect(await refusalOn({ files: all, modes: { "k.pem": 0o644 } }, "api")).toContain(
      ": k.pem holds a secret",
    );
  });
});

describe("a command that prints a secret", () => {
  const node = (code: string): string => JSON.stringify([process.execPath, "-e", code]);
  const own = (code: string): Machine => ({ files: { [OWN]: api(`{ command: ${node(code)} }`) } });

  test("is run without a shell, in the config file's folder", async () => {
    expect(await tokenOn(own("console.log('a b $HOME ' + process.cwd().endsWith('gcidem'))"))).toEqual({
      kind: "bearer",
      token: "a b $HOME true",
    });
  });

  test.each([
    ["console.log('canary-1\\ncanary-2')", "cannot be used: it has more than one line"],
    ["", "cannot be used: it is empty"],
    ["console.log('canary-1'); console.error('canary-2'); process.exit(3)", "ended with exit code 3"],
    ["process.stdout.write('canary-1'.repeat(20000))", "printed more than 65536 bytes"],
  ])("that does something else (%s) is told, without what it printed", async (code, why) => {
    const said = await refusalOn(own(code), "api");
    expect(said).toContain(why);
    expect(said).not.toContain("canary");
  });

  test.each(['["", a]', '["a\\0b"]'])("that cannot be one is told: %s", async (command) => {
    const said = await refusalOn({ files: { [OWN]: api(`{ command: ${command} }`) } }, "api");
    expect(said).toMatch(/could not be run|control character/);
  });

  test("that is not there is told", async () => {
    const files = { [OWN]: api("{ command: [no-such-program-here] }") };
    expect(await refusalOn({ files }, "api")).toContain(
      "config.yaml:5:53: the command no-such-program-here, which should print a secret, was not found",
    );
  });

  test("that does not end is stopped, whatever it has started", async () => {
    const code =
      "require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: 'inherit' }); setInterval(() => {}, 1000)";
    const hanging = {
      command: [process.execPath, "-e", code],
      folder: ".",
      env: process.env,
      at: "c.yaml:1:1",
    };
    const said = await runSecretCommand(hanging, 300).then(String, saidBy);
    expect(said).toContain("printed none within 0.3 s and was stopped");
  });

  test("is run for a file that --config names", async () => {
    const files = { [PROJECT]: api(`{ command: ${node("console.log('named')")} }`) };
    expect(await tokenOn({ files, configFile: PROJECT })).toEqual({ kind: "bearer", token: "named" });
  });

  test("is not run for a file that was only found: a cloned repository runs no code", async () => {
    const files = { [PROJECT]: api(`{ command: ${node("require('node:fs').writeFileSync('ran', '')")} }`) };
    const said = await refusalOn({ files }, "api");
    expect(said).toContain(
      "refused: gcidem.config.yaml:5:53: a command is not run for a config file that was only found",
    );
    expect(said).toContain("--config gcidem.config.yaml");
  });

  test("is not run for a file that anybody may change", async () => {
    const said = await refusalOn({ ...own("console.log('x')"), modes: { [OWN]: 0o606 } }, "api");
    expect(said).toContain("that anybody may change");
  });
});

describe("a credential goes only to hosts that the same source names, or to those of the table of regions", () => {
  const env = {
    API_TOKEN: "env-token",
    GENESYSCLOUD_OAUTHCLIENT_ID: "env-id",
    GENESYSCLOUD_OAUTHCLIENT_SECRET: "env-secret",
  };
  const gcFile = '[prod]\nenvironment="us-east-1"\nclient_credentials="gc-id"\nclient_secret="gc-secret"\n';

  test("a project's baseUrl gets nothing of the environment", async () => {
    const said = await refusalOn({ files: { [PROJECT]: api("{ env: API_TOKEN }") }, env }, "api");
    expect(said).toContain(
      "refused: the credentials from environment API_TOKEN (gcidem.config.yaml:5:49) would go to api.example.com, which gcidem.config.yaml:4:14 names",
    );
    expect(said).toContain("--config");
  });

  test("the same file named by --config, or as the user's own, does", async () => {
    const token = { kind: "bearer", token: "env-token" };
    const named = { files: { [PROJECT]: api("{ env: API_TOKEN }") }, env, configFile: PROJECT };
    expect(await tokenOn(named)).toEqual(token);
    expect(await tokenOn({ files: { [OWN]: api("{ env: API_TOKEN }") }, env })).toEqual(token);
  });

  test("a project's file may have a secret beside it, but names no file elsewhere, not even by a link", async () => {
    const beside = { [PROJECT]: api("{ file: token }"), token: "mine" };
    expect(await tokenOn({ files: beside })).toEqual({ kind: "bearer", token: "mine" });
    for (const path of ["~/token", "../home/token"]) {
      const files = { [PROJECT]: api(`{ file: ${path} }`), "~/token": "home-secret" };
      expect(await refusalOn({ files }, "api")).toContain(
        "lies outside the folder of a project's config file",
      );
    }
  });

  test("a project's org gets the environment's, since its hosts are the platform's", async () => {
    const machine = { files: { [PROJECT]: org("{ env: API_TOKEN }") }, env: { API_TOKEN: "s" } };
    expect(await tokenOn(machine, "org")).toMatchObject({ clientSecret: "s" });
  });

  test.each([
    ["gateway", "gateway: { api: https://gw.example }"],
    ["gateway of another login", "gateway: { api: https://api.mypurecloud.com, login: https://gw.example }"],
  ])("a project's %s gets nothing of the environment or of gc", async (_name, field) => {
    const text = `profiles:\n  org: { kind: genesys, gc: prod, ${field} }\n`;
    const files = { [PROJECT]: text, [GC]: gcFile };
    expect(await refusalOn({ files, env }, "org")).toContain("would go to gw.example");
    expect(await refusalOn({ files }, "org")).toContain(
      "the credentials from ~/.gc/config.toml [prod] would go to gw.example",
    );
  });

  test("a gateway of the environment gets nothing of gc, nor gc's gateway anything of the environment", async () => {
    const gateway = { GENESYSCLOUD_GATEWAY_HOST: "gw.example" };
    expect(await refusalOn({ files: { [GC]: gcFile }, env: gateway }, "gc:prod")).toContain(
      "would go to gw.example",
    );
    const files = { [GC]: `${gcFile}gateway_host="gc-gw.example"\n` };
    expect(await refusalOn({ files, env }, "gc:prod")).toContain("would go to gc-gw.example");
    expect(await tokenOn({ files }, "gc:prod")).toMatchObject({
      tokenUrl: "https://gc-gw.example/oauth/token",
    });
  });

  test("a project's proxy gets no password of the environment", async () => {
    const more =
      "    proxy: { url: http://p.example:3128, username: me, password: { secretFrom: { env: API_TOKEN } } }\n";
    const files = { [PROJECT]: org("{ env: API_TOKEN }", more) };
    expect(await refusalOn({ files, env: { API_TOKEN: "env-token" } }, "org")).toContain(
      "the proxy's credentials from environment API_TOKEN",
    );
    const own = await resolveOn(
      { files: { [OWN]: org("{ env: API_TOKEN }", more) }, env: { API_TOKEN: "p/w" } },
      "org",
    );
    expect(own.proxy?.value).toBe("http://me:p%2Fw@p.example:3128");
  });

  test("an authority that a project's file names is not trusted with the user's credentials", async () => {
    const files = {
      [PROJECT]: org("{ env: API_TOKEN }", "    ca: ca.pem\n"),
      "ca.pem": "-----BEGIN CERTIFICATE-----\n",
    };
    const machine = { files, env: { API_TOKEN: "s" } };
    expect(await refusalOn(machine, "org")).toContain("are not sent under an authority");
    const headers = [["Authorization", "Bearer mine"]] as const;
    expect(await refusalOn({ files, headers }, "org")).toContain(
      "the credentials from flag -H Authorization",
    );
    expect((await resolveOn({ ...machine, configFile: PROJECT }, "org")).ca).toContain("BEGIN CERTIFICATE");
  });

  test("a project's allowedHosts and allowedEnv are passed over, with a warning", async () => {
    const text =
      "profiles:\n  api: { kind: http, baseUrl: https://a.example, allowedHosts: [evil.example] }\nallowedEnv: [API_TOKEN]\n";
    const found = await resolveOn({ files: { [PROJECT]: text }, env }, "api");
    expect(found).toMatchObject({ allowedOrigins: [], allowedEnv: [] });
    expect(found.warnings).toEqual([
      expect.stringContaining("allowedHosts is not heeded"),
      expect.stringContaining("allowedEnv is not heeded"),
    ]);
    const named = await resolveOn({ files: { [PROJECT]: text }, env, configFile: PROJECT }, "api");
    expect(named).toMatchObject({ allowedOrigins: ["https://evil.example"], allowedEnv: [] });
  });
});

test("whatever a secret is, nothing that is shown, warned of or said in an error holds it", async () => {
  const secret = fc
    .string({ unit: "grapheme-ascii", minLength: 8, maxLength: 40 })
    .filter((text) => text.trim() === text && /[^\w.-]/.test(text) && !/["\\']/.test(text));
  await fc.assert(
    fc.asyncProperty(secret, fc.boolean(), async (text, readable) => {
      const files = {
        [OWN]: `${org("{ file: s }", "    proxy: { url: http://p.example, username: { secretFrom: { file: s } }, password: { secretFrom: { file: s } } }\n")}${api("{ file: s }").replace("profiles:\n", "")}`,
        "~/.config/gcidem/s": text,
        [GC]: `[a]\nenvironment='x'\nclient_secret='${text}'\naccess_token='${text}'\n[b]\nenvironment='us-east-1'\nclient_secret='${text}'\n`,
      };
      const modes = { "~/.config/gcidem/s": readable ? 0o600 : 0o644 };
      const env = { GENESYSCLOUD_OAUTHCLIENT_SECRET: text };
      for (const [target, more] of [["org"], ["api"], ["gc:a"], ["gc:b"], ["gc:c"], ["gc:b", env]] as const) {
        const machine = more === undefined ? { files, modes } : { files, modes, env: more };
        const said = await resolveOn(machine, target).then(
          ({ settings, warnings }) => JSON.stringify([settings, warnings]),
          saidBy,
        );
        expect(said).not.toContain(text);
        expect(said).not.toContain(encodeURIComponent(text));
      }
    }),
    { numRuns: 25 },
  );
});
