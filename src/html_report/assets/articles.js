"use strict";
// Articles in full, with their mentions.

views.articles = {
  title: "Articles",
  isShown: () => data.full.length > 0,
  draw([id]) {
    const chosen = data.full.find((article) => String(article.d) === id) || data.full[0];
    const list = h("ul.articles", null, data.full.map((article) => {
      const [name, date] = data.articles[article.d];
      return h("li", { "aria-current": article === chosen ? "true" : null },
        h("a", { href: address("articles", String(article.d)), dir: "auto" }, article.title || firstLine(article.text) || name),
        h("small", null, [name, date, plural(article.marks[0].length + article.marks[1].length, "mention")].filter(Boolean).join(" · ")));
    }));
    const note = data.totals.articles > data.full.length ? `${count(data.full.length)} of ${count(data.totals.articles)}` : null;
    return [h(`div.split.reader${id === undefined ? "" : ".open"}`, null, h("div.list", null, heading("Articles", note), list), fullArticle(chosen))];
  },
};

const firstLine = (text) => text.trimStart().split("\n", 1)[0].slice(0, 90);

function fullArticle(article) {
  const found = [...new Set([...article.marks[0], ...article.marks[1]].map((mark) => mark[3]).filter((number) => number >= 0))];
  return h("article.detail", null, h("p.back", null, h("a", { href: address("articles") }, "← All articles")), articleName(article.d), legend(),
    article.title && h("h2", { dir: "auto" }, marked(article.title, article.marks[0])),
    paragraphs(article.text, article.marks[1]),
    article.truncated && empty("The text goes on; the report shows its beginning."),
    found.length > 0 && h("section", null, h("h3", null, "Entities of this article"), h("ul.inline", null, found.map((number) => h("li", null, entityLink(number), " ", badge(data.entities[number].type))))));
}

/** A paragraph for each line, each in its own direction. A mention may not lie in two. */
function paragraphs(text, marks) {
  const list = [];
  let start = 0;
  for (const line of text.split("\n")) {
    const end = start + line.length;
    const inside = marks.filter((mark) => mark[0] >= start && mark[1] <= end).map((mark) => [mark[0] - start, mark[1] - start, ...mark.slice(2)]);
    if (line.trim()) list.push(h("p", { dir: "auto" }, marked(line, inside)));
    start = end + 1;
  }
  return list;
}
