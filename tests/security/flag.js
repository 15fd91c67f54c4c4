// Runs before the page: what hostile texts do is kept here.
window.__seen = { ran: [], policy: [] };
Object.defineProperty(window, "__pwned", {
  set: () => void window.__seen.ran.push(document.activeElement?.outerHTML.slice(0, 200) ?? "?"),
  get: () => undefined,
});
addEventListener("securitypolicyviolation", (event) =>
  window.__seen.policy.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
);
