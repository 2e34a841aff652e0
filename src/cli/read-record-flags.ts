import { GcidemError } from "../core/errors.js";
import { isLoopbackHost } from "../core/loopback.js";
import type { RecordFlags } from "./record-flags.js";

const MAX_PORT = 65_535;

function usage(message: string, hint: string): GcidemError {
  return new GcidemError("usage", `${message}; nothing was recorded`, { hint });
}

/**
 * The API's own address. Whatever else a URL may hold is not repeated: it may be a password.
 * @throws GcidemError `usage`
 */
export function readUpstream(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "")
    throw usage("--upstream: expected an http or https URL", "such as https://api.mypurecloud.com");
  if (url.username !== "" || url.password !== "")
    throw usage(
      "--upstream: found credentials in the URL, expected none",
      "the client sends its own, and they pass through",
    );
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    throw usage(
      `--upstream: found a path, expected ${url.origin} alone`,
      "paths are the client's: give it the path behind the recorder's address",
    );
  return new URL(url.origin);
}

/** Where a recorder listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, or a port alone. @throws GcidemError `usage`, also for an address that others can reach without `--expose` */
export function readListen({ listen, expose }: Pick<RecordFlags, "listen" | "expose">): ListenAddress {
  const [, bracketed, plain, digits = ""] = /^(?:(?:\[([^\]]+)\]|([\w.%-]+)):)?(\d{1,5})$/.exec(listen) ?? [];
  const port = Number(digits);
  if (digits === "" || port > MAX_PORT)
    throw usage(`--listen: found "${listen}", expected HOST:PORT`, "such as 127.0.0.1:8099 or [::1]:0");
  const host = bracketed ?? plain ?? "127.0.0.1";
  if (expose || isLoopbackHost(host)) return { host, port };
  throw usage(
    `--listen ${listen}: others could reach the API through the recorder, and would be recorded`,
    "leave the host out to listen on this machine alone, or say --expose if that is meant",
  );
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 };

/** Bytes, with a unit of KiB, MiB or GiB. @throws GcidemError `usage` */
export function readSize(flag: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,12})(?:([kmg])(?:i?b)?|b)?$/i.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
  // Node cannot hold a longer text.
  if (digits !== "" && bytes <= 1 << 29) return bytes;
  throw usage(`${flag}: found "${text}", expected at most 512MiB`, "such as 65536, 64KiB or 10MiB");
}

/** The file of a HAR that is to be written at the end; null: none. @throws GcidemError `usage` */
export function readOutput(text: string): string | null {
  if (text === "run") return null;
  if (/\.har$/i.test(text)) return text;
  throw usage(
    `--output: found "${text}", expected "run" or a file that ends in .har`,
    "the journal's folder is --out; other formats: gcidem report last --format",
  );
}
