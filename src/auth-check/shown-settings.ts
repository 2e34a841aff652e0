import type { ShownSetting } from "../config/config.js";
import { headerValue } from "../core/http.js";
import type { CheckOptions } from "./auth-check.js";
import { profileOf } from "./profile-of.js";

/** Every setting that decides how the target is reached, and which source won. No secret is among them. Pure. */
export function shownSettings(options: CheckOptions): readonly ShownSetting[] {
  const { target, headers, env, ca } = options;
  const own = profileOf(options)?.settings ?? [
    { name: "kind", shown: target.kind, source: "flag --target" },
    ...(target.kind === "http" ? [{ name: "base URL", shown: target.baseUrl, source: "flag --target" }] : []),
    headerValue(headers, "authorization") === null
      ? { name: "credentials", shown: "none", source: "nobody gives any" }
      : { name: "credentials", shown: "set", source: "flag -H Authorization" },
  ];
  const extra = env.NODE_EXTRA_CA_CERTS;
  return [
    ...own,
    ...(ca === null
      ? []
      : [{ name: "authorities", shown: "Node's own and those of a file", source: "flag --cacert" }]),
    ...(extra === undefined || extra === ""
      ? []
      : [{ name: "authorities", shown: extra, source: "environment NODE_EXTRA_CA_CERTS" }]),
  ];
}
