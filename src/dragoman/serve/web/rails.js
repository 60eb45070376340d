// Rows of recommendations, each card with its reason in the shopper's language, and the line that asks for consent.

import { postRecommend } from "./api.js";
import { priceLine } from "./cards.js";
import { el, icon, picture, written } from "./dom.js";
import { agree, consent, deeds, isKnown, note, refuse, watch, whoAsks } from "./events.js";
import { isTranslating, reading } from "./reading.js";
import { t } from "./words.js";

const MOST = 12; // cards of a row

/**
 * A row of recommendations that fills itself; it goes away when there are none.
 *
 * `kind` is the API's; `about` the ids of the products at hand; `reader()` tells {langs, market}; `address(id)` is a
 * product's page; `say(text)` speaks to screen readers.
 */
export function rail(kind, { about = [], reader, address, say, profile = "" }) {
  const id = `rail-${kind}`;
  const list = el("ul", { class: "picks", "aria-busy": "true" }, Array.from({ length: 6 }, () => el("li", { class: "pick ghost" },
    el("div", { class: "picture" }), el("p", { class: "line" }), el("p", { class: "line short" }))));
  const row = el("section", { class: "rail", "aria-labelledby": id },
    el("div", { class: "rail-head" }, el("h2", { id }, t(`rail_${kind}`)),
      profile ? el("a", { class: "quiet", href: profile }, icon("person"), t("profile")) : null), list);

  function drop(card, hit) {
    note("dismiss", { product: hit.id });
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    say(t("dismissed"));
    if (next) next.querySelector("button.dismiss").focus();
    else row.remove();
  }

  async function fill() {
    try {
      const who = await whoAsks();
      const found = await postRecommend({ kind, about, ...reader(), ...who, k: MOST, translate: isTranslating() });
      if (found.hits.length === 0) return row.remove();
      list.replaceChildren(...found.hits.map((hit, i) => pick(hit, {
        address: address(hit.id), impression: found.impression, position: i + 1, drop })));
    } catch {
      row.remove(); // tips are no reason to trouble the shopper
    } finally {
      list.removeAttribute("aria-busy");
    }
    return undefined;
  }
  fill();
  return row;
}

function pick(hit, { address, impression, position, drop }) {
  const shown = reading();
  const title = shown.place("h3", hit.title, {}, (value) => el("a", {
    href: address, "data-product": hit.id, "data-impression": impression, "data-position": position }, value));
  const unwanted = t("dismiss", { name: hit.title.value });
  const card = el("li", { class: "pick" },
    picture(hit.image, hit),
    title, shown.mark(), priceLine(hit.price, hit.list_price),
    el("p", { class: "reason" }, icon("spark"), written("span", hit.reason.text)),
    el("button", { type: "button", class: "dismiss", title: unwanted, "aria-label": unwanted, onclick: () => drop(card, hit) }, icon("close")));
  watch(card, { product: hit.id, impression, position });
  return card;
}

/** Asks once whether the shopper may be remembered; null when that is settled. `settled()` follows a yes. */
export function consentLine(settled) {
  if (consent()) return null;
  const yes = async () => {
    line.remove();
    await agree();
    settled();
  };
  const no = () => { refuse(); line.remove(); };
  const line = el("aside", { class: "consent", "aria-label": t("profile") },
    el("p", {}, icon("person"), el("span", {}, t("consent_ask"))),
    el("div", {}, el("button", { type: "button", class: "plain", onclick: yes }, t("consent_yes")),
      el("button", { type: "button", class: "plain", onclick: no }, t("consent_no"))));
  return line;
}

/**
 * The rows of the first page in `box`, anew when there is something new to go by. `isReturn`: as many rows as
 * before, so that the list below stays where it was.
 */
export function homeRails(box, { isReturn, reader, address, say, profile }) {
  const had = box.querySelectorAll(".rail").length;
  const key = JSON.stringify([reader(), isTranslating(), deeds()]);
  const wanted = isKnown() ? ["for_you", "trending"] : ["trending"];
  const kinds = isReturn && had ? wanted.slice(0, had) : wanted;
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  const settled = () => homeRails(box, { isReturn: false, reader, address, say, profile });
  const rows = kinds.map((kind) => rail(kind, { reader, address, say, profile: kind === "for_you" ? profile : "" }));
  box.replaceChildren(...[...rows, consentLine(settled)].filter(Boolean));
}
