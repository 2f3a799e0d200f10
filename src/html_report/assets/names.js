"use strict";
// Names without an entity: those that no table has, and those that several entities have.

const named = { which: "", text: "", type: "" };
const isAmbiguous = (name) => name.reasons.some(([reason]) => AMBIGUOUS.has(reason));

views.names = {
  title: "Without an entity",
  isShown: () => data.names.length > 0,
  draw([which]) {
    named.which = which === "ambiguous" ? which : "";
    const rows = h("div.names");
    const fill = () => {
      const text = named.text.toLowerCase();
      const list = data.names.filter((name) => (!named.which || isAmbiguous(name) === (named.which === "ambiguous"))
        && (!named.type || name.type === named.type) && (!text || name.spellings.some(([spelling]) => spelling.toLowerCase().includes(text))));
      const top = Math.max(1, ...list.map((name) => name.mentions));
      rows.replaceChildren(...list.map((name) => nameRow(name, top)));
      if (!list.length) rows.append(empty("No name matches."));
    };
    fill();
    const change = (key) => (value) => { named[key] = value; fill(); };
    const kinds = [...new Set(data.names.map((name) => name.type))];
    const note = data.counts.names > data.names.length ? `The ${count(data.names.length)} most frequent of ${count(data.counts.names)} names.` : plural(data.counts.names, "name");
    return [h("section.panel", null, heading("Names without an entity", note),
      h("div.tools", null,
        h("input", { type: "search", placeholder: "Filter by spelling", "aria-label": "Filter names", value: named.text, oninput: (event) => change("text")(event.target.value) }),
        choices("Which", [["", "All"], ["unknown", "Not in the table"], ["ambiguous", "Ambiguous"]], named.which, change("which")),
        choices("Type", [["", "All"], ...kinds.map((type) => [type, type])], named.type, change("type"))),
      rows)];
  },
};

function nameRow(name, top) {
  const candidates = name.candidates.map(([id, known, percent]) => h("li", null,
    numbers.has(id) ? entityLink(numbers.get(id)) : h("span", { dir: "auto" }, known || id), h("small", null, ` ${percent}%`)));
  return h("details", null,
    h("summary", null, h("span.name", { dir: "auto" }, name.name), h("span.badges", null, badge(name.type), isAmbiguous(name) && h("span.badge.flag", null, "ambiguous")),
      bar(name.mentions, top, name.type), h("small", null, `${plural(name.mentions, "mention")}, ${plural(name.articles, "article")}`)),
    h("div.columns", null,
      h("section", null, h("h3", null, "Spellings"), h("ul.plain", null, name.spellings.map(([text, times]) => h("li", { dir: "auto" }, text, h("small", null, ` ${count(times)}`))))),
      h("section", null, h("h3", null, "Why"), h("ul.plain", null, name.reasons.map(([reason, times]) => h("li", null, word(REASONS, reason), h("small", null, ` ${count(times)}`))))),
      candidates.length > 0 && h("section", null, h("h3", null, "May be"), h("ul.plain", null, candidates))),
    name.examples.length > 0 && h("section", null, h("h3", null, "Examples"), h("ul.plain", null, name.examples.map((example) => h("li", null, h("blockquote", { dir: "auto" }, example))))));
}
