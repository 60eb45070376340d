// Where on the page a quote stands: finds the text, brings it into view and lights the words up.

import { el, icon } from "./dom.js";
import { t } from "./words.js";

const places = new WeakMap();
let dim = () => undefined; // puts out what is lit

/** Remember that `node` holds a text of the catalogue; `reveal` makes it show the text as written. */
export function remember(node, kind, value, reveal = () => undefined) {
  node.dataset.place = kind;
  places.set(node, { value, reveal });
  return node;
}

/** The element in `root` that holds a citation's words, else null. */
export function placeOf(root, { kind, passage, quote }) {
  const nodes = [...root.querySelectorAll("[data-place]")].filter((node) => node.dataset.place === kind);
  const holding = (words) => nodes.find((node) => places.get(node).value.includes(words));
  // An attribute of several values is several rows here: its name is enough.
  const named = kind === "attribute" ? `${quote.value.split(":")[0]}:` : null;
  return holding(passage) ?? holding(quote.value) ?? (named && holding(named)) ?? null;
}

/** Show the place of a quote, with the focus on it and a way back to `from`. */
export function showPlace(node, quote, from) {
  dim();
  const { value, reveal } = places.get(node);
  reveal();
  for (let each = node; each; each = each.parentElement) {
    each.hidden = false;
    if (each.tagName === "DETAILS") each.open = true;
  }
  const lit = light(node, value, quote);
  // It stands beside the quote, for the keyboard, and so inside a text of another language and direction.
  const { lang, dir } = document.documentElement;
  const back = el("button", { lang, dir, type: "button", class: "strong place-back", onclick: () => { dim(); bring(from); } },
    icon("back"), t("place_back"));
  lit.after(back);
  const out = dim;
  dim = () => { out(); back.remove(); };
  bring(lit);
}

function light(node, value, quote) {
  const start = node.childElementCount ? -1 : value.indexOf(quote);
  if (start < 0) {
    node.classList.add("lit");
    dim = () => { node.classList.remove("lit"); dim = () => undefined; };
    return node;
  }
  const mark = el("mark", { class: "lit" }, quote);
  node.replaceChildren(value.slice(0, start), mark, value.slice(start + quote.length));
  dim = () => { if (node.contains(mark)) node.replaceChildren(value); dim = () => undefined; };
  return mark;
}

function bring(node) {
  if (!node.matches("a, button")) node.tabIndex = -1;
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
}

/** A passage with its quote marked, for words that are not on this page. */
export function passageWithQuote(tag, { passage, quote, place }) {
  const parts = place.start < 0 ? [passage]
    : [passage.slice(0, place.start), el("mark", { class: "lit" }, passage.slice(place.start, place.end)), passage.slice(place.end)];
  return el(tag, { class: "passage", lang: quote.lang === "und" ? "" : quote.lang, dir: quote.dir || "auto" }, parts);
}
