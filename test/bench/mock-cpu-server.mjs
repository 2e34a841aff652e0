// The embedded mock in a process of its own. argv: URLs of the bundled start-mock and read-policy.
const [, , startMockUrl, readPolicyUrl] = process.argv;
const [{ startMock }, { parsePolicy }] = await Promise.all([import(startMockUrl), import(readPolicyUrl)]);

const mock = await startMock({
  policy: parsePolicy("extends: forum-lore\nrateLimit: null\n"),
  seed: 1,
  port: 0,
});

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send(user + system);
});
process.on("disconnect", () => process.exit());
process.send({ url: mock.url, authorization: `Bearer ${mock.token(null, "valid")}` });
