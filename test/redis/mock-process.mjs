// A mock in a process of its own. argv: URL of the bundled start-mock, its options as JSON. Obeys calls from its parent.
const [, , startMockUrl, options] = process.argv;
const { startMock } = await import(startMockUrl);
const mock = await startMock(JSON.parse(options));

const CALLS = {
  advance: (ms) => mock.clock.advance(ms),
  reset: (to) => mock.reset(to),
  setPolicy: (policy) => mock.setPolicy(policy),
  trace: () => mock.trace(),
  token: () => mock.token(null, "valid"),
  arm: (fault) => mock.arm(fault),
};

process.on("message", async ({ id, call, argument }) => {
  process.send({ id, result: (await CALLS[call](argument)) ?? null });
});
process.on("disconnect", () => process.exit());
process.send({ url: mock.url });
