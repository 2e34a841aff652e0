import { alteredInTransit } from "./anomalies/altered-in-transit.js";
import { answeredByIntermediary } from "./anomalies/answered-by-intermediary.js";
import { duplicateDelivery } from "./anomalies/duplicate-delivery.js";
import { duplicateVersion } from "./anomalies/duplicate-version.js";
import { executedOtherBody } from "./anomalies/executed-other-body.js";
import { executedTwice } from "./anomalies/executed-twice.js";
import { futureRead } from "./anomalies/future-read.js";
import { lostUpdate } from "./anomalies/lost-update.js";
import { order } from "./anomalies/order.js";
import { phantomVersion } from "./anomalies/phantom-version.js";
import { preconditionIgnored } from "./anomalies/precondition-ignored.js";
import { replayDiffers } from "./anomalies/replay-differs.js";
import { replayOfOtherBody } from "./anomalies/replay-of-other-body.js";
import { responseLost } from "./anomalies/response-lost.js";
import { severalWinners } from "./anomalies/several-winners.js";
import { staleRead } from "./anomalies/stale-read.js";
import { storedAnswerReturned } from "./anomalies/stored-answer-returned.js";
import type { AnomalyRules } from "./anomaly.js";

/**
 * Every anomaly that gcidem can name. Of two that are as certain of one exchange the first here is said first: what
 * happened before what came of it.
 */
export const ANOMALY_RULES: AnomalyRules = {
  "stored-answer-returned": storedAnswerReturned,
  "replay-of-other-body": replayOfOtherBody,
  "duplicate-delivery": duplicateDelivery,
  "executed-other-body": executedOtherBody,
  "executed-twice": executedTwice,
  "replay-differs": replayDiffers,
  "precondition-ignored": preconditionIgnored,
  "lost-update": lostUpdate,
  "stale-read": staleRead,
  "response-lost": responseLost,
  "altered-in-transit": alteredInTransit,
  "answered-by-intermediary": answeredByIntermediary,
  "phantom-version": phantomVersion,
  "duplicate-version": duplicateVersion,
  "future-read": futureRead,
  order,
  "several-winners": severalWinners,
};
