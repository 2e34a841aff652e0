import { formatPosition, GcidemError } from "../core/errors.js";
import type { HeaderList } from "../core/http.js";
import { type Field, isMap, items, member, numberIn, placeOf, textIn } from "../document/field.js";
import type { HeaderNames, ShownSetting, TargetProfile } from "./config.js";
import { checkSameOwner, type Owned } from "./owned.js";
import { chainField, chainMembers } from "./profile-chain.js";
import { redactionIn, subjectRulesIn, textsIn } from "./read-configs.js";
import { readPath, readTextOrSecret, type SecretContext, sourceOf } from "./read-secret.js";
import { readSecretFile } from "./secret-file.js";

/** What headers are called where nobody says otherwise. */
export const DEFAULT_NAMES: HeaderNames = {
  idempotencyKey: { header: "Idempotency-Key", syntax: "bare" },
  correlationId: ["inin-correlation-id", "x-correlation-id", "x-request-id", "request-id"],
  sentCorrelationId: null,
  validator: "ETag",
};

/** A profile of a config file with those that it extends, and what reading its secrets takes. */
export interface FoundProfile extends SecretContext {
  readonly name: string;
  /** Nearest first. */
  readonly chain: readonly Field[];
  readonly readText: (file: string) => string;
}

/** The settings that both kinds of profiles share. */
export type SharedSettings = Pick<
  TargetProfile,
  | "headers"
  | "allowedOrigins"
  | "maxRequests"
  | "maxRatePerMinute"
  | "ca"
  | "clientCertificate"
  | "names"
  | "subjectRules"
  | "redaction"
  | "warnings"
  | "settings"
>;

function headersOf(chain: readonly Field[]): HeaderList {
  return [...chainMembers(chain, "headers")].map(([name, field]) => [name, textIn(field) ?? ""] as const);
}

function namesOf(chain: readonly Field[]): HeaderNames {
  const names = chainMembers(chain, "names");
  const text = (name: string): string | null => textIn(names.get(name) ?? null);
  const key = names.get("idempotencyKey") ?? null;
  const syntax = textIn(member(key, "syntax"));
  const ids = names.get("correlationId") ?? null;
  const listed = ids !== null && textIn(ids) !== null ? [textIn(ids) ?? ""] : textsIn(ids);
  return {
    idempotencyKey: {
      header: textIn(key) ?? textIn(member(key, "header")) ?? DEFAULT_NAMES.idempotencyKey.header,
      syntax: syntax === "quoted" ? "quoted" : DEFAULT_NAMES.idempotencyKey.syntax,
    },
    correlationId: listed.length === 0 ? DEFAULT_NAMES.correlationId : listed,
    sentCorrelationId: text("sentCorrelationId"),
    validator: text("validator") ?? DEFAULT_NAMES.validator,
  };
}

function originsOf(field: Field | null): readonly string[] {
  return items(field).map((each) => {
    const text = textIn(each) ?? "";
    const url = /^https?:\/\//i.test(text) ? text : `https://${text}`;
    if (URL.canParse(url)) return new URL(url).origin;
    throw new GcidemError("usage", `${formatPosition(placeOf(each))}: found no host; nothing was sent`);
  });
}

function allowedOrigins(profile: FoundProfile): Pick<SharedSettings, "allowedOrigins" | "warnings"> {
  const field = chainField(profile.chain, "allowedHosts");
  const origins = originsOf(field);
  if (profile.config.trust !== "project" || field === null) return { allowedOrigins: origins, warnings: [] };
  const warning = `${sourceOf(field)}: allowedHosts is not heeded in a file that was only found in the folder: name it with --config if you trust it, or put the profile into your own config`;
  return { allowedOrigins: [], warnings: [warning] };
}

function readPem(field: Field, profile: FoundProfile, mark: string): string {
  const text = profile.readText(readPath(field, profile));
  if (text.includes(mark)) return text;
  throw new GcidemError(
    "usage",
    `${sourceOf(field)}: ${textIn(field)} holds no PEM text with ${mark}; nothing was sent`,
  );
}

function clientCertificateOf(profile: FoundProfile): TargetProfile["clientCertificate"] {
  const field = chainField(profile.chain, "clientCertificate");
  const [cert, key] = [member(field, "cert"), member(field, "key")];
  if (cert === null || key === null) return null;
  return {
    cert: readPem(cert, profile, "-----BEGIN CERTIFICATE-----"),
    key: readSecretFile({ path: readPath(key, profile), label: textIn(key) ?? "", at: sourceOf(key) }),
  };
}

/** The proxy that a profile names, with its credentials; null where it names none. @throws GcidemError as readSecret, `refused` where they are not the file's to send */
export async function readProxy(profile: FoundProfile): Promise<Owned<string> | null> {
  const field = chainField(profile.chain, "proxy");
  if (field === null) return null;
  const url = textIn(field) ?? textIn(member(field, "url")) ?? "";
  const proxy = { value: url, source: sourceOf(field), owner: profile.config.file };
  const [username, password] = [member(field, "username"), member(field, "password")];
  if (username === null && password === null) return proxy;
  const read = async (part: Field | null): Promise<string> => {
    if (part === null) return "";
    const secret = await readTextOrSecret(part, profile);
    checkSameOwner("the proxy's credentials", secret, [proxy]);
    return encodeURIComponent(secret.value);
  };
  const { protocol, host } = new URL(url);
  return { ...proxy, value: `${protocol}//${await read(username)}:${await read(password)}@${host}` };
}

/**
 * An authority decides who can read what is sent. One that a project's file names is not trusted with credentials that are
 * not the file's own. Pure. @throws GcidemError `refused`
 */
export function checkAuthority({ chain, config }: FoundProfile, credentials: Owned<unknown> | null): void {
  const ca = chainField(chain, "ca");
  if (ca === null || config.trust !== "project" || credentials === null || credentials.owner === config.file)
    return;
  throw new GcidemError(
    "refused",
    `${sourceOf(ca)}: the credentials from ${credentials.source} are not sent under an authority that a file names which was only found in the folder; nothing was sent`,
    { hint: `name the file with --config ${config.label} if you trust it, or give --cacert` },
  );
}

/** One line for each field that is set, in the order of the list. */
const SHOWN: readonly (readonly [field: string, name: string, show: (field: Field) => string])[] = [
  ["headers", "headers", (field) => (isMap(field.value) ? Object.keys(field.value).join(", ") : "")],
  ["maxRequests", "most requests", (field) => String(field.value)],
  ["maxRate", "most requests a minute", (field) => String(field.value)],
  ["ca", "trusted authority", (field) => textIn(field) ?? ""],
  ["clientCertificate", "client certificate", (field) => textIn(member(field, "cert")) ?? ""],
  ["names", "header names", (field) => JSON.stringify(field.value)],
  ["subject", "subject rules", (field) => String(items(field).length)],
  ["redaction", "redaction rules", () => "set"],
];

function shownSettings(chain: readonly Field[], origins: readonly string[]): readonly ShownSetting[] {
  const rows = SHOWN.flatMap(([name, shownName, show]): readonly ShownSetting[] => {
    const field = chainField(chain, name);
    return field === null ? [] : [{ name: shownName, shown: show(field), source: sourceOf(field) }];
  });
  const hosts = chainField(chain, "allowedHosts");
  if (hosts === null || origins.length === 0) return rows;
  return [...rows, { name: "allowed hosts", shown: origins.join(", "), source: sourceOf(hosts) }];
}

/** Reads the settings that profiles of both kinds have. `baseUrl`: its path stands before those of the rules. @throws GcidemError `usage`, `refused` or `invalid-file` */
export function sharedSettings(profile: FoundProfile, baseUrl: string): SharedSettings {
  const { chain } = profile;
  const prefix = new URL(baseUrl).pathname.replace(/\/+$/, "");
  const ca = chainField(chain, "ca");
  const { allowedOrigins: origins, warnings } = allowedOrigins(profile);
  return {
    headers: headersOf(chain),
    allowedOrigins: origins,
    maxRequests: numberIn(chainField(chain, "maxRequests")),
    maxRatePerMinute: numberIn(chainField(chain, "maxRate")),
    ca: ca === null ? null : readPem(ca, profile, "-----BEGIN CERTIFICATE-----"),
    clientCertificate: clientCertificateOf(profile),
    names: namesOf(chain),
    subjectRules: subjectRulesIn(chainField(chain, "subject"), prefix),
    redaction: redactionIn(chain.map((each) => member(each, "redaction"))),
    warnings,
    settings: shownSettings(chain, origins),
  };
}
