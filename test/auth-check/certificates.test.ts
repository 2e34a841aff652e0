import { describe, expect, test } from "vitest";
import { judgeCertificates } from "../../src/auth-check/judge-certificates.js";
import type { ShownCertificate } from "../../src/transport/inspect-certificates.js";

const GOOD: ShownCertificate = {
  subject: "*.mypurecloud.com",
  authority: "Amazon Root CA 1",
  selfSigned: false,
  isPublic: true,
  validFrom: "2026-01-01T00:00:00.000Z",
  validTo: "2027-01-01T00:00:00.000Z",
  trouble: null,
};
const PRIVATE = { ...GOOD, authority: "ACME Web Gateway", isPublic: false };

const [LOGIN, API] = [new URL("https://login.mypurecloud.com"), new URL("https://api.mypurecloud.com")];
const OWN = new URL("https://api.example.com");

function codes(url: URL, shown: ShownCertificate) {
  return judgeCertificates([{ url, shown }]).map(({ code, level }) => `${level} ${code}`);
}

describe("certificates", () => {
  test("of a public authority say nothing", () => {
    expect(codes(API, GOOD)).toEqual([]);
  });

  test("of an authority that was added are an interceptor's at the vendor's hosts, and a note elsewhere", () => {
    expect(codes(API, PRIVATE)).toEqual(["warning tls-added-authority"]);
    expect(codes(OWN, PRIVATE)).toEqual(["note tls-added-authority"]);
  });

  test("of one authority are told once for all hosts", () => {
    const found = judgeCertificates([
      { url: LOGIN, shown: PRIVATE },
      { url: API, shown: PRIVATE },
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain(
      'the certificate of login.mypurecloud.com and of api.mypurecloud.com was issued by "ACME Web Gateway"',
    );
  });

  test.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", API, "so a TLS interceptor is in the way"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", OWN, "an authority of your own, or a TLS interceptor in the way"],
    ["CERT_HAS_EXPIRED", OWN, "is good from 2026-01-01 to 2027-01-01, and not now"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", OWN, "is for another name (*.mypurecloud.com)"],
  ])("that are not trusted for %s at %s: %s", (trouble, url, words) => {
    const [finding] = judgeCertificates([{ url, shown: { ...PRIVATE, trouble } }]);
    expect(finding).toMatchObject({ code: "tls-untrusted", level: "problem", reason: "unreachable" });
    expect(finding?.message).toContain(words);
    expect(finding?.message).toMatch(/; nothing was sent$/);
  });

  test("name the remedy, and it is never to turn verification off", () => {
    const [finding] = judgeCertificates([
      { url: API, shown: { ...PRIVATE, trouble: "SELF_SIGNED_CERT_IN_CHAIN" } },
    ]);
    expect(finding?.hint).toMatch(/--cacert FILE or NODE_EXTRA_CA_CERTS=FILE; never turn verification off/);
  });
});
