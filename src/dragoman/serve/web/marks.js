// Marks the words of a query inside a text. Returns nodes, never markup.

import { el } from "./dom.js";

// Accents of alphabets and vowel points of Arabic and Hebrew do not count when words are compared;
// the marks of Devanagari and Thai are letters and stay.
const IGNORED = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0640]/g;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Hangul}]/u;

const fold = (words) => words.normalize("NFKD").replace(IGNORED, "").normalize("NFC").toLowerCase();

/** Letters of `text` folded one by one, each with the place in `text` it came from. */
function folded(text) {
  const letters = [];
  let place = 0;
  for (const letter of text) {
    for (const piece of fold(letter)) letters.push({ piece, place, end: place + letter.length });
    place += letter.length;
  }
  return letters;
}

const isLetter = (letters, at) => at >= 0 && at < letters.length && LETTER.test(letters[at].piece);

/** Where `word` stands at `at`, as one past its last letter, else 0. */
function endAt(letters, at, word) {
  if (UNSPACED.test(word.join(""))) return word.every((piece, i) => letters[at + i]?.piece === piece) ? at + word.length : 0;
  if (isLetter(letters, at - 1)) return 0;
  // The index searches stems: "Tassen" finds "Tasse", so the last two letters of a long word may differ.
  const stem = word.slice(0, Math.max(4, word.length - 2));
  if (!stem.every((piece, i) => letters[at + i]?.piece === piece)) return 0;
  let end = at + stem.length;
  while (isLetter(letters, end)) end += 1;
  return end - at <= word.length + 2 ? end : 0;
}

/** Spans [start, end) of `text` that are one of `words`, or hold it where words have no spaces between them. */
export function spans(text, words) {
  const letters = folded(text);
  const found = [];
  for (const word of words.map((each) => [...fold(each)]).filter((each) => each.length > 0)) {
    for (let at = 0; at < letters.length; at += 1) {
      const end = endAt(letters, at, word);
      if (end) found.push([letters[at].place, letters[end - 1].end]);
    }
  }
  return merged(found.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
}

function merged(sorted) {
  const kept = [];
  for (const [start, end] of sorted) {
    const last = kept.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else kept.push([start, end]);
  }
  return kept;
}

/** The text as nodes, with the words found in it inside <mark>. */
export function marked(text, words) {
  const nodes = [];
  let done = 0;
  for (const [start, end] of spans(text, words)) {
    nodes.push(text.slice(done, start), el("mark", {}, text.slice(start, end)));
    done = end;
  }
  return [...nodes, text.slice(done)];
}
