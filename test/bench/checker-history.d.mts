import type { Operation } from "../../src/history/history.js";

export declare function validHistory(count: number, concurrency: number, seed?: number): Operation[];
export declare function withStaleRead(operations: readonly Operation[]): Operation[];
