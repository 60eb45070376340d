// Ways to narrow the list: facets with counts, a price window, and the chips of what is chosen.

import { el, icon, isolated } from "./dom.js";
import { chosen, isWithin, PATH } from "./state.js";
import { currencyName, known, lang, languageName, number, t } from "./words.js";

const SHOWN = 6; // values of a facet before "show more"
const unfolded = new Set(); // facets whose long list the shopper opened
const closed = new Set(); // facets the shopper folded away

const depth = (path) => Math.min(3, path.split(PATH).length - 1);
const KIND = { lang: "written" }; // the API's facet name -> the state's, where they differ
const TITLE = { brand: "brand", category: "category", seller: "seller", availability: "availability", written: "written_in" };

const said = new Map(); // "kind=value" -> how the last answers say it in the shopper's language
let learned = ""; // that language

/** How answers say names and values; forgotten when the page turns to another language. */
function labels() {
  if (lang() !== learned) {
    said.clear();
    learned = lang();
  }
  return said;
}

/** Remember how an answer in the language `tag` says the names and values of its facets. */
export function learn(facets, tag) {
  if (tag !== lang()) return; // the page turned to another language while the answer was on its way
  for (const { name, shown, counts } of facets) {
    const kind = KIND[name] ?? name;
    labels().set(kind, shown);
    for (const count of counts) labels().set(`${kind}=${count.value}`, count.shown);
  }
}

/** A condition in the shopper's words: a string of ours, or the catalogue's own words. */
export function conditionName(kind, value, filters) {
  const shown = labels().get(`${kind}=${value}`) ?? value;
  if (kind === "availability" && known(value)) return t(value);
  if (kind === "written") return languageName(value);
  if (kind === "category") return shown.split(PATH).at(-1);
  if (kind === "price") return priceName(filters);
  return kind.startsWith("fact:") ? `${labels().get(kind) ?? kind.slice(5)}: ${shown}` : shown;
}

function priceName({ low, high, currency }) {
  const low_ = low && `${t("price_low")} ${number(Number(low))}`;
  const high_ = high && `${t("price_high")} ${number(Number(high))}`;
  return [low_, high_, currency].filter(Boolean).join(" ");
}

/** Chips of the chosen conditions, each of which `drop(kind, value)` takes away. */
export function chips(filters, { drop, clear }) {
  const conditions = chosen(filters);
  if (conditions.length === 0) return [];
  const items = conditions.map(({ kind, value }) => {
    const name = conditionName(kind, value, filters);
    const label = t("remove_filter", { name });
    const onclick = () => drop(kind, value);
    return el("li", {}, el("button", { type: "button", class: "chip", "aria-label": label, onclick },
      isolated(name), icon("close")));
  });
  const all = el("li", {}, el("button", { type: "button", class: "link", onclick: clear }, t("clear_filters")));
  return [el("ul", { class: "chips", "aria-label": t("filters_active") }, items, all)];
}

/**
 * Groups of checkboxes, one a facet, then the price window.
 *
 * Chosen values stay in the list when the answer no longer counts them, so that they can be unchosen.
 */
export function facetGroups(facets, filters, { toggle, setPrice, currencies }) {
  const groups = facets.map((facet) => {
    const kind = KIND[facet.name] ?? facet.name;
    const picked = chosen(filters).filter((each) => each.kind === kind).map((each) => each.value);
    const lost = picked.filter((value) => !facet.counts.some((count) => count.value === value));
    const counts = [...facet.counts, ...lost.map((value) => ({ value, count: 0 }))].filter((each) => each.value);
    const listed = kind === "category" ? branches(counts, picked) : counts;
    return listed.length ? facetGroup(kind, listed, picked, { filters, toggle }) : null;
  });
  return [...groups, priceGroup(filters, { setPrice, currencies })].filter(Boolean);
}

/** Of a tree of paths: the roots, and the children of what is picked, each child below its parent. */
function branches(counts, picked) {
  const parent = (path) => path.slice(0, Math.max(0, path.lastIndexOf(PATH)));
  const paths = new Set(counts.map((count) => count.value));
  const roots = counts.filter((count) => !paths.has(parent(count.value)));
  const isOpen = (path) => picked.some((each) => isWithin(each, path));
  const below = (count) => [count, ...(isOpen(count.value)
    ? counts.filter((each) => parent(each.value) === count.value).flatMap(below) : [])];
  return roots.flatMap(below);
}

function facetGroup(kind, counts, picked, { filters, toggle }) {
  const options = counts.map(({ value, count }, i) => {
    const isPicked = picked.includes(value);
    const box = el("input", {
      type: "checkbox", checked: isPicked, "data-key": `${kind}=${value}`, onchange: () => toggle(kind, value),
    });
    const isExtra = i >= SHOWN && !isPicked && !picked.some((each) => isWithin(value, each));
    return el("li", { hidden: isExtra && !unfolded.has(kind), class: isExtra ? "extra" : "" },
      el("label", { class: kind === "category" ? `deep-${depth(value)}` : "" }, box, el("span", { class: "value", title: kind === "category" ? labels().get(`category=${value}`) ?? value : null },
        isolated(conditionName(kind, value, filters))), el("span", { class: "count" }, number(count))));
  });
  const list = el("ul", {}, options);
  const more = list.querySelector(".extra") ? moreButton(kind, list) : null;
  return group(kind, TITLE[kind] ? t(TITLE[kind]) : labels().get(kind) ?? kind.replace(/^fact:/, ""), [list, more]);
}

function moreButton(kind, list) {
  const text = () => t(unfolded.has(kind) ? "fewer_values" : "more_values");
  const onclick = () => {
    if (!unfolded.delete(kind)) unfolded.add(kind);
    for (const extra of list.querySelectorAll(".extra")) {
      extra.hidden = !unfolded.has(kind);
    }
    button.textContent = text();
    button.setAttribute("aria-expanded", String(unfolded.has(kind)));
  };
  const expanded = String(unfolded.has(kind));
  const button = el("button", {
    type: "button", class: "link", "aria-expanded": expanded, "data-key": `more=${kind}`, onclick }, text());
  return button;
}

function group(kind, title, content) {
  const id = `facet-${kind.replace(/\W/g, "-")}`;
  const ontoggle = (event) => (event.target.open ? closed.delete(kind) : closed.add(kind));
  return el("details", { class: "facet", open: !closed.has(kind), ontoggle },
    el("summary", { id, "data-key": `fold=${kind}` }, el("span", { dir: "auto" }, title), icon("chevron")),
    el("div", { role: "group", "aria-labelledby": id }, content));
}

function priceGroup(filters, { setPrice, currencies }) {
  const options = [...new Set([filters.currency, ...currencies].filter(Boolean))];
  if (options.length === 0) return null;
  const ends = ["low", "high"].map((end) => el("input", {
    type: "number", min: "0", step: "any", inputmode: "decimal", value: filters[end], "data-key": `price=${end}`,
  }));
  const named = (code) => el("option", { value: code, selected: code === filters.currency }, `${code} – ${currencyName(code)}`);
  const choice = el("select", { "data-key": "price=currency", disabled: options.length === 1 }, options.map(named));
  const onchange = () => {
    const [low, high] = ends.map((input) => (input.validity.valid ? input.value : ""));
    setPrice({ low, high, currency: low || high ? choice.value : "" });
  };
  const [low, high] = ends.map((input, i) =>
    el("label", {}, el("span", {}, t(i ? "price_high" : "price_low")), input));
  return group("price", t("price"), el("div", { class: "window", onchange },
    low, high, el("label", { class: "wide" }, el("span", {}, t("currency")), choice)));
}
