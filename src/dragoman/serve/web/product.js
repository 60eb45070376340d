// The page of one product: everything the catalogue and its shoppers say, as they said it.

import { languageBadge, priceLine, stockLine } from "./cards.js";
import { el, icon, isolated, joined, picture, safeUrl, written } from "./dom.js";
import { known, languageName, marketName, t } from "./words.js";

const FEW = 4; // reviews and answers shown before "show all"

/** The whole page of `product` for a shopper who buys in `market`; `back` is where the list is. */
export function productPage(product, { market, back }) {
  const offer = offerFor(product, market);
  const category = product.category.split(" > ").filter(Boolean);
  const url = safeUrl(product.url);
  return [
    el("a", { class: "back", href: back, "data-back": true }, icon("back"), t("back")),
    el("div", { class: "top" },
      gallery(product),
      el("div", { class: "lead" },
        category.length ? el("p", { class: "path" }, joined(category, " › ")) : null,
        written("h1", product.title, { tabindex: "-1" }),
        languageBadge(product.title),
        el("p", { class: "by" }, joined([product.brand, product.seller].filter(Boolean), " · ")),
        el("div", { class: "deal" }, offer
          ? [priceLine(offer.price, offer.list_price), stockLine(offer.availability), deliveryLine(offer)]
          : product.offers.length ? el("p", { class: "stock out_of_stock" }, t("no_offer", { market: marketName(market) })) : null),
        url ? el("a", { class: "visit", href: url, rel: "noopener noreferrer nofollow", target: "_blank" },
          t("visit"), icon("out")) : null,
        bullets(product))),
    el("div", { class: "rest" },
      el("div", {},
        otherTitles(product),
        section("description", product.descriptions.map((text) => written("p", text, { class: "prose" })),
          product.descriptions[0] ? languageBadge(product.descriptions[0]) : null),
        variants(product, market),
        offers(product, market),
        facts(product)),
      el("div", {}, said("answers", product.answers), said("reviews", product.reviews))),
  ];
}

/** The offer of a product (or one of its variants) for a market, by the rule that the search's hits follow. */
function offerFor({ offers: own, variants: forms = [] }, market) {
  const offers = own.length ? own : forms.flatMap((variant) => variant.offers);
  if (!market) return offers[0];
  const cheapest = (code) => offers.filter((offer) => offer.market === code)
    .sort((a, b) => a.price.minor - b.price.minor)[0];
  return cheapest(market) ?? cheapest("");
}

function section(key, content, note = null) {
  if (content.length === 0) return null;
  return el("section", { class: key, "aria-labelledby": `part-${key}` },
    el("h2", { id: `part-${key}` }, t(key)), note, content);
}

function gallery(product) {
  const addresses = product.images.filter((address) => safeUrl(address));
  const big = el("div", { class: "big" }, picture(addresses[0], product, { eager: true, alt: product.title.value }));
  if (addresses.length < 2) return el("div", { class: "gallery" }, big);
  const total = addresses.length;
  const buttons = addresses.map((address, i) => {
    const onclick = () => {
      big.replaceChildren(picture(address, product, { eager: true, alt: product.title.value }));
      for (const button of buttons) button.setAttribute("aria-pressed", String(button === buttons[i]));
    };
    const label = t("picture_n", { n: i + 1, total });
    return el("button", { type: "button", "aria-label": label, "aria-pressed": String(i === 0), onclick },
      picture(address, product));
  });
  return el("div", { class: "gallery", role: "group", "aria-label": t("pictures") }, big,
    el("div", { class: "thumbs" }, buttons));
}

const deliveryLine = (offer) =>
  (offer.delivery ? el("p", { class: "delivery" }, icon("parcel"), isolated(offer.delivery)) : null);

function bullets(product) {
  if (product.bullets.length === 0) return null;
  const items = product.bullets.map((text) => written("li", text));
  return el("section", { class: "bullets" }, el("h2", {}, t("highlights")), el("ul", {}, items));
}

function otherTitles(product) {
  const others = product.titles.filter((text) => text.value !== product.title.value || text.lang !== product.title.lang);
  const rows = others.map((text) => el("div", {},
    el("dt", {}, text.language || languageName(text.lang)), written("dd", text)));
  return section("titles_other", rows.length ? [el("dl", { class: "table" }, rows)] : []);
}

function facts(product) {
  const own = product.facts.map((fact) => [isolated(fact.name), [fact.value, fact.unit].filter(Boolean).join(" ")]);
  const codes = [["gtin", product.gtin], ["mpn", product.mpn], ["product_id", product.id]]
    .filter(([, value]) => value).map(([key, value]) => [t(key), value]);
  const rows = [...own, ...codes].map(([name, value]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, isolated(value))));
  return section("facts", [el("dl", { class: "table" }, rows)]);
}

/** Table that scrolls inside its own box, so that the page never scrolls sideways. */
function table(key, heads, rows) {
  const head = el("thead", {}, el("tr", {}, heads.map((text) => el("th", { scope: "col" }, text))));
  const box = { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": `part-${key}` };
  return section(key, [el("div", box, el("table", {}, head, el("tbody", {}, rows)))]);
}

const stockWord = (availability) => (known(availability) ? t(availability) : availability);

function offers(product, market) {
  if (product.offers.length === 0) return null;
  const hasDelivery = product.offers.some((offer) => offer.delivery);
  const rows = product.offers.map((offer) => el("tr", { class: offer.market === market ? "here" : null },
    el("th", { scope: "row" }, marketName(offer.market)),
    el("td", {}, priceLine(offer.price, offer.list_price)),
    el("td", {}, stockWord(offer.availability)),
    hasDelivery ? el("td", {}, isolated(offer.delivery)) : null));
  return table("offers", [t("market"), t("price"), t("availability"), hasDelivery ? t("delivery") : null].filter(Boolean), rows);
}

function variants(product, market) {
  const names = [...new Set(product.variants.flatMap((variant) => variant.options.map((option) => option.name)))];
  const rows = product.variants.map((variant) => {
    const offer = offerFor(variant, market) ?? null;
    const cells = names.map((name) => variant.options.find((option) => option.name === name)?.value ?? "");
    return el("tr", {},
      cells.map((value, i) => el(i ? "td" : "th", i ? {} : { scope: "row" }, isolated(value))),
      el("td", {}, offer ? priceLine(offer.price, offer.list_price) : null),
      el("td", {}, offer ? stockWord(offer.availability) : null));
  });
  if (rows.length === 0 || names.length === 0) return null;
  return table("variants", [...names.map((name) => isolated(name)), t("price"), t("availability")], rows);
}

/** Shoppers' words: the first few, the rest behind a button. */
function said(key, texts) {
  const quotes = texts.map((text, i) => el("li", { hidden: i >= FEW }, quote(text)));
  const list = el("ul", { class: "quotes" }, quotes);
  const open = (event) => {
    for (const each of quotes) each.hidden = false;
    quotes[FEW].tabIndex = -1;
    quotes[FEW].focus();
    event.target.remove();
  };
  const all = texts.length > FEW
    ? el("button", { type: "button", class: "plain", onclick: open }, t("show_all", { n: texts.length })) : null;
  return section(key, texts.length ? [list, all] : [], el("p", { class: "note" }, t("as_written")));
}

function quote(text) {
  const badge = languageBadge(text);
  return el("figure", {}, written("blockquote", text), badge ? el("figcaption", {}, badge) : null);
}
