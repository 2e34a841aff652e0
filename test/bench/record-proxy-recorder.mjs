// The recorder as it ships, in a process of its own. Arguments: where it was bundled to, the upstream, a folder for runs.
const [module, upstream, runsFolder] = process.argv.slice(2);
const { startRecorder } = await import(module);

const recorder = await startRecorder({
  upstream: new URL(upstream),
  ...{ host: "127.0.0.1", port: 0, maxBodyBytes: 10 << 20, ca: null, env: {}, rules: null },
  ...{ runsFolder, runsFolderIgnored: false },
  onNote: (note) => console.error(note),
});
process.on("disconnect", () => process.exit());
process.send({ url: recorder.url });
