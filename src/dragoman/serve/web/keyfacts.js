// Key facts of a product, named for the shopper: what the seller states as such, and what a machine read from
// the seller's words; each says which, and shows the words on hover, focus or tap.

import { postExtract } from "./api.js";
import { el, icon, isolated } from "./dom.js";
import { translatedFact } from "./reading.js";
import { lang, sameLanguage, t } from "./words.js";

const FEW = 8; // facts shown before "show all"

/** The card; shows what the product's page states at once, and more when its words have been read. */
export function keyFacts(product) {
  const translations = new Map(product.facts.map((fact) => [keyOf(fact), fact.translation]));
  const known = (stated) => stated.map((fact) => ({ ...fact, translation: translations.get(keyOf(fact)) }));
  const list = el("dl", { class: "known" });
  const more = el("div", {});
  const card = el("section", { class: "keyfacts", "aria-labelledby": "keyfacts-title" },
    el("h2", { id: "keyfacts-title" }, icon("tag"), t("keyfacts")), list, more);

  function paint(rows) {
    const shown = rows.map((row, i) => factRow(row, i));
    for (const extra of shown.slice(FEW)) extra.hidden = true;
    list.replaceChildren(...shown);
    const open = (event) => {
      for (const row of shown) row.hidden = false;
      event.target.remove();
      shown[FEW].querySelector("button").focus();
    };
    more.replaceChildren(...(rows.length > FEW
      ? [el("button", { type: "button", class: "link", onclick: open }, t("show_all", { n: rows.length }))] : []));
    card.hidden = rows.length === 0;
  }

  paint(merged({ lang: product.titles[0]?.lang ?? "", stated: known(product.facts), facts: [] }));
  // A shop that cannot read facts costs the machine's, not the seller's.
  postExtract(product.id, [lang()]).then((read) => paint(merged({ ...read, stated: known(read.stated) })), () => undefined);
  return card;
}

const keyOf = ({ name, value }) => JSON.stringify([name, value]);

/** Words without spaces, marks and capitals: how they are compared. */
export const squeezed = (words) => words.toLowerCase().replace(/[\s\p{P}]+/gu, "");

/** Whether a fact that was read says what a stated one says: the same words, or the same amount. */
function isTwin(stated, read) {
  const [words, quote] = [squeezed(stated.value + stated.unit), squeezed(read.quote)];
  if (/\d/.test(quote)) return words === quote || squeezed(stated.shown.value) === squeezed(read.shown.value);
  return quote !== "" && words.includes(quote);
}

/**
 * Facts as rows {name, value, words, isStated, lang}: a stated fact takes the reader's words of its twin, where
 * its own are in another language.
 */
export function merged({ lang: written, stated, facts }) {
  const isOwn = sameLanguage(written, lang());
  const used = new Set();
  const rows = stated.filter((fact) => fact.shown).map((fact) => {
    const twin = facts.find((each) => !used.has(each) && isTwin(fact, each));
    if (twin) used.add(twin);
    const words = `${fact.name}: ${[fact.value, fact.unit].filter(Boolean).join(" ")}`;
    const other = isOwn ? null : twin?.shown ?? translatedFact(fact);
    return { ...(other ?? fact.shown), words, isStated: true, lang: other ? lang() : written };
  });
  const read = facts.filter((fact) => !used.has(fact)).map((fact) =>
    ({ ...fact.shown, words: fact.quote, isStated: fact.confidence >= 1, lang: lang() }));
  const all = [...rows, ...read];
  return all.filter((row, i) => all.findIndex((each) => each.name === row.name && each.value === row.value) === i);
}

function factRow({ name, value, words, isStated, lang: tag }, i) {
  const id = `fact-${i}`;
  const note = el("span", { class: "source-note", id, role: "tooltip" },
    el("span", {}, t(isStated ? "fact_stated" : "fact_read")), words ? el("q", {}, isolated(words)) : null);
  const close = (event) => { if (event.key === "Escape") row.classList.add("shut"); };
  const open = () => row.classList.remove("shut");
  const source = el("button", {
    type: "button", class: isStated ? "source stated" : "source read", "aria-describedby": id,
    "aria-label": t("fact_source", { name }), onkeydown: close, onblur: open, onmouseenter: open, onclick: open,
  }, icon(isStated ? "check" : "spark"));
  const own = tag && tag !== "und" ? tag : null;
  const row = el("div", { class: "fact" },
    el("dt", {}, isolated(name, { lang: own })), el("dd", {}, isolated(value, { lang: own }), source, note));
  return row;
}
