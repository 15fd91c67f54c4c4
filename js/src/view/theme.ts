/**
 * Light or dark, as the host is. JupyterLab says so on the body; elsewhere the background behind the widget tells, and where there is none
 * (a page of its own) the system's wish. Kept up to date until the signal aborts.
 */

function luminance(colour: string): number | null {
  const [r, g, b, alpha] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  if (r === undefined || g === undefined || b === undefined || alpha === 0) return null;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

function behind(element: HTMLElement): number | null {
  for (let node = element.parentElement; node; node = node.parentElement) {
    const light = luminance(getComputedStyle(node).backgroundColor);
    if (light !== null) return light;
  }
  return null;
}

function isDark(root: HTMLElement, wish: MediaQueryList): boolean {
  const said = document.body.dataset["jpThemeLight"];
  if (said !== undefined) return said === "false";
  const light = behind(root);
  return light === null ? wish.matches : light < 0.5;
}

/** Keeps `data-theme` of the root element at "light" or "dark". */
export function followTheme(root: HTMLElement, until: AbortSignal): void {
  const wish = matchMedia("(prefers-color-scheme: dark)");
  const set = () => {
    root.dataset["theme"] = isDark(root, wish) ? "dark" : "light";
  };
  const observer = new MutationObserver(set);
  const options = {
    attributes: true,
    attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"],
  };
  observer.observe(document.body, options);
  observer.observe(document.documentElement, options);
  wish.addEventListener("change", set, { signal: until });
  until.addEventListener("abort", () => observer.disconnect());
  set();
}
