import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { GcidemError } from "../core/errors.js";
import type { Environment } from "./proxy.js";
import type { TransportOptions } from "./transport.js";

/** Whom TLS connections trust besides Node's own authorities, and whom they show a client certificate. */
export interface Trust {
  /** undefined: Node's own authorities, and nothing is shown. `server` null: a proxy, which is never shown a certificate. */
  readonly contextFor: (server: URL | null) => SecureContext | undefined;
}

/** Node forgets NODE_EXTRA_CA_CERTS as soon as a program names authorities of its own. */
function extraRoots(env: Environment): readonly string[] {
  const file = env.NODE_EXTRA_CA_CERTS;
  if (file === undefined || file === "") return [];
  try {
    return [readFileSync(file, "utf8")];
  } catch {
    return [];
  }
}

function checkAuthorities(ca: string | undefined): void {
  if (ca === undefined) return;
  try {
    new X509Certificate(ca);
  } catch (cause) {
    throw new GcidemError(
      "usage",
      "the file given for certificate authorities holds no certificate in PEM form",
      {
        hint: "expected text that begins with -----BEGIN CERTIFICATE-----",
        cause,
      },
    );
  }
}

function checkOwnCertificate(certificate: TransportOptions["clientCertificate"]): void {
  if (certificate === undefined) return;
  try {
    createSecureContext({ cert: certificate.cert, key: certificate.key });
  } catch (cause) {
    const message =
      "the client certificate and its key cannot be used together, or one of them is not in PEM form; nothing was sent";
    throw new GcidemError("usage", message, {
      hint: "expected a certificate, and its own private key without a passphrase",
      cause,
    });
  }
}

/**
 * Makes the trust of one transport.
 * @throws GcidemError `usage` where a certificate or key is not usable
 */
export function createTrust(options: TransportOptions): Trust {
  const { ca, clientCertificate: own, env = {} } = options;
  checkAuthorities(ca);
  checkOwnCertificate(own);
  const authorities = (): { readonly ca?: string[] } =>
    ca === undefined ? {} : { ca: [...rootCertificates, ...extraRoots(env), ca] };
  let plain: SecureContext | undefined;
  let showing: SecureContext | undefined;
  return {
    contextFor: (server) => {
      if (own !== undefined && server !== null && own.origins.includes(server.origin)) {
        showing ??= createSecureContext({ ...authorities(), cert: own.cert, key: own.key });
        return showing;
      }
      if (ca !== undefined) plain ??= createSecureContext(authorities());
      return plain;
    },
  };
}
