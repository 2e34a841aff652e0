import { type Look, lookOf } from "./terminal/look.js";

/** How parts of the terminal report are drawn inside files: wide, without colour. */
export const PLAIN_LOOK: Look = lookOf({ columns: 100, color: false, unicode: true, verbose: false });
