// bare-got-loop.mjs URL COUNT: the loop that people write.
import got from "got";

const [, , url, count] = process.argv;
for (let index = 0; index < Number(count); index++) {
  await got(`${url}/api/v2/conversations/calls/c/participants/p/attributes`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: '{"attributes":{"queue-name":"support-tier-2"}}',
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
  });
}
