// The question box of a product page: asks the API, shows the answer, keeps the questions of this visit.

import { answerView } from "./answers.js";
import { postAnswer } from "./api.js";
import { el, icon } from "./dom.js";
import { isTranslating } from "./reading.js";
import { lang, t } from "./words.js";

const EXAMPLES = ["example_buyers", "example_material", "example_size", "example_price"];
const LONGEST = 500; // characters of a question

const asked = new Map(); // product and language -> what was asked of it on this visit, the newest first

/** The box for questions about a product whose page is `page`. */
export function askBox(product, { page, market, searchAddress }) {
  const key = JSON.stringify([product.id, lang()]);
  const input = el("input", {
    id: "question", type: "text", maxlength: LONGEST, dir: "auto", autocomplete: "off", enterkeyhint: "send",
    placeholder: t("ask_placeholder"), "aria-describedby": "ask-text",
  });
  const latest = el("div", { class: "latest", "aria-live": "polite" });
  const before = el("div", { class: "before" });
  const view = (one) => answerView(one.question, one.made, { page, searchAddress });
  let running = null;

  async function ask(question) {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    latest.setAttribute("aria-busy", "true");
    latest.replaceChildren(el("p", { class: "thinking" }, icon("spark"), t("ask_thinking")));
    try {
      const made = await postAnswer({ question, about: [product.id], langs: [lang()], market, translate: isTranslating() }, signal);
      if (signal.aborted) return;
      const rest = (asked.get(key) ?? []).filter((one) => one.question !== question);
      asked.set(key, [{ question, made }, ...rest]);
      paint();
    } catch (problem) {
      if (problem.name === "AbortError") return;
      latest.replaceChildren(trouble(problem, () => ask(question)));
    } finally {
      if (!signal.aborted) latest.removeAttribute("aria-busy");
    }
  }

  function paint() {
    const [newest, ...earlier] = asked.get(key) ?? [];
    latest.replaceChildren(...(newest ? [view(newest)] : []));
    before.replaceChildren(...(earlier.length ? [el("h3", {}, t("ask_before")), ...earlier.map((one) =>
      el("details", { ontoggle: fill(one) }, el("summary", {}, el("span", { dir: "auto" }, one.question), icon("chevron"))))] : []));
  }

  const fill = (one) => ({ target }) => { if (target.open && target.children.length === 1) target.append(view(one)); };

  function submit(event) {
    event.preventDefault();
    const question = input.value.trim().toWellFormed?.() ?? input.value.trim(); // half an emoji is no text
    if (question) ask(question);
    else input.focus();
  }

  const examples = EXAMPLES.map((name) => el("li", {}, el("button", {
    type: "button", class: "example", onclick: () => { input.value = t(name); ask(t(name)); },
  }, t(name))));
  paint();
  return el("section", { class: "ask", "aria-labelledby": "ask-title" },
    el("h2", { id: "ask-title" }, icon("speech"), t("ask_title")),
    el("p", { id: "ask-text", class: "note" }, t("ask_text")),
    el("form", { onsubmit: submit, action: "/", method: "get" },
      el("label", { class: "unseen", for: "question" }, t("ask_title")), input,
      el("button", { type: "submit", class: "strong" }, t("ask"))),
    el("ul", { class: "examples", "aria-label": t("ask_examples") }, examples),
    latest, before);
}

/** What went wrong, in place, with a way to try again. */
export function trouble(problem, again) {
  // What the server says is English; our own sentence stands for its silence.
  const said = problem.status
    ? el("p", { lang: "en", dir: "ltr" }, [problem.message, problem.hint].filter(Boolean).join(" – "))
    : el("p", {}, t("error_network"));
  return el("div", { class: "trouble small" }, el("h3", {}, t("error_title")), said,
    el("button", { type: "button", class: "plain", onclick: again }, t("retry")));
}
