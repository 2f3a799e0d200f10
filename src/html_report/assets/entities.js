"use strict";
// Entities ranked, and one of them in detail.

const PAGE = 100;
const filters = { text: "", type: "", order: "mentions", shown: PAGE };

views.entities = {
  title: "Entities",
  draw([id]) {
    // Where there is room, the first entity is shown until another is chosen.
    const number = numbers.has(id) ? numbers.get(id) : 0;
    const list = h("div.list");
    drawList(list, number);
    return [h(`div.split${numbers.has(id) ? ".open" : ""}`, null, list, h("div.detail", { "aria-live": "polite" }, entityDetail(number)))];
  },
  isShown: () => data.entities.length > 0,
};

function matching() {
  const text = filters.text.toLowerCase();
  const fits = (entity) => (!filters.type || entity.type === filters.type) && (!text ||
    [entity.name, entity.id, ...entity.surfaces.map(([surface]) => surface)].some((each) => each.toLowerCase().includes(text)));
  const list = data.entities.map((entity, number) => number).filter((number) => fits(data.entities[number]));
  const orders = {
    mentions: null, articles: (a, b) => b.articles - a.articles, name: (a, b) => a.name.localeCompare(b.name),
    recent: (a, b) => (b.days[1] || "").localeCompare(a.days[1] || ""),
  };
  const order = orders[filters.order];
  return order ? list.sort((a, b) => order(data.entities[a], data.entities[b])) : list;
}

function drawList(place, chosen) {
  const rows = h("tbody");
  const more = h("p.more");
  const fill = () => {
    const list = matching();
    const top = Math.max(1, ...list.slice(0, filters.shown).map((number) => data.entities[number].mentions));
    rows.replaceChildren(...list.slice(0, filters.shown).map((number) => entityRow(number, number === chosen, top)));
    const rest = list.length - filters.shown;
    more.replaceChildren(rest > 0
      ? h("button", { type: "button", onclick: () => { filters.shown += PAGE; fill(); } }, `Show more (${count(rest)})`)
      : list.length ? "" : empty("No entity matches."));
    if (data.counts.entities > data.entities.length) {
      more.append(h("small", null, `The ${count(data.entities.length)} most mentioned of ${count(data.counts.entities)} entities.`));
    }
  };
  const change = (key) => (value) => { filters[key] = value; filters.shown = PAGE; fill(); };
  const kinds = [...new Set(data.entities.map((entity) => entity.type))];
  place.append(
    h("div.tools", null,
      h("input", { type: "search", placeholder: "Filter by name, spelling or id", "aria-label": "Filter entities", value: filters.text,
        oninput: (event) => change("text")(event.target.value) }),
      choices("Type", [["", "All"], ...kinds.map((type) => [type, type])], filters.type, change("type")),
      h("label", null, "Sort by ", h("select", { onchange: (event) => change("order")(event.target.value) },
        ["mentions", "articles", "name", "recent"].map((order) => h("option", { value: order, selected: order === filters.order }, order))))),
    h("div.scroll", null, h("table.entities", null, h("thead", null, h("tr", null,
      ["Entity", "Type", "Mentions", "Articles", data.periods.length > 1 ? "Trend" : ""].map((name) => h("th", { scope: "col" }, name)))), rows)),
    more);
  fill();
}

function entityRow(number, isChosen, top) {
  const entity = data.entities[number];
  return h("tr", { "aria-current": isChosen ? "true" : null },
    h("th", { scope: "row" }, entityLink(number)), h("td", null, badge(entity.type)),
    h("td.number", null, bar(entity.mentions, top, entity.type), h("span.times", null, count(entity.mentions))),
    h("td.number", null, count(entity.articles)), h("td", null, sparkline(entity.series)));
}

function entityDetail(number) {
  const entity = data.entities[number];
  const near = data.pairs.map((pair, at) => [pair, at]).filter(([pair]) => pair[0] === number || pair[1] === number);
  const counted = (list, of) => h("ul.breakdown", null, list.map(([text, times]) =>
    h("li", null, h("span", { dir: "auto" }, of ? of(text) : text), bar(times, list[0][1], entity.type), h("small", null, count(times)))));
  const aliases = entity.aliases.map(([both, times]) => {
    const at = both.indexOf("|");
    return [both.slice(at + 1) || "–", times, both.slice(0, at)];
  });
  const place = h("div.chart");
  if (data.periods.length > 1) later(() => chart(place, [{ label: entity.name, values: seriesOf(entity, 1), slot: slot(entity.type) }], 140));
  return [
    h("p.back", null, h("a", { href: address("entities") }, "← All entities")),
    h("h2", { dir: "auto" }, entity.name, " ", badge(entity.type)),
    h("p.facts", null, h("code", null, entity.id), ` · ${plural(entity.mentions, "mention")} in ${plural(entity.articles, "article")}`,
      ` (${share(entity.articles, data.totals.articles)}) · ${range(entity.days)}`),
    data.periods.length > 1 && [place, h("p", null, h("a", { href: address("trends", entity.id) }, "Compare over time"))],
    h("div.columns", null,
      h("section", null, h("h3", null, "As articles write it"), counted(entity.surfaces)),
      h("section", null, h("h3", null, "Aliases that linked it"), h("ul.breakdown", null, aliases.map(([alias, times, method]) =>
        h("li", null, h("span", { dir: "auto" }, alias, h("small", null, ` ${word(METHODS, method)}`)), bar(times, aliases[0][1], entity.type),
          h("small", null, count(times))))))),
    h("section", null, h("h3", null, "Named with"), near.length ? h("ul.neighbours", null, near.slice(0, 16).map(([pair, at]) => {
      const other = pair[0] === number ? pair[1] : pair[0];
      return h("li", null, entityLink(other), badge(data.entities[other].type),
        h("a.weight", { href: address("network", String(at)), title: "Sentences of both" }, plural(pair[2], "article")),
        h("small", { title: "pointwise mutual information" }, `PMI ${pair[4].toFixed(1)}`));
    })) : empty("It is in none of the strongest pairs.")),
    h("section", null, h("h3", null, "Sentences"), legend(), sentenceList(entity.sentences, [number])),
  ];
}
