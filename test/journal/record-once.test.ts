import { describe, expect, it } from "vitest";
import { createRedactor } from "../../src/core/redact.js";
import type { RawRequest, RawResponse } from "../../src/journal/record-message.js";
import { recordRequest, recordResponse } from "../../src/journal/record-message.js";
import { createMessageRecorder } from "../../src/journal/record-once.js";

function request(change: Partial<RawRequest> = {}): RawRequest {
  const headers = [["Content-Type", "text/plain"]] as const;
  return {
    method: "POST",
    url: "http://127.0.0.1:1/a",
    headers,
    body: Buffer.from("hunter2 said so"),
    ...change,
  };
}

function response(change: Partial<RawResponse> = {}): RawResponse {
  const headers = [["Content-Type", "text/plain"]] as const;
  return { status: 200, httpVersion: "1.1", headers, body: Buffer.from("fine"), truncated: false, ...change };
}

describe("a message that is the same as the one before", () => {
  it("is recorded once", () => {
    const [recorder, redactor] = [createMessageRecorder(), createRedactor()];
    expect(recorder.request(request(), redactor)).toBe(recorder.request(request(), redactor));
    expect(recorder.response(response(), redactor)).toBe(recorder.response(response(), redactor));
  });

  it.each<[string, Partial<RawRequest>]>([
    ["method", { method: "PUT" }],
    ["URL", { url: "http://127.0.0.1:1/b" }],
    ["header's value", { headers: [["Content-Type", "text/html"]] }],
    ["header's name", { headers: [["content-type", "text/plain"]] }],
    ["further header", { headers: [...request().headers, ["X-A", "1"]] }],
    ["body", { body: Buffer.from("hunter3 said so") }],
    ["missing body", { body: null }],
  ])("is another one by its %s", (_what, change) => {
    const [recorder, redactor] = [createMessageRecorder(), createRedactor()];
    recorder.request(request(), redactor);
    const recorded = recorder.request(request(change), redactor);
    expect(recorded).toEqual(recordRequest(request(change), redactor));
    expect(recorded).not.toEqual(recordRequest(request(), redactor));
  });

  it.each<[string, Partial<RawResponse>]>([
    ["status", { status: 201 }],
    ["version of HTTP", { httpVersion: "2.0" }],
    ["cut body", { truncated: true }],
    ["body", { body: Buffer.from("fire") }],
  ])("is another answer by its %s", (_what, change) => {
    const [recorder, redactor] = [createMessageRecorder(), createRedactor()];
    recorder.response(response(), redactor);
    expect(recorder.response(response(change), redactor)).toEqual(recordResponse(response(change), redactor));
  });

  it("is looked through again once there is a new secret", () => {
    const [recorder, redactor] = [createMessageRecorder(), createRedactor()];
    expect(recorder.request(request(), redactor).body).toBe("hunter2 said so");
    redactor.learn("hunter2");
    expect(recorder.request(request(), redactor).body).toBe("<secret:1> said so");
  });

  it("is looked through again where it taught a secret itself", () => {
    const [recorder, redactor] = [createMessageRecorder(), createRedactor()];
    const telling = request({
      headers: [
        ["X-Note", "hunter2"],
        ["X-Api-Key", "hunter2"],
      ],
    });
    expect(recorder.request(telling, redactor).headers[0]).toEqual(["X-Note", "hunter2"]);
    expect(recorder.request(telling, redactor).headers[0]).toEqual(["X-Note", "<secret:1>"]);
  });

  it("is looked through again where callers' data was met meanwhile", () => {
    const everywhere = { scopeOf: () => "people" as const, everywhere: true, keep: [] };
    const redactor = createRedactor(undefined, everywhere).about("http://127.0.0.1:1/a");
    const recorder = createMessageRecorder();
    const named = request({ headers: [["X-Note", "Ada Lovelace"]] });
    expect(recorder.request(named, redactor).headers).toEqual([["X-Note", "Ada Lovelace"]]);
    redactor.learnPersonal("Ada Lovelace");
    expect(recorder.request(named, redactor).headers).toEqual([["X-Note", "<personal:1>"]]);
  });

  it("says each time which headers gcidem makes anew", () => {
    const [recorder, redactor] = [createMessageRecorder(["x-trace"]), createRedactor()];
    expect(recorder.request(request(), redactor)).toMatchObject({ varied: ["x-trace"] });
    expect(recorder.request(request(), redactor)).toMatchObject({ varied: ["x-trace"] });
  });
});
