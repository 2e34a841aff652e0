import { regionOfApiHost, regionOfLoginHost } from "../config/regions.js";
import type { ShownCertificate } from "../transport/inspect-certificates.js";
import type { Finding } from "./auth-check.js";
import { note, problem, warning } from "./findings.js";

/** A host, and the certificate that it shows. */
interface HostCertificate {
  readonly url: URL;
  readonly shown: ShownCertificate;
}

const REMEDY =
  "if you know this authority, get its PEM file and name it with --cacert FILE or NODE_EXTRA_CA_CERTS=FILE; never turn verification off";

const ADDED = "an authority that was added on this machine (--cacert, the profile's ca, NODE_EXTRA_CA_CERTS)";

/** The vendor's own hosts have certificates of public authorities: another one stands for somebody in between. */
function isVendorHost({ hostname }: URL): boolean {
  return regionOfApiHost(hostname) !== null || regionOfLoginHost(hostname) !== null;
}

function untrusted(message: string, hint: string): Finding {
  return problem("tls-untrusted", "unreachable", { message: `${message}; nothing was sent`, hint });
}

function unknownAuthority(of: string, { url, shown }: HostCertificate): Finding {
  const who = `${of} was issued by "${shown.authority}", which this machine does not trust`;
  return isVendorHost(url)
    ? untrusted(
        `${who}: the platform's own hosts have public certificates, so a TLS interceptor is in the way, such as a company's proxy`,
        `${REMEDY}; ask whoever runs this network`,
      )
    : untrusted(`${who}: an authority of your own, or a TLS interceptor in the way`, REMEDY);
}

function distrusted(of: string, certificate: HostCertificate): Finding {
  const { trouble, subject, validFrom, validTo, selfSigned } = certificate.shown;
  if (trouble === "CERT_HAS_EXPIRED" || trouble === "CERT_NOT_YET_VALID")
    return untrusted(
      `${of} is good from ${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}, and not now`,
      "if this machine's clock is right, whoever runs the server has to renew it",
    );
  if (trouble === "ERR_TLS_CERT_ALTNAME_INVALID")
    return untrusted(
      `${of} is for another name (${subject})`,
      "check the host name, and whether something in between answers in its place",
    );
  if (selfSigned)
    return untrusted(`${of} is self-signed by "${subject}": nobody else vouches for it`, REMEDY);
  return unknownAuthority(of, certificate);
}

function judgeOne(hosts: readonly string[], certificate: HostCertificate): Finding | null {
  const { url, shown } = certificate;
  const of = `the certificate of ${hosts.join(" and of ")}`;
  if (shown.trouble !== null) return distrusted(of, certificate);
  if (shown.isPublic) return null;
  const who = `${of} was issued by "${shown.authority}", ${ADDED}`;
  return isVendorHost(url)
    ? warning(
        "tls-added-authority",
        `${who}: a TLS interceptor is in the way, and it reads everything, the token too`,
        "go on if you know it as your company's; otherwise stop here and tell whoever runs this network",
      )
    : note("tls-added-authority", who, null);
}

/** Certificates with one of these faults are each told by themselves. */
function kindOf({ url, shown }: HostCertificate): string {
  const { authority, trouble, isPublic, selfSigned, validTo, subject } = shown;
  const own = trouble?.startsWith("CERT_") || trouble?.startsWith("ERR_") || selfSigned;
  return JSON.stringify([authority, trouble, isPublic, isVendorHost(url), own ? [validTo, subject] : []]);
}

/** What certificates say about who is on the way; nothing where all is as it should be. Hosts of one authority share a finding. Pure. */
export function judgeCertificates(certificates: readonly HostCertificate[]): readonly Finding[] {
  const kinds = new Map<string, HostCertificate[]>();
  for (const each of certificates) kinds.set(kindOf(each), [...(kinds.get(kindOf(each)) ?? []), each]);
  return [...kinds.values()].flatMap((group) => {
    const [first] = group;
    const hosts = group.map(({ url }) => url.host);
    return first === undefined ? [] : (judgeOne(hosts, first) ?? []);
  });
}
