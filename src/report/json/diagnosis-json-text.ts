import { survivesJsonParse, writeJson } from "../../core/json.js";
import type { Diagnosis, Experiment, ExperimentStep } from "../../diagnose/diagnose.js";

/** A body as JSON where that says all of it, else as the text that is sent. */
function bodyMember({ json, text }: ExperimentStep): object {
  if (json === undefined) return text === undefined ? {} : { text };
  const written = writeJson(json);
  return survivesJsonParse(written) ? { json: JSON.parse(written) as unknown } : { text: written };
}

function stepObject(step: ExperimentStep): object {
  const { id, request, headers, idempotencyKey, ifMatch, queryFrom, jsonFrom, waitMs, capture } = step;
  const sent = { id, request, headers, idempotencyKey, ifMatch, ...bodyMember(step) };
  return { ...sent, queryFrom, jsonFrom, waitMs, capture };
}

function experimentObject({ what, steps, meanings, reads, writes }: Experiment): object {
  return { what, steps: steps.map(stepObject), meanings, reads, writes };
}

/** One diagnosis as the JSON report has it. Pure. */
export function diagnosisJsonText(diagnosis: Diagnosis): string {
  const { kind, cause, certainty, exchange, movedBy, evidence, ruledOut } = diagnosis;
  const { explanation, remedy, toConfirm, missing } = diagnosis;
  return JSON.stringify({
    ...{ kind, cause, certainty, exchange, movedBy, evidence, ruledOut, explanation, remedy },
    toConfirm: toConfirm === null ? null : experimentObject(toConfirm),
    missing,
  });
}
