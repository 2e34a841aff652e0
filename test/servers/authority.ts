import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server's certificate and its key, as PEM text. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says. */
interface Wanted {
  /** Host names and addresses that it is for. */
  readonly names: readonly string[];
  /** When it was made and when it ends, in days from now. Default: yesterday and in two days. */
  readonly fromDay?: number;
  readonly toDay?: number;
}

/** A certificate authority of a test's own, with its files in a folder that `close` removes. */
export interface Authority {
  readonly pem: string;
  /** The file that `pem` is in, for `--cacert`. */
  readonly file: string;
  readonly issue: (wanted: Wanted) => Certificate;
  /** A certificate that no authority signed. */
  readonly selfSigned: (wanted: Wanted) => Certificate;
  readonly close: () => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;

const CONFIG = (folder: string): string => `[ca]
default_ca = own
[own]
database = ${folder}/index.txt
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
`;

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}

function altNames(names: readonly string[]): string {
  return names.map((name) => `${/^[\d.]+$|:/.test(name) ? "IP" : "DNS"}:${name}`).join(", ");
}

/** A day from now as `openssl ca` wants it: `20260131093000Z`. */
function dayText(days: number): string {
  const [text = ""] = new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]/g, "").split(".");
  return `${text}Z`;
}

/** Makes the key `NAME.key` and the request `NAME.csr`. */
function request(folder: string, name: string, subject: string): void {
  const file = join(folder, name);
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${file}.key`);
  const config = join(folder, "ca.cnf");
  openssl(
    "req",
    "-new",
    "-config",
    config,
    "-key",
    `${file}.key`,
    "-subj",
    `/CN=${subject}`,
    "-out",
    `${file}.csr`,
  );
}

function sign(folder: string, name: string, wanted: Wanted, by: readonly string[]): Certificate {
  const file = join(folder, name);
  const dates = ["-startdate", dayText(wanted.fromDay ?? -1), "-enddate", dayText(wanted.toDay ?? 2)];
  const config = ["-config", join(folder, "ca.cnf")];
  openssl("ca", "-batch", "-notext", ...config, ...dates, "-in", `${file}.csr`, "-out", `${file}.pem`, ...by);
  return { cert: readFileSync(`${file}.pem`, "utf8"), key: readFileSync(`${file}.key`, "utf8") };
}

/** Makes an authority that no system trusts. Needs openssl. */
export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "gcidem-authority-"));
  writeFileSync(join(folder, "ca.cnf"), CONFIG(folder));
  writeFileSync(join(folder, "index.txt"), "");
  const file = join(folder, "authority.pem");
  const own = ["-keyfile", join(folder, "authority.key")];
  request(folder, "authority", "a test's own authority");
  const { cert: pem } = sign(folder, "authority", { names: [] }, [
    ...own,
    "-selfsign",
    "-extensions",
    "authority",
  ]);
  let issued = 0;
  const make = (wanted: Wanted, by: (name: string) => readonly string[]): Certificate => {
    issued += 1;
    const name = `server-${issued}`;
    request(folder, name, wanted.names[0] ?? "nobody");
    const extensions = join(folder, `${name}.ext`);
    writeFileSync(extensions, `extendedKeyUsage = serverAuth\nsubjectAltName = ${altNames(wanted.names)}\n`);
    return sign(folder, name, wanted, [...by(name), "-extfile", extensions]);
  };
  return {
    pem,
    file,
    issue: (wanted) => make(wanted, () => [...own, "-cert", file]),
    selfSigned: (wanted) => make(wanted, (name) => ["-keyfile", join(folder, `${name}.key`), "-selfsign"]),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
