// What the shopper does, told to the shop only with their consent; without it, it stays in this tab and goes
// along with a request for recommendations, which uses it and keeps nothing. Knows no elements but those it watches.

import { postEvents } from "./api.js";
import { keep, kept, token, visitKeep, visitKept } from "./kept.js";
import { lang } from "./words.js";

const MOST = 100; // events of a visit that are kept; the oldest go
const WAIT_MS = 300; // events of one moment go together
const SEEN_MS = 1000; // a card counts as shown after so long,
const SEEN_PART = 0.5; // with so much of it on the screen

let market = () => "";
let queue = [];
let timer = 0;
let sending = Promise.resolve();
let searched = ""; // the last words told as a search
let found = { query: "", hits: 0 }; // the last list that came
let waiting = { query: "" }; // words sent off, whose list is not here yet
let clicked = {}; // the last card that was followed
let count = 0; // what the shopper did since the page opened

/** Tell where the shopper buys, whenever it is asked. */
export function noteFrom(where) {
  market = where;
  addEventListener("pagehide", () => { tellWaiting(); flush(); });
}

/** "yes", "no" for this visit, or "" when nobody asked yet. */
export const consent = () => (kept("shopper") ? "yes" : visitKept("consent", ""));

/** The shopper's random name, "" without consent. */
export const shopper = () => kept("shopper") ?? "";

/** What this visit did, while there is no consent. */
export const visit = () => visitKept("visit", []);

/** Whether anything is known that recommendations can rest on. */
export const isKnown = () => Boolean(shopper() || visit().some((event) => event.kind !== "search"));

/** How much the shopper did since the page opened: recommendations are old when it has grown. */
export const deeds = () => count;

/** From now on remember, beginning with this visit. */
export async function agree() {
  keep("shopper", token());
  queue.push(...visit());
  visitKeep("visit", []);
  await flush();
}

/** Remember nothing; asked again at the next visit, for not even the refusal is stored. */
export function refuse() {
  visitKeep("consent", "no");
}

/** Forget this browser's part: the random name, and this visit, or one product of it. */
export function forgetHere(product = "") {
  visitKeep("visit", product ? visit().filter((event) => event.product !== product) : []);
  if (product) return;
  keep("shopper", null);
  queue = [];
  waiting = { query: "" };
}

/** Note one thing that the shopper did. */
export function note(kind, fields = {}) {
  if (kind !== "show") count += 1;
  const event = { id: token(), kind, at: Date.now() / 1000, market: market(), lang: lang(), ...fields };
  if (shopper()) {
    queue.push(event);
    clearTimeout(timer);
    timer = setTimeout(flush, WAIT_MS);
  } else if (kind !== "show") {
    visitKeep("visit", [...visit(), event].slice(-MOST));
  }
}

/** Send what waits; resolves when the shop has it. A shop that does not answer costs the events, not the page. */
export function flush() {
  clearTimeout(timer);
  const events = queue.map((event) => ({ ...event, shopper: shopper() }));
  queue = [];
  if (events.length) sending = sending.then(() => postEvents(events)).catch(() => undefined);
  return sending;
}

/** For whom recommendations are: a name, or what this visit did. */
export async function whoAsks() {
  await flush();
  return shopper() ? { shopper: shopper() } : { session: visit() };
}

/** Note words searched for, once in a row, with how many products they found as soon as that is known. */
export function noteSearch(query) {
  if (!query || query === searched || query === waiting.query) return;
  tellWaiting();
  waiting = { query, at: Date.now() / 1000 };
  if (found.query === query) tellWaiting(found.hits);
}

/** Note that a list of hits came: of these words, so many in all. */
export function noteFound(query, hits) {
  found = { query, hits };
  if (query && query === waiting.query) tellWaiting(hits);
}

function tellWaiting(hits = null) {
  if (!waiting.query) return;
  searched = waiting.query;
  note("search", { ...waiting, ...(hits === null ? {} : { hits }) });
  waiting = { query: "" };
}

/** Note that a card was followed: its link says which list it stood in. */
export function noteClick({ product, impression, position, query = "" }) {
  noteSearch(query);
  clicked = { product, impression, position: Number(position) };
  note("click", clicked);
}

/** Note that a product's page is open, and the list that led there. */
export function noteView(product) {
  note("view", clicked.product === product ? clicked : { product });
}

const watched = new WeakMap();
const seeing = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const one = watched.get(target);
    clearTimeout(one.timer);
    if (!isIntersecting) continue;
    one.timer = setTimeout(() => {
      seeing.unobserve(target);
      note("show", one.fields);
    }, SEEN_MS);
  }
}, { threshold: SEEN_PART });

/** Note a card as shown once the shopper had time to see it. */
export function watch(node, fields) {
  watched.set(node, { fields, timer: 0 });
  seeing.observe(node);
}
