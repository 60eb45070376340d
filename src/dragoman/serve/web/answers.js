// An answer of the API as the shopper sees it: the words, what they stand on, and what speaks against them.

import { bar, el, icon, isolated, written } from "./dom.js";
import { passageWithQuote, placeOf, showPlace } from "./places.js";
import { languageBadge, translationMark } from "./reading.js";
import { known, t } from "./words.js";

const UNSTATED = ["not_stated", "not_in_shop", "unverified"]; // declined for want of words, not of sense

/** What the API answered to a question about the product shown in `page`; `searchAddress(words)` is a search. */
export function answerView(question, made, { page, searchAddress }) {
  const show = { page, searchAddress };
  if (made.declined) return el("article", { class: "reply declined" }, asked(question), declined(question, made, show));
  // Opinions and their counts are shown as such; their sentence would say it all twice.
  const body = made.opinions.length
    ? el("ul", { class: "opinions" }, made.opinions.map((opinion, i) => opinionView(opinion, i === 0, show)))
    : [written("p", made.text, { class: "said" }), evidence(made, show)];
  return el("article", { class: "reply" }, asked(question), verdict(made.verdict), body);
}

const asked = (question) => el("h3", { dir: "auto" }, question);

function verdict(value) {
  if (!value) return null;
  const picture = { yes: "check", no: "close", mixed: "split" }[value];
  return el("p", { class: `verdict ${value}` }, icon(picture), t(`verdict_${value}`));
}

function declined(question, made, { searchAddress }) {
  const isUnstated = UNSTATED.includes(made.declined);
  const search = el("a", { class: "plain", href: searchAddress(question) }, icon("search"),
    el("span", {}, t("declined_search", { query: question })));
  return [
    isUnstated ? el("p", { class: "verdict none" }, icon("lens"), t("declined_title")) : null,
    written("p", made.text, { class: "said" }),
    isUnstated ? search : null,
  ];
}

/** The quotes that an answer stands on; where others contradict them, both sides beside each other. */
function evidence({ citations, against }, show) {
  if (against.length === 0) return quotes(citations, show);
  const side = (key, cited) => el("section", {}, el("h4", {}, t(key)), quotes(cited, show));
  return el("div", { class: "sides" }, side("evidence_for", citations), side("evidence_against", against));
}

const quotes = (citations, show) => el("div", { class: "evidence" }, unique(citations).map((cited) => quote(cited, show)));

const unique = (citations) => citations.filter((cited, i) =>
  citations.findIndex((other) => other.kind === cited.kind && other.quote.value === cited.quote.value) === i);

function quote(cited, { page }) {
  const kind = known(`kind_${cited.kind}`) ? t(`kind_${cited.kind}`) : cited.kind;
  const hint = el("span", { class: "unseen" }, ` ${t("place_show")}`);
  const link = el("a", { href: "#product", title: t("place_show"), onclick: open }, el("span", {}, cited.quote.value));
  const whole = el("div", { hidden: true });
  const figure = el("figure", { class: `quote ${cited.kind}` },
    written("blockquote", cited.quote, {}, link),
    translation(cited), whole,
    el("figcaption", {}, el("span", { class: "kind" }, kind), hint, languageBadge(cited.quote)));

  function open(event) {
    event.preventDefault(); // a place on this page, not an entry of the history
    const node = placeOf(page, cited);
    if (node) return showPlace(node, cited.quote.value, link);
    whole.replaceChildren(passageWithQuote("p", cited));
    whole.hidden = !whole.hidden;
    return undefined;
  }
  return figure;
}

function translation({ translation: made, quote: original }) {
  if (!made) return null;
  return el("div", { class: "beside" }, written("p", made),
    el("p", { class: "badge" }, icon("translate"), translationMark({ machine: made.source === "machine" }, original)));
}

/** What buyers say about one side of a product: how many, which way, in whose words. */
function opinionView(opinion, isOpen, show) {
  const { aspect, good, bad } = opinion;
  const name = known(`aspect_${aspect}`) ? t(`aspect_${aspect}`) : aspect;
  const side = (key, cited) => (cited.length ? el("section", {}, el("h4", {}, t(key)), quotes(cited, show)) : null);
  const counts = el("span", { class: "counts" },
    el("span", { class: "good" }, t("opinion_good", { n: good })), bar(good / Math.max(1, good + bad)),
    el("span", { class: "bad" }, t("opinion_bad", { n: bad })));
  return el("li", {}, el("details", { class: "opinion", open: isOpen },
    el("summary", {}, el("strong", {}, isolated(name)), counts, icon("chevron")),
    el("div", { class: "sides" }, side("praise", opinion.praise), side("blame", opinion.blame))));
}
