// What the browser keeps for the page: for good, or for this visit. Both may be forbidden; then nothing is kept.

const PREFIX = "dragoman.";

function within(store, act) {
  try {
    return act(store());
  } catch {
    return null; // private mode, or storage switched off
  }
}

const forGood = () => localStorage;
const forVisit = () => sessionStorage;

/** What was kept under a name, else null. */
export const kept = (name) => within(forGood, (store) => store.getItem(PREFIX + name));

/** Keep a value under a name; null forgets it. */
export function keep(name, value) {
  within(forGood, (store) => (value === null ? store.removeItem(PREFIX + name) : store.setItem(PREFIX + name, value)));
}

/** A value of this visit, as it was, else `otherwise`. */
export const visitKept = (name, otherwise) =>
  within(forVisit, (store) => JSON.parse(store.getItem(PREFIX + name))) ?? otherwise;

/** Keep a value until the tab is closed. */
export function visitKeep(name, value) {
  within(forVisit, (store) => store.setItem(PREFIX + name, JSON.stringify(value)));
}

/** A random name: nobody's, and never given twice. */
export function token() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
