// The storefront: reads the address, shows the list, a product, a comparison or the profile, and keeps the
// address up to date. It talks to the public HTTP API only.

import { getProduct, getShop } from "./api.js";
import { comparePage, paintTray, startCompare } from "./compare.js";
import { below, el } from "./dom.js";
import { noteClick, noteFrom, noteSearch, noteView } from "./events.js";
import { keep, kept } from "./kept.js";
import { productPage } from "./product.js";
import { profilePage } from "./profile.js";
import { consentLine, homeRails, rail } from "./rails.js";
import { isTranslating, translateSwitch, whyUntranslated } from "./reading.js";
import { listOfHits } from "./results.js";
import { listenToSheet } from "./sheet.js";
import { isHome, listOf, readState, spotOf, writeState } from "./state.js";
import { bestLanguage, directionOf, lang, languages, loadWords, marketName, ownName, speak, t } from "./words.js";

const PAUSE_MS = 150; // typing rests this long before a search starts
const MAX_LANGS = 5; // languages told to the API: the page's, then the browser's

const at = (id) => document.getElementById(id);

let shop = { title: "Dragoman", markets: [], currency: "" };
let state = readState(location.href);
let typing = 0; // timer of the search that waits for the next key
let loading = null; // AbortController of the page on its way
let viewed = ""; // product whose page was noted as seen
let retry = null;

const list = listOfHits({ now: () => state, go, reader, currency: () => shop.currency, say, fail });

/** Languages the shopper reads, best first, and the market they buy in. */
function reader() {
  const own = [lang(), ...navigator.languages].filter((tag, i, all) => tag && all.indexOf(tag) === i);
  return { langs: own.slice(0, MAX_LANGS), market: market() };
}

function market() {
  const wanted = [state.market, kept("market")].find((code) => code === "" || shop.markets.includes(code));
  if (wanted !== undefined) return wanted;
  const regions = navigator.languages.map((tag) => tag.split("-").find((part) => /^[A-Z]{2}$/.test(part)));
  return regions.find((code) => shop.markets.includes(code)) ?? "";
}

/** Speak to screen readers. */
function say(text) {
  at("status").textContent = text;
}

/** Show what went wrong with a way to try again; `null` takes it away. */
function fail(problem, again = null) {
  retry = again;
  if (!problem) return at("trouble").replaceChildren();
  const title = problem.status === 404 ? "error_missing" : "error_title";
  // What the server says is English; our own sentence stands for its silence.
  const said = problem.status
    ? el("p", { lang: "en", dir: "ltr" }, [problem.message, problem.hint].filter(Boolean).join(" – "))
    : el("p", {}, t("error_network"));
  const button = el("button", { type: "button", class: "strong", onclick: () => retry?.() }, t("retry"));
  return at("trouble").replaceChildren(el("div", { class: "trouble" }, el("h2", {}, t(title)), said, again ? button : null));
}

/** Go to a state: a new entry of the history, or the same one while the shopper is still typing. */
function go(next, { draft = false } = {}) {
  clearTimeout(typing);
  const address = writeState(next);
  const replaces = address === writeState(state) || (draft && history.state?.draft);
  history.replaceState({ ...history.state, y: scrollY, lay: belowTop(next.product) }, "");
  if (replaces) history.replaceState({ ...history.state, draft }, "", address);
  else history.pushState({ draft, y: 0, fromList: !spotOf(state) }, "", address);
  const turned = spotOf(next) !== spotOf(state);
  state = next;
  return render({ turned, y: turned ? 0 : null });
}

/** Show the state. `turned`: to another page; `y`: where to scroll; `lay`: where the hit lay; `isReturn`: back to an entry. */
async function render({ turned = false, y = null, lay = null, isReturn = false } = {}) {
  const asked = state;
  if (document.activeElement !== at("q")) at("q").value = state.q;
  at("sort").value = state.sort;
  const start = { ...readState("/"), lang: state.lang, market: state.market };
  at("home").href = writeState(start);
  at("to-profile").href = writeState({ ...start, view: "profile" });
  fail(null);
  const wasProduct = at("product").dataset.id ?? "";
  at("results").hidden = Boolean(spotOf(state));
  at("product").hidden = !state.product;
  at("other").hidden = !spotOf(state) || Boolean(state.product);
  at("rails").hidden = !isHome(state);
  loading?.abort();
  if (spotOf(state)) {
    at("hero").hidden = true;
    if (y !== null) scrollTo({ top: 0, behavior: "instant" });
    await (state.product ? showProduct(turned) : showOther(turned));
  } else {
    viewed = "";
    if (isHome(state)) homeRails(at("rails"), { ...railParts(), isReturn, profile: at("to-profile").href });
    delete at("product").dataset.id;
    at("hero").hidden = !isHome(state);
    document.title = state.q ? `${state.q} – ${shop.title}` : t("app_title", { shop: shop.title });
    const shown = list.show(state);
    if (turned && document.activeElement !== at("q")) focusHit(wasProduct);
    if (y !== null) scrollTo({ top: y, behavior: "instant" });
    await shown;
  }
  if (state !== asked) return; // the shopper went on meanwhile: what is shown now has a place of its own
  // The rows above may be higher than they were: the hit goes where the shopper saw it, be it at the very top.
  const now = lay === null ? null : belowTop(wasProduct);
  if (y || now !== null) scrollTo({ top: now === null ? y : scrollY + now - lay, behavior: "instant" });
}

const hitOf = (id) => [...at("hits").querySelectorAll("a[data-product]")].find((each) => each.dataset.product === id);
const focusHit = (id) => (hitOf(id) ?? at("title")).focus({ preventScroll: true });

const belowTop = (id) => below(hitOf(id)?.closest(".card"));

/** What rows of recommendations need to know. */
const railParts = () => ({ reader, say, address: (id) => writeState({ ...listOf(state), product: id }) });

function showProduct(focus) {
  const { product: id } = state;
  const page = at("product");
  page.dataset.id = id;
  page.replaceChildren(el("div", { class: "top ghost" }, el("div", { class: "picture" })));
  return fill(page, focus, () => showProduct(true), async (signal) => {
    const product = await getProduct(id, { lang: lang(), market: market(), translate: isTranslating() }, signal);
    if (signal.aborted) return [];
    if (viewed !== id) noteView(id);
    viewed = id;
    document.title = `${product.title.value} – ${shop.title}`;
    const { title, descriptions, bullets, reviews, answers } = product;
    whyUntranslated([title, ...descriptions, ...bullets, ...reviews, ...answers])
      .then((why) => { if (why && !signal.aborted) page.querySelector(".deeds")?.after(why); });
    const rails = el("div", { class: "rails" });
    const fillRails = () => rails.replaceChildren(...[...["similar", "together"].map((kind) =>
      rail(kind, { ...railParts(), about: [id] })), consentLine(fillRails)].filter(Boolean));
    fillRails();
    return productPage(product, {
      page, market: market(), back: writeState(listOf(state)), say, more: [rails],
      turn: translateSwitch(() => showProduct(false)),
      searchAddress: (q) => writeState({ ...readState("/"), lang: state.lang, market: state.market, q }),
    });
  });
}

/** The comparison, or the shopper's profile. */
function showOther(focus) {
  const page = at("other");
  if (page.dataset.spot !== spotOf(state)) page.replaceChildren(el("p", { class: "thinking" }, t("loading")));
  page.dataset.spot = spotOf(state);
  const back = writeState(listOf(state));
  const { compare } = state;
  const address = (id) => writeState({ ...listOf(state), product: id });
  document.title = `${t(compare.length ? "compare_title" : "profile")} – ${shop.title}`;
  return fill(page, focus, () => showOther(true), (signal) => (compare.length
    ? comparePage(compare, { market: market(), back, product: address,
      without: (id) => writeState({ ...state, compare: compare.filter((each) => each !== id) }) }, signal)
    : profilePage({ back, say, address, reader: { lang: lang(), market: market() }, again: () => showOther(true) })));
}

/** Fill a page with what `make(signal)` brings, or say what went wrong. */
async function fill(page, focus, again, make) {
  page.setAttribute("aria-busy", "true");
  say(t("loading"));
  loading = new AbortController();
  const { signal } = loading;
  try {
    const content = await make(signal);
    if (signal.aborted) return;
    page.replaceChildren(...content.filter(Boolean));
    say("");
    if (focus) page.querySelector("h1").focus({ preventScroll: true });
  } catch (problem) {
    if (problem.name === "AbortError") return;
    page.replaceChildren(el("a", { class: "back", href: writeState(listOf(state)) }, t("back")));
    fail(problem, () => { fail(null); again(); });
  } finally {
    if (!signal.aborted) page.removeAttribute("aria-busy");
  }
}

/** Write everything the page itself says in the shopper's language. */
function wordPage() {
  speak(bestLanguage([state.lang, kept("lang"), ...navigator.languages].filter(Boolean)) || "en");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  at("q").placeholder = t("search_placeholder");
  at("shop").textContent = shop.title;
  at("home").setAttribute("aria-label", t("home", { shop: shop.title }));
  at("translate").replaceChildren(translateSwitch(() => render()));
  paintTray();
  at("lang").replaceChildren(...languages().map((tag) =>
    el("option", { value: tag, lang: tag, dir: directionOf(tag) }, ownName(tag))));
  at("lang").value = lang();
  const markets = shop.markets.map((code) => [marketName(code), code])
    .sort(([a], [b]) => a.localeCompare(b, lang()));
  at("market").replaceChildren(...[[t("market_any"), ""], ...markets].map(([name, value]) => el("option", { value }, name)));
  at("market").value = market();
  at("sort").replaceChildren(...["relevance", "price_up", "price_down"].map((value) => el("option", { value }, t(`sort_${value}`))));
  at("greetings").replaceChildren(...languages().filter((tag) => tag !== lang()).map((tag) =>
    el("span", { lang: tag, dir: directionOf(tag) }, t("greeting", {}, tag))));
}

function choose(name, value) {
  keep(name, value);
  const next = { ...state, [name]: value };
  if (name === "lang") {
    state = { ...state, lang: value };
    wordPage();
  }
  go(next);
}

/** Follow a link of the page itself without loading the page again. */
function follow(event) {
  const link = event.target.closest("a[href]");
  const isPlain = !(event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey);
  if (!link || !isPlain) return undefined;
  if (link.matches(".skip")) {
    event.preventDefault();
    return (at("main").querySelector(":is(#product, #other):not([hidden]) h1") ?? at("title")).focus();
  }
  const url = new URL(link.href);
  if (link.target || url.origin !== location.origin || url.pathname !== "/" || url.hash) return undefined;
  event.preventDefault();
  if (link.dataset.impression) noteClick(link.dataset);
  if (link.hasAttribute("data-back") && history.state?.fromList) return history.back(); // to the same hit
  if (link.id === "home") at("q").value = "";
  return go(readState(url.href));
}

function search({ draft }) {
  clearTimeout(typing);
  const q = at("q").value.trim().toWellFormed?.() ?? at("q").value.trim(); // half an emoji is no text
  if (q === state.q && !spotOf(state) && draft) return;
  if (!draft) noteSearch(q);
  go({ ...listOf(state), q }, { draft });
}

function listenToSearch() {
  const box = at("q");
  const type = (event) => {
    clearTimeout(typing);
    if (!event.isComposing) typing = setTimeout(() => search({ draft: true }), PAUSE_MS);
  };
  box.addEventListener("input", type);
  box.addEventListener("compositionend", type); // an input method finished a word
  at("search").addEventListener("submit", (event) => {
    event.preventDefault();
    search({ draft: false });
    if (matchMedia("(pointer: coarse)").matches) at("title").focus({ preventScroll: true }); // hides the on-screen keyboard
  });
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (event.key !== "/" || writes || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

function listen() {
  listenToSearch();
  listenToSheet();
  document.addEventListener("click", follow);
  at("lang").addEventListener("change", (event) => choose("lang", event.target.value));
  at("market").addEventListener("change", (event) => choose("market", event.target.value));
  at("sort").addEventListener("change", (event) => go({ ...state, sort: event.target.value }));
  addEventListener("popstate", (event) => {
    const before = state;
    state = readState(location.href);
    if (state.lang !== before.lang) wordPage();
    at("market").value = market();
    at("q").value = state.q;
    render({ turned: spotOf(state) !== spotOf(before), y: event.state?.y ?? 0, lay: event.state?.lay ?? null, isReturn: true });
  });
  addEventListener("pagehide", () => history.replaceState({ ...history.state, y: scrollY }, ""));
  history.scrollRestoration = "manual"; // the list is there before the browser could know its height
}

async function start() {
  const opening = getShop().then((answer) => { shop = { ...shop, ...answer }; });
  await loadWords();
  try {
    await opening;
  } catch (problem) {
    wordPage();
    fail(problem, () => location.reload());
    return;
  }
  noteFrom(market);
  startCompare((ids) => writeState({ ...listOf(state), compare: ids }));
  wordPage();
  listen();
  await render({ y: history.state?.y ?? null });
}

start();
