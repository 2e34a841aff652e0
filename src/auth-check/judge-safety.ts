import { GcidemError } from "../core/errors.js";
import { isLoopbackHost } from "../core/loopback.js";
import { checkCredentialTravel } from "../session/credential-travel.js";
import type { CheckOptions, Finding } from "./auth-check.js";
import { problem, warning } from "./findings.js";

/** What stands in the way before anything is sent; null: nothing. Pure. */
export function obstacle(options: CheckOptions): Finding | null {
  try {
    checkCredentialTravel(options);
    return null;
  } catch (error) {
    if (!(error instanceof GcidemError)) throw error;
    const { code, message, hint = null } = error;
    const about = message.includes("NODE_TLS_REJECT_UNAUTHORIZED")
      ? "tls-verification-off"
      : message.includes("plain HTTP")
        ? "plain-http"
        : "setting";
    return problem(about, code, { message, hint });
  }
}

/** Ways that are unsafe, though without credentials nothing is lost. Pure. */
export function unsafeWays(urls: readonly URL[], { env }: CheckOptions): readonly Finding[] {
  const plain = urls.find(({ protocol, hostname }) => protocol === "http:" && !isLoopbackHost(hostname));
  return [
    ...(plain === undefined
      ? []
      : [
          warning(
            "plain-http",
            `${plain.host} is asked over plain HTTP: anybody on the way can read and alter it`,
            "use https",
          ),
        ]),
    ...(env.NODE_TLS_REJECT_UNAUTHORIZED === "0"
      ? [
          warning(
            "tls-verification-off",
            "NODE_TLS_REJECT_UNAUTHORIZED=0 is set; gcidem verifies certificates all the same, and refuses to send credentials while it is set",
            "unset it",
          ),
        ]
      : []),
  ];
}
