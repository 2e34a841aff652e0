import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { atEnd, gcidem, type Ran, start, workFolder } from "./run-gcidem.js";

/** A command that serves: where, and how it ended. */
interface Serving {
  readonly url: string;
  readonly signal: (name: "SIGINT" | "SIGTERM") => void;
  readonly ended: Promise<Ran>;
}

async function serve(args: readonly string[], cwd: string): Promise<Serving> {
  const { child, ended } = start(args, { cwd });
  atEnd(() => child.kill("SIGKILL"));
  let stdout = "";
  child.stdout?.on("data", (text: string) => {
    stdout += text;
  });
  while (!stdout.includes("\n")) {
    const [what] = await Promise.race([once(child, "exit"), once(child.stdout ?? child, "data")]);
    if (typeof what !== "string") throw new Error(`it ended: ${(await ended).stderr}`);
  }
  const [, url = ""] = /^listening on (\S+)\n/.exec(stdout) ?? [];
  return { url, signal: (name) => void child.kill(name), ended };
}

function record(upstream: string, cwd: string, more: readonly string[] = []): Promise<Serving> {
  return serve(["record", "--upstream", upstream, "--listen", "127.0.0.1:0", ...more], cwd);
}

/** Causes of the refusals of a report, without where they were seen. */
function causesOf(ran: Ran): readonly unknown[] {
  const { runs } = JSON.parse(ran.stdout) as {
    readonly runs: readonly {
      readonly diagnoses: readonly Record<"kind" | "cause" | "certainty", string>[];
    }[];
  };
  return runs.flatMap(({ diagnoses }) =>
    diagnoses.filter(({ kind }) => kind === "refusal").map(({ cause, certainty }) => [cause, certainty]),
  );
}

describe("gcidem record", () => {
  test("closes the loop: what a scenario meets through it is explained as in the run itself, from the recording and from its HAR", async () => {
    const cwd = workFolder();
    const mock = await serve(["mock", "--policy", "forum-lore"], cwd);
    const recorder = await record(mock.url, cwd, ["-o", "seen.har", "--out", "recorded"]);
    const flags = ["--target", recorder.url, "--policy", "forum-lore", "--reporter", "json", "--out", "runs"];
    const token = (await (
      await fetch(`${mock.url}/__gcidem/token`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      })
    ).json()) as { readonly token: string };
    const vars = ["conversationId", "participantId"].flatMap((name, index) => [
      "--var",
      `${name}=0f0e3a4c-1111-4222-8333-44445555666${index}`,
    ]);
    const ran = await gcidem(
      [
        "replay",
        "builtin:basics/mutated-body",
        ...flags,
        ...vars,
        "-H",
        `Authorization: Bearer ${token.token}`,
        "--allow-writes",
        "--yes",
      ],
      { cwd },
    );
    expect(ran.stderr).not.toContain("gcidem: ");
    recorder.signal("SIGTERM");
    const { code, stdout, stderr } = await recorder.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining("Ctrl-C or SIGTERM stops it")]);
    expect(stdout).toMatch(/recorded \d+ requests: \d+ writes, 1 conflict\n/);
    expect(stdout).toMatch(/causes {4}key-reused-body-changed \(certain\) at e\d\n/);
    const [, run = ""] = /next {6}gcidem diagnose (\S+)\n/.exec(stdout) ?? [];
    expect(existsSync(join(cwd, run, "journal.ndjson"))).toBe(true);
    expect(readFileSync(join(cwd, run, "journal.ndjson"), "utf8")).not.toContain(token.token);
    const fromRun = await gcidem(["diagnose", run, "--reporter", "json"], { cwd });
    const fromHar = await gcidem(["diagnose", "seen.har", "--reporter", "json"], { cwd });
    expect(causesOf(ran)).toEqual([["key-reused-body-changed", "certain"]]);
    expect(causesOf(fromRun)).toEqual(causesOf(ran));
    expect(causesOf(fromHar)).toEqual(causesOf(ran));
    mock.signal("SIGTERM");
    await mock.ended;
  });

  test("two on one port: the second says so and ends with 2; the first goes on", async () => {
    const cwd = workFolder();
    const first = await record("http://127.0.0.1:9", cwd);
    const listen = first.url.replace("http://", "");
    const second = await gcidem(
      ["record", "--upstream", "http://127.0.0.1:9", "--listen", listen, "-o", "a.har"],
      {
        cwd,
      },
    );
    expect([second.code, second.stdout]).toEqual([2, ""]);
    expect(second.stderr).toContain(`cannot listen on ${listen}: the port is taken`);
    expect(existsSync(join(cwd, "a.har"))).toBe(false);
    first.signal("SIGINT");
    const { code, stdout } = await first.ended;
    expect(code).toBe(0);
    expect(stdout).toContain("no request came");
  });

  test.each([
    [["--upstream", "api.mypurecloud.com"], "--upstream: expected an http or https URL"],
    [["--upstream", "https://u:s3cretp4ss@api.example"], "--upstream: found credentials in the URL"],
    [
      ["--upstream", "https://api.example/api/v2"],
      "--upstream: found a path, expected https://api.example alone",
    ],
    [
      ["--upstream", "http://a", "--listen", "0.0.0.0:8099"],
      "others could reach the API through the recorder",
    ],
    [["--upstream", "http://a", "--listen", "8099x"], '--listen: found "8099x", expected HOST:PORT'],
    [["--upstream", "http://a", "--max-body", "lots"], '--max-body: found "lots"'],
    [
      ["--upstream", "http://a", "-o", "a.txt"],
      '--output: found "a.txt", expected "run" or a file that ends in .har',
    ],
    [["--upstream", "http://127.0.0.1:8099"], "is where the recorder itself would listen"],
    [[], "--upstream"],
  ])("%j: exit code 2, and what was expected", async (flags, message) => {
    const { code, stdout, stderr } = await gcidem(["record", ...flags]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("s3cretp4ss");
  });
});
