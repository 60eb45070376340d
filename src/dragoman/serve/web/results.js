// The list of hits: asks the API, keeps what came, and shows it with its filters and notices.

import { postSearch } from "./api.js";
import { bestParts, card, skeletons } from "./cards.js";
import { paintTray } from "./compare.js";
import { el, icon, isolated } from "./dom.js";
import { noteFound } from "./events.js";
import { chips, conditionName, facetGroups, learn } from "./facets.js";
import { token } from "./kept.js";
import { isTranslating, whyUntranslated } from "./reading.js";
import { chosen, isHome, isWithin, listOf, noFilters, spotOf, toggled, writeState } from "./state.js";
import { known, languageName, t } from "./words.js";

const EAGER = 4; // pictures of the first row load at once, the others when they come near
const DOORS = 7; // ways in on the first page
const SURE = 0.6; // a query's language is named when it is at least this likely

const at = (id) => document.getElementById(id);
const isBelow = (path, other) => path !== other && isWithin(path, other);

/**
 * The list view. `now()` is the state at this moment, `go(state)` navigates, `reader()` tells {langs, market}, `currency()` the shop's own,
 * `say(text)` speaks to screen readers, `fail(problem, retry)` shows what went wrong.
 */
export function listOfHits({ now, go, reader, currency, say, fail }) {
  let asked = null; // key of the question whose hits are shown
  let hits = [];
  let last = null; // the last answer
  let impression = ""; // name of the list that is shown
  let running = null; // AbortController of the request on its way

  const keyOf = (state) => JSON.stringify([listOf(state), reader(), isTranslating()]);

  /** Whether the shopper still looks at the list: what comes later is put in its place, but nothing is said of it. */
  const isOpen = () => !spotOf(now());

  /** The signal of a new request, which overtakes the one on its way. */
  function overtake() {
    running?.abort();
    running = new AbortController();
    return running.signal;
  }

  /** Show the hits for a state, asking only when they are not shown already. */
  async function show(state) {
    const key = keyOf(state);
    if (key === asked) {
      if (at("hits").hasAttribute("aria-busy")) { // back before a newer search has answered: it is wanted no more
        overtake();
        at("hits").removeAttribute("aria-busy");
        heading(state);
      }
      return;
    }
    heading(state);
    at("hits").setAttribute("aria-busy", "true");
    if (!hits.length) {
      at("hits").replaceChildren(...skeletons(8));
      say(t("searching"));
    }
    const signal = overtake();
    const asker = reader();
    try {
      const answer = await postSearch(state, { ...asker, translate: isTranslating() }, signal);
      if (signal.aborted) return;
      [asked, hits, last, impression] = [key, answer.hits, answer, token()];
      learn(answer.facets, asker.langs[0]);
      noteFound(state.q, answer.total);
      paint(state);
      if (!isOpen()) return;
      fail(null);
      say([t("results", { n: answer.total }), ...notices(state).map((each) => each.textContent)].join(". "));
    } catch (problem) {
      if (problem.name === "AbortError") return;
      forget();
      if (isOpen()) fail(problem, () => show(state)); // else coming back asks again
    } finally {
      if (!signal.aborted) at("hits").removeAttribute("aria-busy");
    }
  }

  async function more(state) {
    const button = at("more");
    button.setAttribute("aria-disabled", "true");
    const signal = overtake();
    try {
      const answer = await postSearch(state, { ...reader(), cursor: last.cursor, translate: isTranslating() }, signal);
      if (signal.aborted) return;
      const first = hits.length;
      [hits, last] = [[...hits, ...answer.hits], { ...last, cursor: answer.cursor, total: answer.total }];
      at("hits").append(...cards(state, first));
      foot(state);
      if (!isOpen()) return;
      say(t("shown_of", { shown: hits.length, total: last.total }));
      at("hits").children[first]?.querySelector("a")?.focus();
    } catch (problem) {
      if (problem.name !== "AbortError" && isOpen()) fail(problem, () => more(state));
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  function forget() {
    [asked, hits, last] = [null, [], null];
    for (const id of ["count", "shown", "notices", "facets", "hits", "doors"]) at(id).replaceChildren();
    at("more").hidden = true;
  }

  function heading(state) {
    at("title").replaceChildren(state.q
      ? t("results_for", { query: state.q }) : t(isHome(state) ? "browse" : "results_filtered"));
    at("hero").hidden = !isHome(now());
    at("chosen").replaceChildren(...chips(state.filters, {
      drop: (kind, value) => narrow((filters) => toggled(filters, kind, value), "title"),
      clear: () => narrow(noFilters, "title"),
    }));
    const count = chosen(state.filters).length;
    at("filter-count").hidden = count === 0;
    at("filter-count").textContent = String(count);
  }

  /** Change the filters of the state as it is now: a box may be left after the list has moved on. */
  function narrow(change, focus = "") {
    const state = now();
    go({ ...state, filters: change(state.filters) });
    if (focus) at(focus).focus({ preventScroll: true });
  }

  function paint(state) {
    heading(state);
    const counted = t("results", { n: last.total });
    at("count").replaceChildren(el("span", {}, counted), ...understood(state));
    at("close-filters").textContent = t("show_results", { n: last.total });
    at("notices").replaceChildren(...notices(state));
    at("hits").replaceChildren(...(hits.length ? cards(state, 0) : [empty(state)]));
    facets(state);
    doors(state);
    foot(state);
    paintTray();
    const shown = impression;
    whyUntranslated(hits.map((hit) => hit.title)).then((why) => { if (why && shown === impression) at("notices").append(why); });
  }

  function cards(state, from) {
    const best = bestParts(hits);
    return hits.slice(from).map((hit, i) =>
      card(hit, {
        address: writeState({ ...state, product: hit.id }), best, eager: from + i < EAGER,
        seen: { impression, position: from + i + 1, query: state.q },
      }));
  }

  function foot(state) {
    const rest = Boolean(last.cursor);
    at("shown").textContent = hits.length ? t("shown_of", { shown: hits.length, total: Math.max(last.total, hits.length) }) : "";
    at("more").hidden = !rest;
    at("more").onclick = () => more(state);
  }

  function understood(state) {
    if (!state.q) return [];
    const { langs, brands } = last.understood;
    const [[lang, share] = ["", 0]] = Object.entries(langs).sort((a, b) => b[1] - a[1]);
    const parts = [
      share >= SURE ? t("read_as", { language: languageName(lang) }) : "",
      brands.length ? t("brand_seen", { brand: brands.join(", ") }) : "",
    ];
    return parts.filter(Boolean).map((part) => el("span", {}, part));
  }

  function notices(state) {
    const found = [];
    if (last.relaxed.length) {
      const names = last.relaxed.map(droppedName).join(", ");
      found.push(el("p", { class: "notice" }, icon("filter"), el("span", {}, t("relaxed", { conditions: names }))));
    }
    const { corrected } = last.understood;
    if (corrected && corrected !== state.q) {
      const href = writeState({ ...state, q: corrected });
      found.push(el("p", { class: "notice" }, icon("lens"), el("span", {}, t("corrected", { query: corrected })), " ",
        el("a", { href }, t("corrected_only"))));
    }
    return found;
  }

  function empty(state) {
    const clear = chosen(state.filters).length
      ? el("button", { type: "button", class: "plain", onclick: () => narrow(noFilters, "title") }, t("clear_filters"))
      : null;
    return el("li", { class: "empty" }, icon("lens"), el("h2", {}, t("empty_title")), el("p", {}, t("empty_text")), clear);
  }

  /** Facets again, with the focus where it was. */
  function facets(state) {
    const form = at("facets");
    const key = form.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    const prices = new Map();
    for (const { price } of hits) if (price) prices.set(price.currency, (prices.get(price.currency) ?? 0) + 1);
    const seen = [...prices].sort((a, b) => b[1] - a[1]).map(([code]) => code);
    form.replaceChildren(...facetGroups(last.facets, state.filters, {
      toggle: (kind, value) => narrow((filters) => toggled(filters, kind, value)),
      setPrice: (price) => narrow((filters) => ({ ...filters, ...price })),
      currencies: [...seen, currency()],
    }));
    if (key) [...form.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key)?.focus({ preventScroll: true });
  }

  /** Ways in for a shopper who asked for nothing yet: the shop's largest categories, else brands. */
  function doors(state) {
    if (!isHome(state)) return;
    const facet = ["category", "brand"].map((name) => last.facets.find((each) => each.name === name))
      .find((each) => each?.counts.length > 1);
    at("doors").replaceChildren(...(facet?.counts ?? []).filter((each, _, all) => each.value && !all.some((above) => isBelow(each.value, above.value))).slice(0, DOORS).map(({ value }) => {
      const href = writeState({ ...state, filters: toggled(state.filters, facet.name, value) });
      return el("li", {}, el("a", { href, class: "door" }, isolated(conditionName(facet.name, value, state.filters))));
    }));
  }

  return { show };
}

const DROPPED = { prices: "price", brands: "brand", sellers: "seller", categories: "category", langs: "written_in" };

/** Title of a condition that the search dropped, by the name the API gives it. */
function droppedName(name) {
  const key = DROPPED[name] ?? name;
  return known(key) ? t(key) : name;
}
