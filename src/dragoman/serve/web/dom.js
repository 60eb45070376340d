// Builds elements. Product text is hostile: it only ever becomes a text node, never markup, and an
// address from a feed passes `safeUrl` before it is put into `href` or `src`.

/** Element `tag` with attributes and children; a property "onclick" is a listener, `null` is left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Element holding a text of the API ({value, lang, dir}) in its own language and direction. */
export function written(tag, text, props = {}, content = null) {
  const lang = text.lang && text.lang !== "und" ? text.lang : "";
  return el(tag, { ...props, lang, dir: text.dir || "auto" }, content ?? text.value);
}

/** Words whose language nobody told: isolated, their direction taken from their first letter. */
export function isolated(words, props = {}) {
  return el("bdi", props, String(words));
}

/** Names side by side, each isolated; the separator stands outside, where the page's direction rules. */
export function joined(names, separator) {
  return names.flatMap((name, i) => (i ? [separator, isolated(name)] : [isolated(name)]));
}

const SVG = "http://www.w3.org/2000/svg";

/** Decorative icon of icons.svg. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/web/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Bar filled to `share` (0..1): attributes of SVG, because the page's policy forbids inline styles. */
export function bar(share) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "bar");
  svg.setAttribute("viewBox", "0 0 100 6");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("width", String(Math.round(100 * Math.min(1, Math.max(0, share)))));
  rect.setAttribute("height", "6");
  svg.append(rect);
  return svg;
}

/** The address if it is a web address (or a path of this site), else "": `javascript:` never gets through. */
export function safeUrl(address) {
  if (!address) return "";
  try {
    const url = new URL(address, location.origin);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : "";
  } catch {
    return "";
  }
}

/** Picture box of a fixed shape: the product's picture, or a tile when it has none or it does not load. */
export function picture(address, product, { eager = false, alt = "" } = {}) {
  const box = el("div", { class: "picture" });
  const src = safeUrl(address);
  if (src) {
    const loading = eager ? "eager" : "lazy";
    const onerror = () => box.replaceChildren(tile(product));
    box.append(el("img", { src, alt, loading, decoding: "async", width: 400, height: 400, onerror }));
  } else {
    box.append(tile(product));
  }
  return box;
}

const TINTS = 6;

/** Patterned tile with a product's initial; its tint depends on the brand, so that brands look alike. */
function tile(product) {
  const name = product.brand || product.title.value;
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  const [initial = ""] = name.match(/[\p{L}\p{N}]/u) ?? [];
  return el("div", { class: `tile tint-${sum % TINTS}`, "aria-hidden": "true" }, el("span", {}, initial.toUpperCase()));
}

/** How far a node lies below the window's top, by layout (a card rises under the pointer); null where it is not shown. */
export function below(node) {
  if (!node?.offsetParent) return null;
  let top = -scrollY;
  for (let each = node; each; each = each.offsetParent) top += each.offsetTop;
  return top;
}
