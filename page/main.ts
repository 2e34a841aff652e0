import { copiesOnPress } from "./copying.js";
import { createExplorer, type Explorer } from "./explorer.js";
import { readRun } from "./run-data.js";

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
}

function setUpTheme(): void {
  for (const each of document.querySelectorAll<HTMLButtonElement>("[data-action=theme]")) {
    const name = (): void => {
      each.textContent = isDark() ? "Light theme" : "Dark theme";
    };
    each.hidden = false;
    name();
    each.addEventListener("click", () => {
      document.documentElement.dataset.theme = isDark() ? "light" : "dark";
      name();
    });
  }
}

function setUpCopying(): void {
  for (const each of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    each.hidden = false;
    copiesOnPress(each, () => each.dataset.copy ?? "");
  }
  for (const each of document.querySelectorAll<HTMLButtonElement>("[data-action=copy-correlation]")) {
    each.hidden = false;
    copiesOnPress(each, () => each.parentElement?.querySelector("[data-list]")?.textContent?.trim() ?? "");
  }
}

/** Of many runs only those that somebody looks at are made: a page must be there at once. */
function setUpExplorers(): void {
  const made = new Map<Element, Explorer>();
  const make = (place: Element): void => {
    if (made.has(place)) return;
    const explorer = createExplorer(readRun(Number(place.getAttribute("data-explorer"))));
    made.set(place, explorer);
    place.replaceChildren(explorer.element);
    place.parentElement?.querySelector("[data-replaced]")?.remove();
  };
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) make(target);
    },
    { rootMargin: "600px" },
  );
  const places = [...document.querySelectorAll("[data-explorer]")];
  const [first] = places;
  if (first !== undefined) make(first);
  for (const place of places) seen.observe(place);
  addEventListener("beforeprint", () => {
    for (const place of places.slice(0, 20)) make(place);
    for (const { print } of made.values()) print(true);
  });
  addEventListener("afterprint", () => {
    for (const { print } of made.values()) print(false);
  });
}

setUpTheme();
setUpCopying();
setUpExplorers();
