/**
 * Members in which the platform's conversations, contacts and users name people, compared without case, `_` and `-`.
 * Issue 7 asks for ani, dnis, address, name, email and phone; the others are how the platform's own models spell them
 * (JavaScript SDK 262.0.0: CallBasic, Participant, ExternalContact, PhoneNumber, ContactAddress, MessageDetails).
 * Ids, states, versions, queues and attributes stay: a diagnosis needs them.
 */
const NAMES = `
ani dnis address addressRaw addressNormalized addressDisplayable address1 address2 fromAddress toAddress
name nameRaw displayName firstName middleName lastName fullName preferredName fromName toName customerName
email emailAddress workEmail personalEmail otherEmail
phone phoneNumber workPhone cellPhone homePhone otherPhone mobilePhone e164 callbackNumber callbackNumbers
callbackUserName callerId callerIdName remote lookupVal
`;

function plain(name: string): string {
  return name.replace(/[-_]/g, "").toLowerCase();
}

const PERSONAL: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/).map(plain));

/** Names that queues, flows and organizations have as well as people do. */
const NAMES_OF_THINGS: ReadonlySet<string> = new Set(["name", "displayname"]);

/** What stays readable inside of an object whose name is personal: it says which person, not who. */
const NEVER_PERSONAL: ReadonlySet<string> = new Set(["id", "selfuri", "version"]);

/** All of them as the documentation lists them. */
export const PERSONAL_NAMES: readonly string[] = NAMES.trim().split(/\s+/);

/** True for members and fields that name a person, or say how to reach one. Pure. */
export function isPersonalName(name: string): boolean {
  return PERSONAL.has(plain(name));
}

/** True for those of them that things have too. Pure. */
export function isNameOfThings(name: string): boolean {
  return NAMES_OF_THINGS.has(plain(name));
}

/** True for members that stay as they are wherever they stand. Pure. */
export function isNeverPersonal(name: string): boolean {
  return NEVER_PERSONAL.has(plain(name));
}

/** True where two names are spellings of one. Pure. */
export function isSameName(one: string, other: string): boolean {
  return plain(one) === plain(other);
}
