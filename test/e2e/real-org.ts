import { CLIENT, type StandIn } from "../stand-in/stand-in.js";
import type { Handled } from "../stand-in/wire.js";
import { folderWith, gcidem, type Ran } from "./run-gcidem.js";

/** What a command did to the stand-in of the platform. */
export interface OrgRan extends Ran {
  readonly cwd: string;
  /** What arrived while it ran, in order. */
  readonly arrived: readonly Handled[];
}

export interface OrgOptions {
  /** The profile `prod` of the gc tool, laid over one that works. */
  readonly gc?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Further files in the working folder, which is the home folder too. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The config file of the gc tool. */
function gcFile(profile: Readonly<Record<string, string>>): string {
  const lines = Object.entries(profile).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[prod]\n${lines.join("\n")}\n`;
}

/** Runs the command as a user of the gc tool would, whose profile `prod` leads to the stand-in. */
export async function onOrg(
  standIn: StandIn,
  args: readonly string[],
  { gc = {}, env = {}, files = {} }: OrgOptions = {},
): Promise<OrgRan> {
  const profile = {
    environment: standIn.apiHost.replace(/^api\./, ""),
    client_credentials: CLIENT.id,
    client_secret: CLIENT.secret,
    ...gc,
  };
  const cwd = folderWith({ ".gc/config.toml": gcFile(profile), ...files });
  const before = standIn.handled.length;
  const ran = await gcidem([...args, "--cacert", standIn.authorityFile], {
    cwd,
    env: { ...standIn.env, ...env },
  });
  return { ...ran, cwd, arrived: standIn.handled.slice(before) };
}

/** `GET /api/v2/users/me 200`, and `login 200` for the login. */
export function lineOf({ host, method, path, status }: Handled): string {
  return host === "login" ? `login ${status}` : `${method} ${path} ${status}`;
}

/** What the stand-in does from the start. */
export function behaveWell(standIn: StandIn): void {
  Object.assign(standIn.behaviour, {
    lifeSeconds: 86_400,
    uses: Number.POSITIVE_INFINITY,
    allowed: 300,
    windowSeconds: 60,
    staleVersion: 409,
    refuseAllTokens: false,
    clockSkewMs: 0,
    saysBack: false,
    redirects: {},
  });
}

/** The flags that give leave to all that the shipped scenarios for a real org do. */
export const LEAVE: readonly string[] = ["--allow-writes", "--allow-destructive", "--yes"];
