// Two to four products side by side: the ticks on the cards, the tray that counts them, and the table.

import { getProduct, postAnswer, postExtract } from "./api.js";
import { el, icon, isolated, picture, written } from "./dom.js";
import { merged, squeezed } from "./keyfacts.js";
import { lang, t } from "./words.js";

const [LEAST, MOST] = [2, 4];
const picked = new Map(); // id -> title of what is ticked
let address = () => "";

const tray = () => document.getElementById("tray");

/** Begin; `addressOf(ids)` is where products are compared. */
export function startCompare(addressOf) {
  address = addressOf;
  paintTray();
}

/** The box on a card that ticks its product for the comparison. */
export function compareTick(hit) {
  const onchange = ({ target }) => {
    if (target.checked) picked.set(hit.id, hit.title);
    else picked.delete(hit.id);
    paintTray();
  };
  const box = el("input", { type: "checkbox", checked: picked.has(hit.id), "data-tick": hit.id, onchange });
  return el("label", { class: "tick" }, box, el("span", {}, t("compare")), el("span", { class: "unseen" }, ` ${hit.title.value}`));
}

const ticks = () => [...document.querySelectorAll("[data-tick]")];

/** Show what is ticked; at most four can be. */
export function paintTray() {
  const count = picked.size;
  for (const box of ticks()) {
    box.checked = picked.has(box.dataset.tick);
    box.disabled = count >= MOST && !box.checked;
  }
  tray().hidden = count === 0;
  if (count === 0) return tray().replaceChildren();
  const names = [...picked].map(([id, title]) => {
    const onclick = () => { picked.delete(id); paintTray(); focusTick(id); };
    return el("li", {}, el("button", { type: "button", class: "chip", "aria-label": t("compare_remove", { name: title.value }), onclick },
      isolated(title.value, { lang: title.lang }), icon("close")));
  });
  const onclear = () => { const [[id]] = picked; picked.clear(); paintTray(); focusTick(id); };
  const go = count < LEAST ? el("p", { class: "note" }, t("compare_hint"))
    : el("a", { class: "strong", href: address([...picked.keys()]) }, icon("scales"), t("compare_n", { n: count }));
  tray().setAttribute("aria-label", t("compare"));
  return tray().replaceChildren(el("ul", { class: "chips" }, names),
    el("div", {}, go, el("button", { type: "button", class: "link", onclick: onclear }, t("compare_clear"))));
}

const focusTick = (id) => ticks().find((box) => box.dataset.tick === id)?.focus({ preventScroll: true });

/** The page that compares products; asks the API for each of them and for their facts side by side. */
export async function comparePage(ids, { market, back, product, without }, signal) {
  const question = t("compare_question");
  const [made, products, read] = await Promise.all([
    postAnswer({ question, about: ids, langs: [lang()], market }, signal),
    Promise.all(ids.map((id) => getProduct(id, { lang: lang(), market }, signal))),
    // Without the shopper's names for facts, the sellers' own stand.
    Promise.all(ids.map((id) => postExtract(id, [lang()]).then(merged, () => []))),
  ]);
  const content = made.comparison ? table(named(made.comparison, read), products, { product, without })
    : written("p", made.text, { class: "said" });
  return [
    el("a", { class: "back", href: back, "data-back": true }, icon("back"), t("back")),
    el("h1", { id: "compare-title", tabindex: "-1" }, t("compare_title")), content,
  ];
}

const said = (fact) => [fact.value, fact.unit].filter(Boolean).join(" ");

/**
 * Rows of a comparison under the shopper's own names for facts where they were read so, rows of one name together;
 * a cell is {value, seller}, the seller's words where they are others.
 */
function named({ rows }, read) {
  const found = new Map();
  for (const { name, cells } of rows) {
    cells.forEach((cell, i) => {
      if (!cell) return;
      const words = `${cell.name}: ${said(cell)}`;
      const own = read[i].find((row) => row.words === words);
      const head = own && !found.get(own.name)?.[i] ? own.name : name; // two facts never share a cell
      const row = found.get(head) ?? cells.map(() => null);
      const value = own?.value ?? said(cell);
      row[i] ??= { value, seller: own?.lang === lang() && squeezed(value) !== squeezed(said(cell)) ? said(cell) : "" };
      found.set(head, row);
    });
  }
  const stated = (row) => row.filter(Boolean).length;
  return [...found].map(([name, cells]) => ({ name, cells })).sort((a, b) => stated(b.cells) - stated(a.cells));
}

function table(rows, products, { product, without }) {
  const heads = products.map((one) => el("th", { scope: "col" },
    picture(one.images[0], one),
    el("span", { class: "name" }, written("bdi", one.title, {}, el("a", { href: product(one.id) }, one.title.value))),
    products.length > LEAST ? el("a", { class: "dismiss", href: without(one.id), "aria-label": t("compare_remove", { name: one.title.value }) },
      icon("close")) : null));
  const langOf = (i) => products[i]?.titles[0]?.lang ?? null;
  const body = rows.map(({ name, cells }) => {
    const isSame = cells.every((cell) => cell && cell.value === cells[0].value);
    return el("tr", { class: isSame ? "same" : null }, el("th", { scope: "row" }, isolated(name)), cells.map((cell, i) =>
      el("td", {}, cell ? isolated(cell.value, { lang: cell.seller ? null : langOf(i) }) : el("span", { class: "blank" }, t("not_stated")),
        cell?.seller ? el("span", { class: "seller" }, isolated(cell.seller, { lang: langOf(i) })) : null)));
  });
  const head = el("thead", {}, el("tr", {}, el("td", {}), heads));
  return el("div", { class: "scroll compared", tabindex: "0", role: "group", "aria-labelledby": "compare-title" },
    el("table", {}, head, el("tbody", {}, body)));
}
