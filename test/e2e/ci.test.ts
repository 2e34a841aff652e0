import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { actionEnvironment, examples, pipelineOf, readAction, type Step, shims } from "./ci-examples.js";
import { folderWith, type Ran } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

const SCENARIO = "name: Me\nsteps:\n  - request: GET /api/v2/users/me\n    expect: { status: 200 }\n";
const VIOLATED = SCENARIO.replace("200", "409");

/** Runs a shell line in a project's folder, as a runner does. */
function shell(line: string, cwd: string, own: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const environment = {
    PATH: shims(cwd),
    HOME: cwd,
    NO_COLOR: "1",
    CI: "true",
    GITHUB_WORKSPACE: cwd,
    GITHUB_OUTPUT: join(cwd, "output"),
    GITHUB_STEP_SUMMARY: join(cwd, "summary.md"),
    ...own,
  };
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", line], {
    cwd,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, ...output }));
  });
}

function runAction(inputs: Readonly<Record<string, string>>, cwd: string): Promise<Ran> {
  const [step, ...others] = readAction().runs.steps;
  if (step?.run === undefined || others.length > 0)
    throw new Error("action.yml has other steps than this test knows");
  return shell(step.run, cwd, actionEnvironment(step, inputs));
}

/** Runs the steps of a job that are shell lines or this action; what other actions do is theirs. */
async function runSteps(steps: readonly Step[], cwd: string, url: string): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  const local = (text: string): string => text.replaceAll("http://localhost:8080", url);
  for (const step of steps) {
    if (step.run !== undefined) ran.push(await shell(local(step.run), cwd));
    else if (step.uses?.includes("/gcidem@")) {
      const inputs = Object.entries(step.with ?? {}).map(([name, text]) => [name, local(text)] as const);
      ran.push(await runAction(Object.fromEntries(inputs), cwd));
    }
  }
  return ran;
}

const project = (scenario = SCENARIO): string => folderWith({ "scenarios/me.yaml": scenario });

describe("the examples of docs/ci.md", () => {
  const workflows = examples("yaml")
    .map(pipelineOf)
    .flatMap(({ jobs }) => Object.values(jobs ?? {}));

  test("GitHub Actions: each workflow passes, sends what it says, and leaves its files", async () => {
    expect(workflows).toHaveLength(3);
    const server = await httpServer((_request, response) => response.end("{}"));
    for (const { steps } of workflows) {
      const cwd = project();
      for (const { text } of examples("sh")) expect((await shell(text, cwd)).code).toBe(0);
      for (const { code, stderr } of await runSteps(steps, cwd, server.url))
        expect([code, stderr]).toEqual([0, ""]);
      expect(readFileSync(join(cwd, "summary.md"), "utf8")).toContain("Me");
    }
    expect(server.seen.map(({ url }) => url)).toEqual(["/health", "/api/v2/users/me"]);
  });

  test("GitLab: the job passes and leaves the artifacts that it names", async () => {
    const [job, ...others] = examples("yaml")
      .map(pipelineOf)
      .flatMap(({ conflicts }) => conflicts ?? []);
    if (job === undefined || others.length > 0)
      throw new Error("docs/ci.md has another number of GitLab jobs");
    const cwd = project();
    for (const line of job.script) expect((await shell(line, cwd)).code).toBe(0);
    for (const path of [...job.artifacts.paths, job.artifacts.reports.junit])
      expect([path, existsSync(join(cwd, path))]).toEqual([path, true]);
  });

  test("Jenkins: the pipeline passes and leaves what it collects", async () => {
    const [{ text } = { text: "" }] = examples("groovy");
    const cwd = project();
    const lines = [...text.matchAll(/\bsh '([^']+)'/g)].map(([, line = ""]) => line);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect((await shell(line, cwd)).code).toBe(0);
    const [, junit = ""] = /\bjunit '([^']+)'/.exec(text) ?? [];
    expect(readFileSync(join(cwd, junit), "utf8")).toContain("<testsuite");
  });

  test("a violated expectation fails every one of them", async () => {
    const server = await httpServer((_request, response) => response.end("{}"));
    const violated = project(VIOLATED);
    for (const { steps } of workflows.slice(0, 2)) {
      const ran = await runSteps(steps, violated, server.url);
      expect(ran.at(-1)?.code).toBe(1);
    }
    const cwd = project();
    expect((await shell("npx gcidem replay scenarios --out baseline", cwd)).code).toBe(0);
    const changed = await httpServer((_request, response) => response.end('{"changed":true}'));
    const differs = await shell(
      `npx gcidem replay scenarios --baseline baseline --target ${changed.url}`,
      cwd,
    );
    expect(differs.code).toBe(1);
  });

  test("every input of the action is in the table, with its default", () => {
    const document = readFileSync("docs/ci.md", "utf8");
    for (const [name, { default: usual }] of Object.entries(readAction().inputs)) {
      const [row] = document.match(new RegExp(`^\\| \`${name}\` \\|.*$`, "m")) ?? [];
      expect([name, row]).toEqual([name, expect.any(String)]);
      if (usual !== undefined && usual !== "" && usual !== ".") expect(row).toContain(`\`${usual}\``);
    }
  });
});

describe("action.yml", () => {
  test("annotates, sums up, writes JUnit, and hands on the exit code", async () => {
    const cwd = project(VIOLATED);
    const ran = await runAction({ scenarios: "scenarios\nbuiltin:basics/stale-etag", junit: "out.xml" }, cwd);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^::error file=scenarios\/me\.yaml,line=4,/m);
    expect(ran.stdout).toContain("2 scenarios");
    expect(readFileSync(join(cwd, "output"), "utf8")).toBe("exit-code=1\n");
    expect(readFileSync(join(cwd, "summary.md"), "utf8")).toContain("Stale ETag");
    expect(readFileSync(join(cwd, "out.xml"), "utf8")).toContain("<failure");
  });

  test("takes a policy and further flags, and no JUnit where none is wanted", async () => {
    const cwd = project();
    const inputs = { scenarios: "scenarios", policy: "rfc9110", args: "--seed\n7", junit: "" };
    const ran = await runAction(inputs, cwd);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/rfc9110/);
    expect(ran.stdout).toContain("seed 7");
    expect(existsSync(join(cwd, "gcidem-junit.xml"))).toBe(false);
  });

  test("runs no input as a command, and takes no scenario for a flag", async () => {
    const cwd = project();
    const hostile = '$(touch pwned) `touch pwned`; touch pwned "';
    for (const input of ["scenarios", "target", "policy", "baseline", "args", "junit"]) {
      const ran = await runAction({ scenarios: "scenarios", [input]: hostile }, cwd);
      expect([input, existsSync(join(cwd, "pwned"))]).toEqual([input, false]);
      expect(input === "junit" || ran.code !== 0).toBe(true);
    }
    const flag = await runAction({ scenarios: "--allow-writes" }, cwd);
    expect(flag.stderr).toContain("--allow-writes: there is no such file");
  });
});
