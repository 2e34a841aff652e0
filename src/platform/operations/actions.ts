import { operation, requestBody, saysNothing } from "../operation.js";
import type { DocumentedOperation, DocumentedVersion, Source } from "../platform.js";
import { SDK, TERRAFORM } from "../sources.js";

const POST_ACTION_INPUT = requestBody("PostActionInput", {
  string: "category! name! integrationId!",
  object: "config! contract!",
  boolean: "secure",
});

const UPDATE_ACTION_INPUT = requestBody("UpdateActionInput", {
  string: "category name",
  object: "config",
  number: "version!",
});

const UPDATE_DRAFT_INPUT = requestBody("UpdateDraftInput", {
  string: "category name",
  object: "config contract",
  boolean: "secure",
  number: "version!",
});

const PUBLISH_DRAFT_INPUT = requestBody("PublishDraftInput", { number: "version!" });

function version(mismatch: readonly number[], source: Source): DocumentedVersion {
  return { carrier: "body", name: "version", required: true, mismatch, source };
}

const AT = "/api/v2/integrations/actions";
const ONE = `${AT}/{actionId}`;

/** Drafts have versions of their own. A version that is no draft's is known to be refused on publishing: 400, issue 1961. */
const DRAFTS: readonly DocumentedOperation[] = [
  operation(`POST ${AT}/drafts`, "IntegrationsApi.postIntegrationsActionsDrafts", {
    body: POST_ACTION_INPUT,
  }),
  operation(`POST ${ONE}/draft`, "IntegrationsApi.postIntegrationsActionDraft"),
  operation(`GET ${ONE}/draft`, "IntegrationsApi.getIntegrationsActionDraft"),
  operation(`PATCH ${ONE}/draft`, "IntegrationsApi.patchIntegrationsActionDraft", {
    body: UPDATE_DRAFT_INPUT,
    version: version([], SDK),
  }),
  operation(`DELETE ${ONE}/draft`, "IntegrationsApi.deleteIntegrationsActionDraft", {
    success: saysNothing(null, SDK),
  }),
  operation(`POST ${ONE}/draft/publish`, "IntegrationsApi.postIntegrationsActionDraftPublish", {
    body: PUBLISH_DRAFT_INPUT,
    version: version([400], TERRAFORM),
  }),
  operation(`POST ${ONE}/draft/test`, "IntegrationsApi.postIntegrationsActionDraftTest", { body: "open" }),
];

/** Data actions: changing them needs the current version, running them takes a flat map of inputs. */
export const ACTION_OPERATIONS: readonly DocumentedOperation[] = [
  operation(`POST ${AT}`, "IntegrationsApi.postIntegrationsActions", { body: POST_ACTION_INPUT }),
  operation(`GET ${ONE}`, "IntegrationsApi.getIntegrationsAction"),
  operation(`PATCH ${ONE}`, "IntegrationsApi.patchIntegrationsAction", {
    body: UPDATE_ACTION_INPUT,
    version: version([], SDK),
  }),
  ...DRAFTS,
  operation(`POST ${ONE}/test`, "IntegrationsApi.postIntegrationsActionTest", { body: "open" }),
  operation(`POST ${ONE}/execute`, "IntegrationsApi.postIntegrationsActionExecute", {
    body: "open",
    needsUser: false,
  }),
];
