import { readGcProfiles } from "./gc-file.js";
import { type ConfigReading, readConfigs } from "./read-configs.js";
import { type KnownTarget, knownTargets } from "./unknown-target.js";

/** Every target that config files, gc and the environment know, with its source. Sends nothing and reads no secret. @throws GcidemError `usage` or `invalid-file` */
export function listTargets(reading: ConfigReading): readonly KnownTarget[] {
  return knownTargets(readConfigs(reading), readGcProfiles(reading), reading.env);
}
