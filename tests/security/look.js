// Elements, attributes and addresses below the view that no text may have made.
(root) => {
  const bad = [];
  const getter = Object.getOwnPropertyDescriptor(Element.prototype, "attributes").get;
  // A form with a field of that name has another idea of its attributes.
  const attributesOf = (one) => getter.call(one);
  const forbidden = new Set(
    (
      "script iframe frame frameset object embed applet base link meta style img image picture source track video audio " +
      "portal fencedframe foreignobject animate set use marquee isindex keygen area map noscript template xml xss"
    ).split(" "),
  );
  const named = new Set(["id", "name"]);
  const taken = ["__pwned", "nbchat-config", "body", "location", "localStorage", "getElementById"];
  const address = /^(?:https?:|mailto:)/i;
  for (const view of document.querySelectorAll(root)) for (const one of view.querySelectorAll("*")) {
    const tag = one.localName.toLowerCase();
    if (forbidden.has(tag)) bad.push(one.outerHTML.slice(0, 200));
    for (const { name, value } of attributesOf(one)) {
      if (/^on/i.test(name) || ["srcdoc", "src", "srcset", "ping", "background", "poster", "formaction", "action", "data"].includes(name))
        bad.push(`${name}: ${one.outerHTML.slice(0, 200)}`);
      if (/href$/i.test(name) && !address.test(value)) bad.push(`${name}=${value}`);
      if (name === "style" && /url\(|expression|position:\s*fixed/i.test(value)) bad.push(`style=${value}`);
      if (named.has(name) && !/^[\w:-]*$/.test(value)) bad.push(`${name}=${value}`);
    }
    // An address that is none has no protocol, and leads nowhere.
    if (tag === "a" && !["http:", "https:", "mailto:", ":"].includes(one.protocol)) bad.push(`protocol ${one.protocol}`);
    if (tag === "a" && one.target === "_blank" && !/noopener/.test(one.rel)) bad.push(`opener ${one.outerHTML.slice(0, 200)}`);
    if ([one.id, one.getAttribute("name")].some((name) => taken.includes(name)))
      bad.push(`takes a name: ${one.outerHTML.slice(0, 200)}`);
  }
  return bad;
}
