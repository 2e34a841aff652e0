import { say } from "./elements.js";

/** Shows the text selected, for readers in which pages may not write to the clipboard. */
function offer(text: string, beside: HTMLElement): void {
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "offered";
  area.setAttribute("aria-label", "Text to copy");
  beside.parentElement?.querySelector(".offered")?.remove();
  beside.after(area);
  area.focus();
  area.select();
  say("Selected. Press Ctrl+C, or ⌘C, to copy.");
}

/** Copies a text, or shows it selected where that is not allowed. */
async function copyText(text: string, pressed: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    offer(text, pressed);
    return;
  }
  const words = pressed.dataset.words ?? pressed.textContent ?? "";
  pressed.dataset.words = words;
  pressed.textContent = "Copied";
  say("Copied.");
  setTimeout(() => {
    pressed.textContent = words;
  }, 1_500);
}

/** Copies when the button is pressed. */
export function copiesOnPress(pressed: HTMLButtonElement, textOf: () => string): HTMLButtonElement {
  pressed.addEventListener("click", () => {
    copyText(textOf(), pressed).catch(() => say("Nothing was copied."));
  });
  return pressed;
}
