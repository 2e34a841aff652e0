import type { ClientCredentials, Credentials } from "../core/credentials.js";
import { type Field, member, textIn } from "../document/field.js";
import { ENVIRONMENT, type Owned } from "./owned.js";
import { readSecret, readTextOrSecret, type SecretContext, sourceOf } from "./read-secret.js";

/** Credentials as one source has them: where a login happens may be for another source to say. */
export type CredentialParts =
  | Exclude<Credentials, ClientCredentials>
  | (Omit<ClientCredentials, "tokenUrl"> & { readonly tokenUrl: Owned<string> | null });

function together<Value>(value: Value, secret: Owned<string>, more: Owned<string> | null): Owned<Value> {
  const owner = more?.owner === ENVIRONMENT ? ENVIRONMENT : secret.owner;
  return { value, source: secret.source, owner };
}

async function readClient(client: Field, context: SecretContext): Promise<Owned<CredentialParts>> {
  const clientId = await readTextOrSecret(member(client, "clientId") ?? client, context);
  const secret = await readSecret(member(client, "clientSecret") ?? client, context);
  const tokenUrl = member(client, "tokenUrl");
  const login =
    tokenUrl === null
      ? null
      : { value: textIn(tokenUrl) ?? "", source: sourceOf(tokenUrl), owner: context.config.file };
  const parts: CredentialParts = {
    kind: "client-credentials",
    tokenUrl: login,
    clientId: clientId.value,
    clientSecret: secret.value,
    scope: textIn(member(client, "scope")),
  };
  return together(parts, secret, clientId);
}

/** What a checked `credentials` field says, with its secrets read. @throws GcidemError as readSecret */
export async function readCredentials(field: Field, context: SecretContext): Promise<Owned<CredentialParts>> {
  const bearer = member(field, "bearer");
  if (bearer !== null) {
    const token = await readSecret(bearer, context);
    return together({ kind: "bearer", token: token.value }, token, null);
  }
  const basic = member(field, "basic");
  if (basic !== null) {
    const username = await readTextOrSecret(member(basic, "username") ?? basic, context);
    const password = await readSecret(member(basic, "password") ?? basic, context);
    return together(
      { kind: "basic", username: username.value, password: password.value },
      password,
      username,
    );
  }
  const header = member(field, "header");
  if (header !== null) {
    const value = await readSecret(member(header, "value") ?? header, context);
    return together(
      { kind: "header", name: textIn(member(header, "name")) ?? "", value: value.value },
      value,
      null,
    );
  }
  return readClient(member(field, "client") ?? field, context);
}
