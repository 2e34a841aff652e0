import { GcidemError } from "../core/errors.js";
import { isLoopbackHost } from "../core/loopback.js";

function usage(found: string, message: string): GcidemError {
  return new GcidemError("usage", `--target: found "${found}", ${message}`, {
    hint: "such as mock+http://127.0.0.1:8080, the address that gcidem mock printed",
  });
}

/**
 * The origin of a running mock, out of `mock+http://HOST:PORT` or `mock+https://HOST:PORT`. A mock is controlled over loopback alone. Pure.
 * @throws GcidemError `usage`
 */
export function readMockAddress(target: string): string {
  const address = target.slice("mock+".length);
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    throw usage(target, "expected mock+http://HOST:PORT, or mock+https:// of a mock with --tls");
  }
  const url = new URL(address);
  if (!isLoopbackHost(url.hostname)) throw usage(url.hostname, "expected a mock on this machine: loopback");
  if (url.username !== "" || url.password !== "")
    throw usage("credentials", "expected none: a mock needs none");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw usage(target, "expected nothing behind the port");
  }
  return url.origin;
}
