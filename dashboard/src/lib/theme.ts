import type { ThemeChoice } from "@/api/types/users";

/** The theme of this browser: an attribute on <html> and a copy in local storage for the next load. */
const STORED = "socialseed.theme";

/** Runs in <head> before the first paint, so that a dark page never flashes light. */
export const THEME_SCRIPT = `try{var t=localStorage.getItem("${STORED}");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch(e){}`;

export function readTheme(): ThemeChoice {
  const stored = localStorage.getItem(STORED);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function applyTheme(choice: ThemeChoice): void {
  const root = document.documentElement;
  if (choice === "system") {
    delete root.dataset["theme"];
    localStorage.removeItem(STORED);
    return;
  }
  root.dataset["theme"] = choice;
  localStorage.setItem(STORED, choice);
}

/** Less movement than the system asks for, by the person's own setting. */
export function applyReducedMotion(on: boolean): void {
  if (on) document.documentElement.dataset["motion"] = "reduced";
  else delete document.documentElement.dataset["motion"];
}
