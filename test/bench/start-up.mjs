// How long a command takes that does nothing: what people feel at every call.
import { wallMs } from "./paired.mjs";
import { runNode, toolArguments } from "./processes.mjs";

export const startUp = {
  name: "start-up",
  limit: 1.5,
  unit: "ms",
  open: async () => {
    const version = toolArguments("--version");
    return {
      base: { label: "node -e 0", measure: () => wallMs(() => runNode(["-e", "0"])) },
      tried: { label: "gcidem --version", measure: () => wallMs(() => runNode(version)) },
      close: async () => {},
    };
  },
};
