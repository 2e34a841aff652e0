import { objectOf, objectsOf, textOf, textsOf } from "./json-members.js";

/** What a role lets its holders do: `conversation:communication:view`, each part perhaps `*`. */
interface GrantPolicy {
  readonly domain: string;
  readonly entity: string;
  readonly actions: readonly string[];
}

/** A role that the caller holds. */
export interface Grant {
  readonly roleId: string;
  readonly role: string;
  /** Where it counts; null where the platform does not say. */
  readonly division: string | null;
  /** Null: the platform names the role and not what it allows. */
  readonly policies: readonly GrantPolicy[] | null;
}

/** The policies of `AuthzGrantRole.policies` and of a role's own `permissionPolicies`, which name the actions otherwise. */
export function readPolicies(value: unknown): readonly GrantPolicy[] {
  return objectsOf(value).map(({ domain, entityName, actions, actionSet }) => ({
    domain: textOf(domain) ?? "",
    // A policy for all of a domain names no entity.
    entity: textOf(entityName) ?? "*",
    actions: textsOf(actions ?? actionSet),
  }));
}

/** The grants of a `GET authorization/subjects/me`; null where it holds none that can be read. Pure. */
export function readGrants(members: Readonly<Record<string, unknown>> | null): readonly Grant[] | null {
  if (!Array.isArray(members?.grants)) return null;
  return objectsOf(members.grants).map(({ role, division }) => {
    const { id, name, policies } = objectOf(role) ?? {};
    const found = readPolicies(policies);
    return {
      roleId: textOf(id) ?? "",
      role: textOf(name) ?? textOf(id) ?? "a role without a name",
      division: textOf(objectOf(division)?.name) ?? textOf(objectOf(division)?.id),
      policies: found.length === 0 ? null : found,
    };
  });
}

function allows({ domain, entity, actions }: GrantPolicy, permission: string): boolean {
  const [wantedDomain, wantedEntity, wantedAction = ""] = permission.split(":");
  const fits = (own: string, wanted: string | undefined): boolean => own === "*" || own === wanted;
  return (
    fits(domain, wantedDomain) &&
    fits(entity, wantedEntity) &&
    actions.some((each) => fits(each, wantedAction))
  );
}

/** A grant that gives one of these permissions; null where none does. Pure. */
export function grantOf(grants: readonly Grant[], anyOf: readonly string[]): Grant | null {
  const gives = ({ policies }: Grant): boolean =>
    anyOf.some((permission) => policies?.some((policy) => allows(policy, permission)) === true);
  return grants.find(gives) ?? null;
}
