"use strict";
// Texts with highlighted mentions, and the tip that explains a mention.

const STATUSES = { linked: "linked", unknown: "not in the table", ambiguous: "ambiguous", refused: "excluded by a rule" };
const METHODS = {
  alias: "alias", folded: "alias, but for case or accents", acronym: "acronym defined in the article",
  coreference: "fuller name in the article", fuzzy: "misspelt alias",
};
const REASONS = {
  no_table: "there is no table", no_alias: "no alias has this name", case_refused: "the alias needs exact case",
  date_refused: "the date is outside the alias's dates", requires_missing: "a required word is missing",
  excluded_word: "an excluded word is present", other_place: "another place is meant", two_holders: "two people have this name",
  below_margin: "no candidate is clearly best", below_threshold: "the score is below the threshold",
  unknown_holder: "someone who is not in the table has this name", defined_otherwise: "the article defines it otherwise",
  prior_decided: "chosen by how often each is meant", context_decided: "chosen by the words around it", none: "no reason given",
};
const AMBIGUOUS = new Set(["below_margin", "below_threshold", "two_holders"]);
const word = (words, key) => words[key] || key.replaceAll("_", " ");

/** What is said about a mention: the entity and why, in lines. */
function explanation([, , type, number, why, score]) {
  const [status, method, reason, name, ...rest] = data.texts[why].split("|");
  const evidence = rest.join("|");
  const lines = [];
  lines.push([number >= 0 ? data.entities[number].name : name || "no entity", data.texts[type]]);
  if (number >= 0) lines.push(["id", data.entities[number].id]);
  lines.push(["link", method ? word(METHODS, method) : word(STATUSES, status)]);
  if (reason) lines.push(["because", word(REASONS, reason)]);
  if (evidence) lines.push(["evidence", evidence]);
  lines.push(["model", score < 0 ? "found by the table alone" : `score ${(score / 100).toFixed(2)}`]);
  return lines;
}

/** The text with its mentions as marks. `chosen` has the numbers of entities to stress. */
function marked(text, marks, chosen = []) {
  const parts = [];
  let at = 0;
  for (const mark of [...marks].sort((a, b) => a[0] - b[0])) {
    if (mark[0] < at) continue;
    parts.push(text.slice(at, mark[0]), markOf(text.slice(mark[0], mark[1]), mark, chosen));
    at = mark[1];
  }
  parts.push(text.slice(at));
  return parts;
}

function markOf(text, mark, chosen) {
  const type = data.texts[mark[2]];
  const number = mark[3];
  const isLinked = number >= 0 || data.texts[mark[4]].startsWith("linked");
  const classes = `t${slot(type)}${isLinked ? "" : " unlinked"}${chosen.includes(number) ? " chosen" : ""}`;
  const said = explanation(mark).map(([key, value]) => `${key}: ${value}`).join("; ");
  // The tag stays on the line of the last word.
  const last = text.lastIndexOf(" ") + 1;
  const element = h("mark", { class: classes, tabindex: "0", role: "button", "aria-label": `${text} (${said})` },
    text.slice(0, last), h("span.end", null, text.slice(last), h("span.tag", { "aria-hidden": "true" }, type)));
  element.addEventListener("pointerenter", () => showTip(element, mark));
  element.addEventListener("pointerleave", hideTip);
  element.addEventListener("focus", () => showTip(element, mark));
  element.addEventListener("blur", hideTip);
  const open = () => number >= 0 && (location.hash = address("entities", data.entities[number].id));
  element.addEventListener("dblclick", open);
  element.addEventListener("keydown", (event) => event.key === "Enter" && open());
  return element;
}

const tip = document.getElementById("tip");
let explained = null;

function showTip(element, mark) {
  explained = [element, mark];
  const [[name, type], ...lines] = explanation(mark);
  tip.replaceChildren(h("p.name", { dir: "auto" }, badge(type), " ", name),
    h("dl", null, lines.map(([key, value]) => [h("dt", null, key), h("dd", { dir: "auto" }, value)])),
    mark[3] >= 0 ? h("p.hint", null, "Enter or double click opens the entity") : "");
  tip.hidden = false;
  const box = element.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
  const below = box.bottom + 6;
  const top = below + tip.offsetHeight < innerHeight ? below : Math.max(8, box.top - tip.offsetHeight - 6);
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

function hideTip() {
  tip.hidden = true;
  explained = null;
}

/** The tip of a focused mention follows it; any other is hidden. */
function moveTip() {
  if (explained && document.activeElement === explained[0]) showTip(...explained);
  else hideTip();
}

/** The name of an article, a link where it is shown in full. */
function articleName(number) {
  const [id, date, source] = data.articles[number];
  const isFull = data.full.some((article) => article.d === number);
  const name = isFull ? h("a", { href: address("articles", String(number)) }, id) : id;
  return h("cite", { dir: "auto" }, name, date && ` · ${date}`, source && ` · ${source}`);
}

/** Sample sentences, each with the reasons of its links. */
function sentenceList(list, chosen) {
  if (!list.length) return empty("No sentences: the run was made without --context.");
  return h("ol.sentences", null, list.map((number) => {
    const { d, t, m } = data.sentences[number];
    const reasons = m.filter((mark) => chosen.includes(mark[3])).map((mark) => {
      const lines = explanation(mark).slice(2, -1);
      return h("li", { dir: "auto" }, h("b", null, t.slice(mark[0], mark[1])), ": ", lines.map(([, value]) => value).join("; "));
    });
    return h("li", null, h("blockquote", { dir: "auto" }, marked(t, m, chosen)), h("ul.reasons", null, reasons), articleName(d));
  }));
}

function legend() {
  return h("ul.legend", { "aria-label": "Types" }, Object.keys(data.totals.by_type).map((type) => h("li", null, badge(type))),
    h("li", null, h("mark.unlinked", null, "without an entity")));
}
