// reproduction-run.mjs INDEX_URL TARGET TECHNIQUE SCENARIO POLICY OUT RACES: how many races of how many violated an
// invariant. A process of its own, since Node reads at its start whose certificates to trust.
const [, , indexUrl, target, releaseTechnique, scenario, policyText, out, races] = process.argv;
const { parsePolicy, replay } = await import(indexUrl);
const options = { target, releaseTechnique, policy: parsePolicy(policyText), out, rounds: Number(races) };
const { runs } = await replay(scenario, options);
const [{ invariants, races: measured }] = runs;
const found = invariants[0].violatedRounds.length;
process.stdout.write(JSON.stringify({ found, technique: measured[0].technique }));
