import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./listening.js";

const MODULES = "/usr/lib/apache2/modules";
const STARTED_WITHIN_MS = 20_000;

/** An Apache that keeps files: GET with an ETag, PUT and DELETE with If-Match, behind a password. */
export interface Apache {
  readonly url: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** What a file holds now. */
  readonly fileText: (name: string) => string;
  readonly close: () => Promise<void>;
}

/** Debian's own user for it: Apache refuses to serve as root. */
const WWW_DATA = 33;

function loaded(...names: readonly string[]): string {
  return names.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n");
}

function configuration(folder: string, port: number): string {
  return `ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
${loaded("mpm_event", "authn_core", "authn_file", "auth_basic", "authz_core", "authz_user", "dav", "dav_fs", "mime")}
TypesConfig ${folder}/mime.types
${process.getuid?.() === 0 ? "User www-data\nGroup www-data" : ""}
DavLockDB ${folder}/files/locks/dav
DocumentRoot ${folder}/files/things
# The default, from size and time, cannot tell two writes of one second from each other.
FileETag Digest
<Directory ${folder}/files/things>
  Dav On
  AuthType Basic
  AuthName things
  AuthUserFile ${folder}/users
  Require valid-user
</Directory>
`;
}

function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-apache-"));
  chmodSync(folder, 0o755);
  const made = ["files", "files/locks", "files/things"].map((name) => join(folder, name));
  for (const each of made) mkdirSync(each);
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, "files/things", name);
    writeFileSync(file, text);
    made.push(file);
  }
  if (process.getuid?.() === 0) for (const each of made) chownSync(each, WWW_DATA, WWW_DATA);
  return folder;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function untilListening(server: ChildProcess, port: number, log: string): Promise<void> {
  const last = Date.now() + STARTED_WITHIN_MS;
  while (!(await accepts(port))) {
    if (server.exitCode !== null || Date.now() > last)
      throw new Error(`Apache does not listen: ${readFileSync(log, "utf8")}`);
    await pause(20);
  }
}

/** Starts Debian's Apache on a free port with these files. Needs apache2-bin. */
export async function startApache(files: Readonly<Record<string, string>>): Promise<Apache> {
  const [username, password] = ["worker", "apache-Secret_1"];
  const folder = makeFolder(files);
  const log = join(folder, "error.log");
  const port = await freePort();
  const digest = createHash("sha1").update(password).digest("base64");
  writeFileSync(join(folder, "users"), `${username}:{SHA}${digest}\n`);
  writeFileSync(join(folder, "mime.types"), "application/json json\n");
  writeFileSync(log, "");
  const config = join(folder, "apache.conf");
  writeFileSync(config, configuration(folder, port));
  // Debian keeps it where only root's PATH looks.
  const env = { PATH: `${process.env.PATH}:/usr/sbin` };
  const server = spawn("apache2", ["-f", config, "-DFOREGROUND"], { stdio: "ignore", env });
  const ended = once(server, "close");
  await untilListening(server, port, log);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    username,
    password,
    fileText: (name) => readFileSync(join(folder, "files/things", name), "utf8"),
    close: async () => {
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
