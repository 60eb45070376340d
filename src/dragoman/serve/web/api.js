// The public HTTP API, and nothing else of the server.

/** What went wrong, as problem+json says it (RFC 9457); `status` 0 means that nobody answered. */
export class Problem extends Error {
  constructor({ status = 0, detail = "", hint = "" }) {
    super(detail);
    this.status = status;
    this.hint = hint;
  }
}

async function call(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error; // overtaken by a newer request
    throw new Problem({});
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem({ detail: answer.statusText, ...body, status: answer.status });
  return body;
}

function post(path, asked, { signal, keepalive = false } = {}) {
  const headers = { "content-type": "application/json" };
  return call(path, { method: "POST", headers, body: JSON.stringify(asked), signal, keepalive });
}

// Slashes stay slashes: ids of real feeds contain them and the API takes the rest of its path as the id.
const pathOf = (id) => id.split("/").map(encodeURIComponent).join("/");

/** What the shop holds. */
export const getShop = () => call("/v1/shop");

/** One product, for a reader of `lang` in `market`; `translate` puts translations beside foreign texts. */
export function getProduct(id, { lang, market, translate = false }, signal) {
  return call(`/v1/products/${pathOf(id)}?${new URLSearchParams({ lang, market, translate })}`, { signal });
}

/** One page of hits for a state; `cursor` asks for the page after. */
export function postSearch(state, { langs, market, cursor = "", k = 24, translate = false }, signal) {
  const { filters } = state;
  const asked = {
    query: state.q, langs, market, k, cursor, sort: state.sort, facets: !cursor, translate,
    filters: {
      brand: filters.brand, category: filters.category, seller: filters.seller,
      availability: filters.availability, lang: filters.written, facts: filters.facts,
    },
  };
  if (filters.low || filters.high) {
    const price = { currency: filters.currency };
    if (filters.low) price.low = Number(filters.low);
    if (filters.high) price.high = Number(filters.high);
    asked.filters.price = price;
  }
  return post("/v1/search", asked, { signal });
}

/** What pages say to a question about the products `about`. */
export const postAnswer = (asked, signal) => post("/v1/answer", asked, { signal });

/** The facts that a product's words state. */
export const postExtract = (product, langs) => post("/v1/extract", { product, langs });

/** A list of recommendations. */
export const postRecommend = (asked) => post("/v1/recommend", asked);

/** Tell what a shopper did; outlives the page. */
export const postEvents = (events) => post("/v1/events", events, { keepalive: true });

/** Who translates, and between which languages well enough to be shown. */
export const getPairs = () => call("/v1/translate/pairs");

const profilePath = (shopper) => `/v1/profile/${encodeURIComponent(shopper)}`;

/** What is known of a shopper. */
export const getProfile = (shopper, lang) => call(`${profilePath(shopper)}?${new URLSearchParams({ lang })}`);

/** Forget what a shopper did with one product, or ("") all that they did. */
export const deleteProfile = (shopper, product = "") =>
  call(profilePath(shopper) + (product ? `/products/${pathOf(product)}` : ""), { method: "DELETE" });
