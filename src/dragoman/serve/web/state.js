// What the shopper looks at, as a value, and the same as an address: so that back, forward, reload and a
// shared link all show the same thing. Knows addresses, never elements.

export const LISTS = ["brand", "category", "seller", "availability", "written"];
const SORTS = ["relevance", "price_up", "price_down"];
const FACT = "fact:";
const COMPARED = 4; // products side by side

/** Between the steps of a category path, broad to narrow. */
export const PATH = " > ";

/** Whether category `path` is `ancestor` or lies below it. */
export const isWithin = (path, ancestor) => path === ancestor || path.startsWith(ancestor + PATH);

/** Filters of a fresh search: none. */
export const noFilters = () => ({
  brand: [], category: [], seller: [], availability: [], written: [], facts: {}, low: "", high: "", currency: "",
});

/** The state an address stands for; what it does not say is "" or empty. */
export function readState(address) {
  const params = new URL(address, location.origin).searchParams;
  const filters = noFilters();
  for (const name of LISTS) filters[name] = params.getAll(name);
  for (const [name, value] of params) {
    if (name.startsWith(FACT)) (filters.facts[name.slice(FACT.length)] ??= []).push(value);
  }
  for (const end of ["low", "high"]) filters[end] = /^\d+(\.\d+)?$/.test(params.get(end) ?? "") ? params.get(end) : "";
  filters.currency = params.get("currency") ?? "";
  const sort = params.get("sort");
  return {
    q: params.get("q") ?? "",
    lang: params.get("lang") ?? "",
    market: params.get("market"), // null: not said; "": every country
    sort: SORTS.includes(sort) ? sort : "relevance",
    product: params.get("product") ?? "",
    compare: params.getAll("compare").slice(0, COMPARED),
    view: params.get("view") === "profile" ? "profile" : "",
    filters,
  };
}

/** The address that stands for a state. */
export function writeState(state) {
  const params = new URLSearchParams();
  if (state.q) params.set("q", state.q);
  for (const name of LISTS) for (const value of state.filters[name]) params.append(name, value);
  for (const [name, values] of Object.entries(state.filters.facts)) {
    for (const value of values) params.append(FACT + name, value);
  }
  for (const name of ["low", "high", "currency"]) if (state.filters[name]) params.set(name, state.filters[name]);
  if (state.sort !== "relevance") params.set("sort", state.sort);
  if (state.lang) params.set("lang", state.lang);
  if (state.market !== null) params.set("market", state.market);
  if (state.product) params.set("product", state.product);
  for (const id of state.compare) params.append("compare", id);
  if (state.view) params.set("view", state.view);
  const query = params.toString();
  return query ? `/?${query}` : "/";
}

/** Every chosen condition as {kind, value}; `kind` is a list's name, "fact:<name>" or "price". */
export function chosen(filters) {
  const lists = LISTS.flatMap((kind) => filters[kind].map((value) => ({ kind, value })));
  const facts = Object.entries(filters.facts).flatMap(([name, values]) =>
    values.map((value) => ({ kind: FACT + name, value })));
  const price = filters.low || filters.high ? [{ kind: "price", value: "" }] : [];
  return [...lists, ...facts, ...price];
}

/** Filters with one condition turned on or off; a category takes the place of those above and below it. */
export function toggled(filters, kind, value) {
  if (kind === "price") return { ...filters, low: "", high: "", currency: "" };
  const isFact = kind.startsWith(FACT);
  const name = isFact ? kind.slice(FACT.length) : kind;
  const before = (isFact ? filters.facts[name] : filters[name]) ?? [];
  const rivals = (other) => kind === "category" && (isWithin(other, value) || isWithin(value, other));
  const after = before.includes(value)
    ? before.filter((other) => other !== value) : [...before.filter((other) => !rivals(other)), value];
  return isFact ? { ...filters, facts: { ...filters.facts, [name]: after } } : { ...filters, [name]: after };
}

/** The list behind a product, a comparison or the profile. */
export const listOf = (state) => ({ ...state, product: "", compare: [], view: "" });

/** What is looked at instead of the list: names one page, "" for the list itself. */
export const spotOf = ({ product, compare, view }) => [product, ...compare, view].filter(Boolean).join("\n");

const isList = (state) => !spotOf(state);

/** Whether the shopper asked for nothing yet. */
export const isHome = (state) => !state.q && isList(state) && chosen(state.filters).length === 0;
