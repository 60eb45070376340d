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

/** What the shop holds. */
export const getShop = () => call("/v1/shop");

/** One product, for a reader of `lang` in `market`. */
export function getProduct(id, { lang, market }, signal) {
  // Slashes stay slashes: ids of real feeds contain them and the API takes the rest of its path as the id.
  const path = id.split("/").map(encodeURIComponent).join("/");
  return call(`/v1/products/${path}?${new URLSearchParams({ lang, market })}`, { signal });
}

/** One page of hits for a state; `cursor` asks for the page after. */
export function postSearch(state, { langs, market, cursor = "", k = 24 }, signal) {
  const { filters } = state;
  const asked = {
    query: state.q, langs, market, k, cursor, sort: state.sort, facets: !cursor,
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
  const headers = { "content-type": "application/json" };
  return call("/v1/search", { method: "POST", headers, body: JSON.stringify(asked), signal });
}
