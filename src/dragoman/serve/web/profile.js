// What the shop knows about the shopper, why, and how to make it forget: one thing, or everything.

import { deleteProfile, getProduct, getProfile } from "./api.js";
import { bar, el, icon, isolated, written } from "./dom.js";
import { flush, forgetHere, shopper, visit } from "./events.js";
import { consentLine } from "./rails.js";
import { number, t } from "./words.js";

const SHOWN = 12; // products of a visit in the list

/** The page of what is known; `address(id)` is a product's page, `again()` shows it anew after a change. */
export async function profilePage({ back, address, reader, say, again }) {
  const head = [
    el("a", { class: "back", href: back, "data-back": true }, icon("back"), t("back")),
    el("h1", { tabindex: "-1" }, t("profile")),
    el("p", { class: "intro" }, t("profile_text")),
    consentLine(again),
  ];
  const told = async (act) => {
    await act();
    await again();
    say(t("forgotten"));
  };
  const body = shopper() ? await remembered({ reader, address, told }) : await thisVisit({ reader, address, told });
  return [...head, ...body];
}

const nothing = () => el("p", { class: "nothing" }, icon("person"), t("profile_nothing"));

const forgetAll = (onclick) => el("p", {}, el("button", { type: "button", class: "plain danger", onclick }, icon("bin"), t("forget_all")));

/** Without consent: what this tab holds, and nobody else. */
async function thisVisit({ reader, address, told }) {
  const events = visit();
  if (events.length === 0) return [nothing()];
  const ids = [...new Set(events.map((event) => event.product).filter(Boolean))].reverse().slice(0, SHOWN);
  const words = [...new Set(events.filter((event) => event.kind === "search").map((event) => event.query))].reverse();
  const products = await Promise.all(ids.map((id) => getProduct(id, reader).catch(() => ({ id, title: null }))));
  const rows = products.map((one) => productRow(one, { address, forget: () => told(async () => forgetHere(one.id)) }));
  return [
    el("p", { class: "note" }, t("profile_visit")),
    part(t("profile_products"), rows),
    part(t("profile_searches"), words.map((word) => el("li", {}, isolated(word)))),
    forgetAll(() => told(async () => forgetHere())),
  ];
}

/** With consent: what the shop has under this browser's random name. */
async function remembered({ reader, address, told }) {
  await flush();
  const known = await getProfile(shopper(), reader.lang);
  const everything = forgetAll(() => told(async () => {
    await deleteProfile(shopper());
    forgetHere();
  }));
  if (!known.is_known) return [nothing(), everything];
  const forget = (id) => () => told(() => deleteProfile(shopper(), id));
  const rows = (products) => products.map((one) => productRow(one, { address, forget: forget(one.id) }));
  const { headings } = known;
  const heading = (key) => written("span", headings[key]);
  const shares = (all, name = (one) => one.name) => all.map((one) => shareRow(name(one), one.share));
  return [
    el("div", { class: "parts" },
      part(heading("your_tastes"), known.tastes.map((taste) => shareRow(
        taste.products.map((one) => one.title?.value ?? one.id).slice(0, 2).join(" · "), taste.share))),
      part(heading("your_categories"), shares(known.categories, (one) => one.name.split(" > ").at(-1))),
      part(heading("your_brands"), shares(known.brands)),
      part(heading("your_langs"), shares(known.langs)),
      known.price_level === null ? null : part(t("profile_price"), [el("li", { class: "share" }, bar(known.price_level))]),
      part(t("profile_searches"), known.searches.map((words) => el("li", {}, isolated(words))))),
    part(t("profile_products"), rows(known.liked)),
    part(t("profile_bought"), rows(known.bought)),
    part(heading("your_disliked"), [...rows(known.disliked), ...known.avoided.map((name) => el("li", {}, isolated(name)))]),
    everything,
  ];
}

function part(title, rows) {
  return rows.length ? el("section", { class: "part" }, el("h2", {}, title), el("ul", {}, rows)) : null;
}

function shareRow(name, share) {
  return el("li", { class: "share" }, isolated(name), el("span", { class: "figure" }, number(share, { style: "percent" })), bar(share));
}

function productRow({ id, title }, { address, forget }) {
  const name = title?.value ?? id;
  return el("li", { class: "row" },
    title ? written("span", title, {}, el("a", { href: address(id) }, name)) : el("a", { href: address(id) }, isolated(name)),
    el("button", { type: "button", class: "dismiss", "aria-label": t("forget", { name }), onclick: forget }, icon("bin")));
}

