import { shownTarget } from "../config/target-url.js";
import { GcidemError } from "../core/errors.js";
import { isLoopbackHost } from "../core/loopback.js";

function usage(flag: string, found: string, message: string): GcidemError {
  return new GcidemError("usage", `${flag}: found "${found}", ${message}`, {
    hint: "such as mock+http://127.0.0.1:8080, the address that gcidem mock printed",
  });
}

/**
 * The origin of a running mock, out of `mock+http://HOST:PORT` or `mock+https://HOST:PORT`. A mock is controlled over loopback alone. `flag`: by which it was given.
 * Pure.
 * @throws GcidemError `usage`
 */
export function readMockAddress(target: string, flag = "--target"): string {
  const address = target.slice("mock+".length);
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    throw usage(
      flag,
      shownTarget(target),
      "expected mock+http://HOST:PORT, or mock+https:// of a mock with --tls",
    );
  }
  const url = new URL(address);
  if (!isLoopbackHost(url.hostname))
    throw usage(flag, url.hostname, "expected a mock on this machine: loopback");
  if (url.username !== "" || url.password !== "")
    throw usage(flag, "credentials", "expected none: a mock needs none");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw usage(flag, shownTarget(target), "expected nothing behind the port");
  }
  return url.origin;
}
