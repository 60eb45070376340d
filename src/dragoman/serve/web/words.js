// What the page itself says, in every language of messages.json; numbers, plurals and the names of
// languages, countries and currencies come from the browser's own tables (Intl).

let catalogue = {};
let current = "en";

/** Fetch the catalogue of messages. */
export async function loadWords() {
  const answer = await fetch("/web/messages.json");
  catalogue = await answer.json();
}

/** Languages the page speaks, each key of a message being one. */
export const languages = () => Object.keys(catalogue.language ?? { en: "" });

/** The page's language at this moment. */
export const lang = () => current;

/** Speak `tag` from now on, and tell the document so. */
export function speak(tag) {
  current = tag;
  document.documentElement.lang = tag;
  document.documentElement.dir = directionOf(tag);
}

const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm"]);

/** Direction of a language's script. */
export function directionOf(tag) {
  return RIGHT_TO_LEFT.has(locale(tag)?.script ?? "") ? "rtl" : "ltr";
}

function locale(tag) {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return null; // a feed's broken tag
  }
}

/** Whether a reader of one language reads the other: same language in the same script. */
export function sameLanguage(one, other) {
  const [a, b] = [locale(one), locale(other)];
  return Boolean(a && b && a.language === b.language && a.script === b.script);
}

/** First of the page's languages that one of the `wanted` tags asks for; "" when none does. */
export function bestLanguage(wanted) {
  for (const tag of wanted) {
    const found = languages().find((known) => sameLanguage(known, tag));
    if (found) return found;
  }
  return "";
}

/**
 * The message `key` in the page's language. `values.n` picks the plural form; numbers are written for the
 * language, and words are isolated, so that a Hebrew query does not reorder an English sentence.
 */
export function t(key, values = {}, tag = current) {
  const message = catalogue[key]?.[tag] ?? key;
  const plural = () => message[new Intl.PluralRules(tag).select(values.n)] ?? message.other;
  const pattern = typeof message === "string" ? message : plural();
  return pattern.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : `\u2068${value}\u2069`;
  });
}

/** Whether the catalogue has the message. */
export const known = (key) => key in catalogue;

/** The number as the page's language writes it. */
export function number(value, options = {}) {
  return new Intl.NumberFormat(current, options).format(value);
}

function name(type, code, tag = current) {
  try {
    return new Intl.DisplayNames([tag], { type }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Name of a country in the page's language; "" is everywhere. */
export const marketName = (code) => (code ? name("region", code) : t("market_any"));

/** Name of a language, in the page's language or in `tag`. */
export const languageName = (code, tag = current) => name("language", code, tag);

/** A language's name for itself, as a list shows it: with a capital where its script has them. */
export function ownName(tag) {
  const [first = "", ...rest] = languageName(tag, tag);
  return first.toLocaleUpperCase(tag) + rest.join("");
}

/** Name of a currency in the page's language. */
export const currencyName = (code) => name("currency", code);
