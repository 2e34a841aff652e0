type Attributes = Readonly<Record<string, string | number | boolean>>;
type Child = Node | string | null;

function fill<T extends Element>(element: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes))
    if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  // Text nodes only: nothing that a server sent is ever read as markup.
  element.append(...children.flatMap((child) => child ?? []));
  return element;
}

/** An element with attributes and children; strings become text. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** A button that says what it does. */
export function button(words: string, onPress: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", onPress);
  return made;
}

/** A form control under its label. */
export function labelled(words: string, control: HTMLElement): HTMLLabelElement {
  return el("label", {}, el("span", {}, words), control);
}

/** Tells those who cannot see the page what changed. */
export function say(words: string): void {
  const place = document.getElementById("said");
  if (place !== null) place.textContent = words;
}
