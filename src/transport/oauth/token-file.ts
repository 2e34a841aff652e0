import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { ClientCredentials } from "../../core/credentials.js";
import type { AccessToken } from "./oauth.js";
import { membersOf } from "./read-token-answer.js";

/** Where one login's token is kept between runs. Neither reading nor writing ever fails: a login takes its place. */
export interface TokenFile {
  readonly path: string;
  /** Null where there is none that can be trusted; `onWarning` hears why where that is strange. */
  readonly read: (onWarning: (message: string) => void) => AccessToken | null;
  readonly write: (token: AccessToken, onWarning: (message: string) => void) => void;
}

const SCHEMA = "gcidem-token/1";
const ONLY_OWNER = 0o600;
const OTHERS = 0o077;

/** The user's cache folder by the XDG rules: an XDG_CACHE_HOME that is no absolute path counts as unset. Pure. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const own = env.XDG_CACHE_HOME;
  return join(own !== undefined && isAbsolute(own) ? own : join(home, ".cache"), "gcidem");
}

/** By client and hosts; never by the secret, of which not even a hash is to lie on a disk. */
function nameOf({ tokenUrl, clientId, scope }: ClientCredentials, baseUrl: string): string {
  const { hostname } = new URL(tokenUrl);
  const identity = JSON.stringify([tokenUrl, new URL(baseUrl).origin, clientId, scope]);
  const digest = createHash("sha256").update(identity).digest("hex").slice(0, 24);
  return `${hostname.replace(/[^\w.-]/g, "_")}-${digest}.json`;
}

/** Opened first and looked at then, so that nobody can put another file in its place meanwhile. */
function readOwn(path: string): Uint8Array | string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { mode, uid } = fstatSync(descriptor);
    const mine = process.getuid === undefined || process.getuid() === uid;
    if (process.platform !== "win32" && (!mine || (mode & OTHERS) !== 0))
      return mine ? "group or others may read or change it" : "it belongs to somebody else";
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function tokenIn(bytes: Uint8Array): AccessToken | null {
  const { schema, value, givenAt, lifeMs } = membersOf(bytes) ?? {};
  if (schema !== SCHEMA || typeof value !== "string" || typeof givenAt !== "number") return null;
  if (typeof lifeMs !== "number" || !/^[\x21-\x7e]+$/.test(value)) return null;
  return { value, givenAt, lifeMs };
}

/** One level at a time: Node's own recursive form never returns where a file system refuses new folders (seen with /proc on Node 20). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** Opens the place of one login's token in a folder that is made when something is written. */
export function tokenFile(folder: string, credentials: ClientCredentials, baseUrl: string): TokenFile {
  const tokens = join(folder, "tokens");
  const path = join(tokens, nameOf(credentials, baseUrl));
  const read: TokenFile["read"] = (onWarning) => {
    try {
      const found = readOwn(path);
      if (typeof found === "string") {
        onWarning(`the kept token ${path} is not used: ${found}; remove it or make it mode 0600`);
        return null;
      }
      const token = tokenIn(found);
      if (token === null) onWarning(`the kept token ${path} is not used: it is damaged`);
      // A token of the future says that a clock was set back since: its end cannot be told.
      return token !== null && token.givenAt > Date.now() ? null : token;
    } catch (error) {
      if (codeOf(error) !== "ENOENT")
        onWarning(`the kept token ${path} is not used: it cannot be read (${codeOf(error)})`);
      return null;
    }
  };
  const write: TokenFile["write"] = (token, onWarning) => {
    // Whether a token of unknown life still lives would have to be tried out on the target.
    if (token.lifeMs === null) return;
    const fresh = `${path}.${randomBytes(6).toString("hex")}`;
    try {
      makeFolder(tokens);
      writeFileSync(fresh, JSON.stringify({ schema: SCHEMA, ...token }), { flag: "wx", mode: ONLY_OWNER });
      renameSync(fresh, path);
    } catch (error) {
      rmSync(fresh, { force: true });
      onWarning(`--token-cache: the token cannot be kept in ${tokens} (${codeOf(error)})`);
    }
  };
  return { path, read, write };
}
