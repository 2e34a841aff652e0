import { operation, requestBody } from "../operation.js";
import type { DocumentedOperation } from "../platform.js";

const EVALUATION_CREATE_BODY = requestBody("EvaluationCreateBody", {
  string: "id evaluationContextId resourceType releaseDate status dateAssigneeChanged selfUri",
  object: "evaluationForm evaluator agent answers calibration conversation evaluationSource queue assignee",
  boolean: "agentHasRead rescore neverRelease",
});

const AT = "/api/v2/quality/conversations/{conversationId}/evaluations";

/** Evaluations of conversations. Creating one is the only operation of the platform that declares Idempotency-Key. */
export const EVALUATION_OPERATIONS: readonly DocumentedOperation[] = [
  operation(`POST ${AT}`, "QualityApi.postQualityConversationEvaluations", {
    body: EVALUATION_CREATE_BODY,
    keyHeader: "Idempotency-Key",
  }),
  operation(`GET ${AT}/{evaluationId}`, "QualityApi.getQualityConversationEvaluation"),
];
