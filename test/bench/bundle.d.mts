/** Bundles modules of src (`mock/start-mock`); `url(module)` is where each can be imported from. */
export function bundle(
  modules: readonly string[],
): Promise<{ readonly url: (module: string) => string; readonly close: () => void }>;
