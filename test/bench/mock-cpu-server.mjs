// The embedded mock in a process of its own. argv: URLs of the bundled start-mock and read-policy; where it is to serve
// HTTPS, files of a key and a certificate.
import { readFileSync } from "node:fs";

const [, , startMockUrl, readPolicyUrl, keyFile, certFile] = process.argv;
const [{ startMock }, { parsePolicy }] = await Promise.all([import(startMockUrl), import(readPolicyUrl)]);

const mock = await startMock({
  policy: parsePolicy("extends: forum-lore\nrateLimit: null\n"),
  seed: 1,
  port: 0,
  tls: keyFile !== undefined && { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8") },
});

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send(user + system);
});
process.on("disconnect", () => process.exit());
process.send({ url: mock.url, authorization: `Bearer ${mock.token(null, "valid")}` });
