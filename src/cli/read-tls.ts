import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { GcidemError } from "../core/errors.js";

/** `--tls`, `--tls-cert` and `--tls-key` as commander gives them. */
export interface TlsFlags {
  readonly tls: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** A certificate with its key, both PEM. */
interface Pair {
  readonly cert: string;
  readonly key: string;
}

function usage(message: string, hint: string, cause?: unknown): GcidemError {
  return new GcidemError("usage", message, { hint, cause });
}

function readPem(flag: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(`${flag}: cannot read ${file}: ${reason}`, "expected a PEM file", error);
  }
}

function parseCertificate(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw usage(
      `--tls-cert: ${file} holds no PEM certificate`,
      "expected -----BEGIN CERTIFICATE-----",
      error,
    );
  }
}

function parseKey(file: string, text: string): KeyObject {
  const encrypted = /BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type:.*ENCRYPTED/m.test(text);
  if (encrypted) {
    throw usage(
      `--tls-key: the key in ${file} is encrypted`,
      "give one without a passphrase: openssl pkey -in KEY -out PLAIN",
    );
  }
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw usage(`--tls-key: ${file} holds no PEM private key`, "expected -----BEGIN PRIVATE KEY-----", error);
  }
}

/**
 * What the three flags mean: a certificate that was given, one to be made (`true`), or plain HTTP.
 * @throws GcidemError `usage` for one file without the other, or files that cannot serve together.
 */
export function readTls({ tls, tlsCert, tlsKey }: TlsFlags): boolean | Pair {
  if (tlsCert === undefined && tlsKey === undefined) return tls;
  if (tlsCert === undefined || tlsKey === undefined) {
    const missing = tlsCert === undefined ? "--tls-cert" : "--tls-key";
    throw usage(`${missing} is missing`, "a certificate and its key are given together, or --tls alone");
  }
  const pair = { cert: readPem("--tls-cert", tlsCert), key: readPem("--tls-key", tlsKey) };
  const certificate = parseCertificate(tlsCert, pair.cert);
  if (certificate.checkPrivateKey(parseKey(tlsKey, pair.key))) return pair;
  throw usage(
    `--tls-key: the key in ${tlsKey} does not belong to the certificate in ${tlsCert}`,
    "give its own",
  );
}
