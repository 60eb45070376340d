// Texts of the API as the shopper reads them: translated where they ask for it and the API is sure, else as
// written; a translation always says so, and one click shows the original.

import { getPairs } from "./api.js";
import { el, icon } from "./dom.js";
import { keep, kept } from "./kept.js";
import { remember } from "./places.js";
import { lang, languageName, sameLanguage, t } from "./words.js";

let isOn = kept("translate") === "yes";
let pairs = null; // promise of what the shop can translate

/** Whether foreign texts are to be translated. */
export const isTranslating = () => isOn;

/** Switch "Translate", remembered; `change` shows everything anew. */
export function translateSwitch(change) {
  const onclick = () => {
    isOn = !isOn;
    keep("translate", isOn ? "yes" : null);
    button.setAttribute("aria-checked", String(isOn));
    change();
  };
  const button = el("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(isOn), onclick },
    icon("translate"), el("span", {}, t("translate")), el("span", { class: "knob", "aria-hidden": "true" }));
  return button;
}

const tagOf = ({ lang: tag }) => (tag && tag !== "und" ? tag : "");

/** Whether a text is in a language that the shopper does not read. */
const isForeign = (text) => Boolean(tagOf(text)) && !sameLanguage(text.lang, lang());

/** Names the language of a text when it is not the shopper's. */
export function languageBadge(text) {
  if (text.source === "machine") return el("p", { class: "badge" }, icon("translate"), t("translated"));
  if (!isForeign(text)) return null;
  return el("p", { class: "badge" }, icon("globe"), t("in_language", { language: text.language || text.lang }));
}

/** Says of a translation beside its original who made it. */
export function translationMark({ machine = true }, original) {
  const language = original.language || languageName(original.lang);
  return t(machine ? "translated_from" : "translated_by_terms", { language });
}

/**
 * Texts that are read together, and turn together from translation to original and back.
 *
 * `place(tag, text, props, content)` makes the element of one text; `content(value, isTranslated)` its
 * children, where they are more than the words. `mark()` is the badge of them all, after the last of them.
 */
export function reading() {
  const all = [];
  let asWritten = false;

  function paint({ node, text, content }) {
    const made = asWritten ? null : text.translation;
    const shown = made ?? text;
    node.lang = tagOf(shown);
    node.dir = shown.dir || "auto";
    node.replaceChildren(...[content(shown.value, Boolean(made))].flat());
  }

  function place(tag, text, props = {}, content = (value) => value) {
    const { kind, ...rest } = props;
    const one = { node: el(tag, rest), text, content };
    all.push(one);
    paint(one);
    return kind ? remember(one.node, kind, text.value, () => { if (!asWritten) turn(); }) : one.node;
  }

  let button = null;
  function turn() {
    asWritten = !asWritten;
    for (const one of all) paint(one);
    if (button) button.textContent = t(asWritten ? "show_translation" : "show_original");
  }

  function mark() {
    const translated = all.find(({ text }) => text.translation);
    if (!translated) return all.length ? languageBadge(all[0].text) : null;
    button = el("button", { type: "button", class: "turn", onclick: turn }, t("show_original"));
    const { translation, ...original } = translated.text;
    return el("p", { class: "badge turned" }, icon("translate"),
      el("span", {}, translationMark(translation, original), " ", button));
  }

  return { place, mark };
}

/** A fact's {name, value} in the shopper's language, else null: a value is not translated where its name is unknown. */
export function translatedFact({ name, unit, shown, translation: made }) {
  if (!made || made.name === name) return null;
  return { name: made.name, value: unit && shown ? shown.value : [made.value, unit].filter(Boolean).join(" ") };
}

/** Why foreign texts among these are not translated: no translator, or no pair that is good enough; null: no reason. */
export async function whyUntranslated(texts) {
  const left = texts.filter((text) => text && isForeign(text) && !text.translation);
  if (!isOn || left.length === 0) return null;
  pairs ??= getPairs().catch(() => { pairs = null; });
  const able = await pairs;
  if (!able || able.any) return null;
  if (able.engine === "none" || able.pairs.length === 0) return notice(t("translate_none"));
  const isServed = (tag) => able.pairs.some((pair) =>
    pair.shown && sameLanguage(pair.source, tag) && sameLanguage(pair.target, lang()));
  const names = [...new Set(left.filter((text) => !isServed(text.lang)).map((text) => languageName(text.lang)))];
  return names.length ? notice(t("translate_missing", { languages: names.join(", ") })) : null;
}

const notice = (words) => el("p", { class: "notice untranslated" }, icon("translate"), el("span", {}, words));
