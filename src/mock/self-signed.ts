import { randomBytes, webcrypto } from "node:crypto";
import type { Certificate } from "./mock.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Some clients refuse certificates that live longer than 398 days. */
const LIFE_DAYS = 365;

const KEY = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** RFC 5280, 4.1.2.2: positive, and never the same twice for one issuer, or browsers refuse the second. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString("hex");
}

/**
 * Makes a certificate for localhost, 127.0.0.1 and ::1 that nobody has signed, with a new key that lives only in this
 * process: ECDSA on P-256, valid from yesterday, so that a clock that goes slow is no obstacle, for a year.
 */
export async function selfSignedCertificate(): Promise<Certificate> {
  // The X.509 library wants the other loaded before it; both take longer than all the rest of a mock's start.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const notBefore = new Date(Date.now() - DAY_MS);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: "CN=localhost, O=gcidem mock",
      notBefore,
      notAfter: new Date(notBefore.getTime() + LIFE_DAYS * DAY_MS),
      signingAlgorithm: KEY,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: "dns", value: "localhost" },
          { type: "ip", value: "127.0.0.1" },
          { type: "ip", value: "::1" },
        ]),
      ],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: certificate.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
}
