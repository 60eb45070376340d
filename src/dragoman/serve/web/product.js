// The page of one product: everything the catalogue and its shoppers say, as they said it or translated.

import { askBox } from "./ask.js";
import { priceLine, stockLine } from "./cards.js";
import { el, icon, isolated, joined, picture, safeUrl, written } from "./dom.js";
import { note } from "./events.js";
import { keyFacts } from "./keyfacts.js";
import { remember } from "./places.js";
import { reading } from "./reading.js";
import { known, languageName, marketName, t } from "./words.js";

const FEW = 4; // reviews and answers shown before "show all"

/**
 * The whole page of `product`, put into `page`, for a shopper who buys in `market`; `back` is where the list is,
 * `turn` the switch "Translate", `searchAddress(words)` a search, `more` what follows, `say(text)` speaks to screen readers.
 */
export function productPage(product, { page, market, back, turn, searchAddress, more, say }) {
  const offer = offerFor(product, market);
  const category = (product.category_translation?.value ?? product.category).split(" > ").filter(Boolean);
  const url = safeUrl(product.url);
  const title = reading();
  return [
    el("a", { class: "back", href: back, "data-back": true }, icon("back"), t("back")),
    el("div", { class: "top" },
      gallery(product),
      el("div", { class: "lead" },
        category.length ? el("p", { class: "path" }, joined(category, " › ")) : null,
        title.place("h1", product.title, { tabindex: "-1", kind: "title" }),
        title.mark(),
        el("p", { class: "by" }, joined([product.brand, product.seller].filter(Boolean), " · ")),
        el("div", { class: "deal" }, offer
          ? [priceLine(offer.price, offer.list_price), stockLine(offer.availability), deliveryLine(offer)]
          : product.offers.length ? el("p", { class: "stock out_of_stock" }, t("no_offer", { market: marketName(market) })) : null),
        el("div", { class: "deeds" },
          url ? el("a", { class: "visit", href: url, rel: "noopener noreferrer nofollow", target: "_blank" },
            t("visit"), icon("out")) : null, deeds(product, say), turn),
        bullets(product))),
    el("div", { class: "insight" }, askBox(product, { page, market, searchAddress }), keyFacts(product)),
    el("div", { class: "rest" },
      el("div", {},
        otherTitles(product),
        descriptions(product),
        variants(product, market),
        offers(product, market),
        facts(product)),
      el("div", {}, said("answers", product.answers, "answer"), said("reviews", product.reviews, "review"))),
    ...more,
  ];
}

/** What a shopper can do with a product here: like it, share it. */
function deeds(product, say) {
  const like = el("button", { type: "button", class: "plain", "aria-pressed": "false", onclick: () => {
    if (like.getAttribute("aria-pressed") === "true") return;
    like.setAttribute("aria-pressed", "true");
    note("like", { product: product.id });
  } }, icon("heart"), t("like"));
  const share = el("button", { type: "button", class: "plain", onclick: async () => {
    const url = location.href;
    try {
      if (navigator.share) await navigator.share({ title: product.title.value, url });
      else await navigator.clipboard.writeText(url);
    } catch {
      return; // the shopper thought better of it
    }
    note("share", { product: product.id });
    if (!navigator.share) share.lastChild.textContent = t("shared");
    say(t("shared"));
  } }, icon("share"), el("span", {}, t("share")));
  return navigator.share || navigator.clipboard ? [like, share] : [like];
}

/** The offer of a product (or one of its variants) for a market, by the rule that the search's hits follow. */
function offerFor({ offers: own, variants: forms = [] }, market) {
  const offers = own.length ? own : forms.flatMap((variant) => variant.offers);
  if (!market) return offers[0];
  const cheapest = (code) => offers.filter((offer) => offer.market === code)
    .sort((a, b) => a.price.minor - b.price.minor)[0];
  return cheapest(market) ?? cheapest("");
}

function section(key, content, mark = null) {
  if (content.length === 0) return null;
  return el("section", { class: key, "aria-labelledby": `part-${key}` },
    el("h2", { id: `part-${key}` }, t(key)), mark, content);
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
  const shown = reading();
  const items = product.bullets.map((text) => shown.place("li", text, { kind: "bullet" }));
  return el("section", { class: "bullets" }, el("h2", {}, t("highlights")), shown.mark(), el("ul", {}, items));
}

function descriptions(product) {
  const shown = reading();
  const texts = product.descriptions.map((text) => shown.place("p", text, { class: "prose", kind: "description" }));
  return section("description", texts, shown.mark());
}

function otherTitles(product) {
  const others = product.titles.filter((text) => text.value !== product.title.value || text.lang !== product.title.lang);
  const rows = others.map((text) => el("div", {},
    el("dt", {}, text.language || languageName(text.lang)), remember(written("dd", text), "title", text.value)));
  return section("titles_other", rows.length ? [el("dl", { class: "table" }, rows)] : []);
}

function facts(product) {
  const own = product.facts.map((fact) => {
    const value = [fact.value, fact.unit].filter(Boolean).join(" ");
    return remember(row(isolated(fact.name), value), "attribute", `${fact.name}: ${value}`);
  });
  const codes = [["gtin", product.gtin], ["mpn", product.mpn], ["product_id", product.id]]
    .filter(([, value]) => value).map(([key, value]) => row(t(key), value));
  return section("facts", [el("dl", { class: "table" }, own, codes)]);
}

const row = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, isolated(value)));

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
function said(key, texts, kind) {
  const quotes = texts.map((text, i) => el("li", { hidden: i >= FEW }, quote(text, kind)));
  const list = el("ul", { class: "quotes" }, quotes);
  const open = (event) => {
    for (const each of quotes) each.hidden = false;
    quotes[FEW].tabIndex = -1;
    quotes[FEW].focus();
    event.target.remove();
  };
  const all = texts.length > FEW
    ? el("button", { type: "button", class: "plain", onclick: open }, t("show_all", { n: texts.length })) : null;
  const isAsWritten = texts.every((text) => !text.translation);
  return section(key, texts.length ? [list, all] : [], isAsWritten ? el("p", { class: "note" }, t("as_written")) : null);
}

function quote(text, kind) {
  const shown = reading();
  const words = shown.place("blockquote", text, { kind });
  const mark = shown.mark();
  return el("figure", {}, words, mark ? el("figcaption", {}, mark) : null);
}
