"use strict";
// The run in numbers, and what to look at first.

views.overview = {
  title: "Overview",
  draw() {
    const totals = data.totals;
    const languages = Object.entries(totals.by_language).sort((a, b) => b[1] - a[1]);
    const tile = (value, label, note) => h("div.tile", null, h("b", null, value), h("span", null, label), note && h("small", null, note));
    const tiles = h("div.tiles", null,
      tile(count(totals.articles), totals.articles === 1 ? "article" : "articles", notes(totals)),
      tile(count(totals.mentions), "mentions", totals.articles && `${(totals.mentions / totals.articles).toFixed(1)} per article`),
      tile(share(totals.linked, totals.mentions), "linked", `${count(totals.linked)} mentions`),
      tile(count(data.counts.entities), data.counts.entities === 1 ? "entity" : "entities", plural(data.counts.pairs, "pair") + " in one article"),
      data.days[0] && tile(data.days[0], "first day", data.days[1] && `last day ${data.days[1]}`),
      languages.length > 0 && tile(languages[0][0], languages.length === 1 ? "language" : `and ${languages.length - 1} more`,
        languages.slice(0, 4).map(([language, number]) => `${language} ${count(number)}`).join(", ")));
    return [tiles, h("div.columns", null, h("section.panel", null, heading("Look at first"), findings(totals)), ...links(totals)),
      volume(), h("div.columns", null, mostMentioned(), rising(), together()), madeWith()];
  },
};

function notes(totals) {
  const parts = [[totals.copies, "copies"], [totals.rejected, "rejected"], [totals.skipped, "skipped"]];
  return parts.filter(([number]) => number).map(([number, what]) => `${count(number)} ${what}`).join(", ") || null;
}

function findings(totals) {
  const status = (name) => totals.by_status[name] || 0;
  const list = [
    [status("unknown"), totals.mentions, "mentions not in the table", address("names")],
    [status("ambiguous"), totals.mentions, "mentions ambiguous", address("names", "ambiguous")],
    [status("refused"), totals.mentions, "mentions excluded by a rule", address("names")],
    [totals.undated_articles, totals.articles, "articles without a usable date", null],
    [totals.copies, totals.articles + totals.copies, "articles are copies", null],
    [totals.rejected, totals.articles + totals.rejected, "records rejected", null],
  ].filter(([part]) => part > 0);
  if (!list.length) return empty("Nothing stands out.");
  return h("ul.findings", null, list.map(([part, whole, text, link]) =>
    h("li", null, h("b", null, share(part, whole)), bar(part, whole), link ? h("a", { href: link }, text) : h("span", null, text),
      h("small", null, count(part)))));
}

function breakdown(counts, words, isType) {
  const list = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const whole = list.reduce((sum, [, number]) => sum + number, 0);
  return h("ul.breakdown", null, list.map(([key, number]) =>
    h("li", null, isType ? badge(key) : h("span", null, word(words, key)), bar(number, list[0][1], isType ? key : undefined),
      h("small", null, `${share(number, whole)} · ${count(number)}`))));
}

function links(totals) {
  return [h("section.panel", null, heading("Types"), breakdown(totals.by_type, {}, true)),
    Object.keys(totals.by_method).length > 0 && h("section.panel", null, heading("Linked by"), breakdown(totals.by_method, METHODS, false))];
}

function volume() {
  if (data.periods.length < 2) return "";
  const place = h("div.chart");
  const section = h("section.panel", null, heading(`Articles by ${data.by}`), place);
  later(() => chart(place, [{ label: "articles", values: data.periods.map((period) => period[1]), slot: 0 }], 150));
  return section;
}

function mostMentioned() {
  const top = data.entities.slice(0, 12);
  return h("section.panel", null, heading("Most mentioned"), h("ol.ranking", null, top.map((entity, number) =>
    h("li", null, entityLink(number), badge(entity.type), bar(entity.mentions, top[0].mentions, entity.type),
      h("small", null, count(entity.mentions))))),
    h("p", null, h("a", { href: address("entities") }, "All entities")));
}

/** Entities whose share of the most recent tenth of the articles is above that of the rest. */
function rising() {
  const periods = data.periods.length;
  const articles = (from, to) => data.periods.slice(from, to).reduce((sum, period) => sum + period[1], 0);
  const all = articles(0, periods);
  if (periods < 4 || all < 20) return "";
  let start = periods - 1;
  while (articles(start, periods) < all / 10) start -= 1;
  const [before, since] = [articles(0, start), articles(start, periods)];
  const ranked = data.entities.map((entity, number) => {
    const now = entity.series.filter(([period]) => period >= start).reduce((sum, [, , named]) => sum + named, 0);
    const past = entity.series.reduce((sum, [, , named]) => sum + named, 0) - now;
    // Half an article more on each side: few articles are no trend.
    return { number, now, score: Math.log2(((now + 0.5) / (since + 1)) / ((past + 0.5) / (before + 1))) };
  }).filter(({ now, score }) => now >= 3 && score > 0).sort((a, b) => b.score * Math.sqrt(b.now) - a.score * Math.sqrt(a.now)).slice(0, 12);
  return h("section.panel", null, heading("Rising", `since ${data.periods[start][0]}, by articles`),
    ranked.length ? h("ol.ranking", null, ranked.map(({ number, now, score }) => h("li", null, entityLink(number),
      badge(data.entities[number].type), sparkline(data.entities[number].series, 90, 20),
      h("small", null, `×${(2 ** score).toFixed(1)} · ${count(now)}`)))) : empty("No entity rises clearly."));
}

function together() {
  if (!data.pairs.length) return "";
  return h("section.panel", null, heading("Named together"), h("ol.ranking.together", null, data.pairs.slice(0, 12).map(([first, second, articles], at) =>
    h("li", null, h("a", { href: address("network", String(at)), dir: "auto" }, `${data.entities[first].name} – ${data.entities[second].name}`),
      bar(articles, data.pairs[0][2]), h("small", null, count(articles))))),
    h("p", null, h("a", { href: address("network") }, "The network")));
}

function madeWith() {
  const { model, table, tables, versions, started, finished } = data.run;
  const rows = [
    ["model", model && [model.name, model.variant].filter(Boolean).join(", ")],
    ["table", table && `${plural(table.entities, "entity", "entities")}, ${plural(table.aliases, "alias", "aliases")}`],
    ["tables", Array.isArray(tables) && tables.map((each) => each.path || each.name || "").filter(Boolean).join(", ")],
    ["namewire", versions && versions.namewire],
    ["started", started], ["finished", finished],
  ].filter(([, value]) => value);
  if (!rows.length) return "";
  return h("section.panel.made", null, heading("How it was made"),
    h("dl", null, rows.map(([key, value]) => [h("dt", null, key), h("dd", { dir: "auto" }, String(value))])));
}
