// One hit as a card: what it is, what it costs here, in which language it is written, and why it is here.

import { compareTick } from "./compare.js";
import { bar, el, icon, isolated, joined, picture, written } from "./dom.js";
import { watch } from "./events.js";
import { marked } from "./marks.js";
import { reading, translatedFact } from "./reading.js";
import { known, number, t } from "./words.js";

const FACTS = 3; // facts on a card; the rest are on the product's page

const TOTAL = "fused"; // the API's name for the sum, which stands below its parts

/** The price, with the one before the reduction struck out. */
export function priceLine(price, before) {
  if (!price) return null;
  const was = before && before.minor > price.minor ? before : null;
  const old = was && [
    el("s", { "aria-hidden": "true" }, isolated(was.text)),
    el("span", { class: "unseen" }, t("price_was", { price: was.text })),
  ];
  return el("p", { class: was ? "price reduced" : "price" }, el("strong", {}, isolated(price.text)), old);
}

/** Availability in words, with a dot that repeats it in colour. */
export function stockLine(availability) {
  if (!availability || availability === "unknown") return null;
  return el("p", { class: `stock ${availability}` }, known(availability) ? t(availability) : availability);
}

/** A fact as "name: value unit". */
export function factText(fact) {
  const { name, value } = translatedFact(fact) ?? fact.shown ?? { ...fact, value: [fact.value, fact.unit].filter(Boolean).join(" ") };
  return isolated(`${name}: ${value}`);
}

/**
 * Card of one hit.
 *
 * `address` is where its product page is; `seen` names the list and the place in it; `best` holds, per part of the score, the highest value on
 * this page of hits: bars compare a hit with its neighbours.
 */
export function card(hit, { address, seen, best, eager }) {
  const { impression, position, query } = seen;
  const shown = reading();
  const title = shown.place("h2", hit.title, {}, (value, isTranslated) => el("a", {
    href: address, "data-product": hit.id, "data-impression": impression, "data-position": position, "data-query": query,
  }, isTranslated ? value : marked(value, hit.words)));
  const by = [hit.brand, hit.seller].filter((name, i, all) => name && all.indexOf(name) === i);
  const original = hit.original && hit.original.value !== hit.title.value
    ? written("p", hit.original, { class: "original", title: t("original") }) : null;
  const facts = hit.facts.length
    ? el("ul", { class: "named" }, hit.facts.slice(0, FACTS).map((fact) => el("li", {}, factText(fact)))) : null;
  const node = el("li", { class: "card" },
    el("article", {},
      picture(hit.image, hit, { eager }),
      el("div", { class: "told" },
        title,
        shown.mark(),
        original,
        by.length ? el("p", { class: "by" }, joined(by, " · ")) : null,
        facts,
        el("div", { class: "deal" }, priceLine(hit.price, hit.list_price), stockLine(hit.availability)),
        why(hit, best),
        compareTick(hit))));
  watch(node, { product: hit.id, impression, position });
  return node;
}

function why(hit, best) {
  const parts = Object.entries(hit.why).filter(([part]) => part !== TOTAL);
  if (parts.length === 0 && hit.words.length === 0) return null;
  const rows = parts.map(([part, value]) => {
    const label = known(`why_${part}`) ? t(`why_${part}`) : part;
    const share = best[part] > 0 ? value / best[part] : 0;
    return el("div", {}, el("dt", {}, label), el("dd", {}, bar(share), figure(value)));
  });
  const total = el("div", { class: "sum" }, el("dt", {}, t("why_score")), el("dd", {}, figure(hit.score)));
  const words = hit.words.join(" · ");
  return el("details", { class: "why" },
    el("summary", {}, icon("spark"), el("span", {}, t("why")), el("span", { class: "unseen" }, ` ${hit.title.value}`)),
    el("dl", {}, rows, total),
    words ? el("p", {}, t("why_matched", { words })) : null);
}

const figure = (value) => el("span", { class: "figure" }, number(value, { maximumFractionDigits: 3 }));

/** Highest value of every part of the score among these hits. */
export function bestParts(hits) {
  const best = {};
  for (const hit of hits) {
    for (const [part, value] of Object.entries(hit.why)) best[part] = Math.max(best[part] ?? 0, value);
  }
  return best;
}

/** Grey shapes the size of cards, shown until the first hits come. */
export function skeletons(count) {
  const shape = () => el("li", { class: "card ghost" }, el("article", {},
    el("div", { class: "picture" }),
    el("div", { class: "told" }, el("p", { class: "line" }), el("p", { class: "line short" }))));
  return Array.from({ length: count }, shape);
}
