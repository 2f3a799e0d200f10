"use strict";
// Chosen entities over time, and the charts of all views.

const MAX_LINES = 8;
const trend = { entities: null, measure: "articles", scale: "rate" };
// Dashes tell lines apart without their colours.
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [1, 4], [12, 6], [6, 2, 1, 2]];

/** Mentions (1) or articles (2) of an entity in each period. */
function seriesOf(entity, column) {
  const values = new Array(data.periods.length).fill(0);
  for (const point of entity.series) values[point[0]] = point[column];
  return values;
}

const drawn = [];

/** Draws lines over the periods; `lines` have label, values and the slot of a colour. */
function chart(place, lines, height, decimals = 0) {
  const times = data.periods.map(([day]) => Date.parse(day + "T00:00:00Z") / 1000);
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, font: "12px system-ui, sans-serif" };
  const month = new Intl.DateTimeFormat("en-GB", { month: "short", day: data.by === "month" ? undefined : "numeric", timeZone: "UTC" });
  let year = "";
  const dates = (plot, splits) => splits.map((time) => {
    const date = new Date(time * 1000);
    const before = year;
    year = String(date.getUTCFullYear());
    return month.format(date) + (year === before ? "" : "\n" + year);
  });
  const number = (value) => (value === null || value === undefined ? "–" : value.toFixed(decimals));
  const options = {
    width: Math.max(240, place.clientWidth), height, tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
    legend: { show: lines.length > 1 }, cursor: { drag: { x: false, y: false } }, padding: [8, 12, 0, 0],
    scales: { y: { range: (plot, low, high) => [0, Math.max(high * 1.1, 10 ** -decimals)] } },
    axes: [{ ...axis, values: (plot, splits) => { year = ""; return dates(plot, splits); } }, { ...axis, size: 52, incrs: decimals ? undefined : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6] }],
    series: [{ label: data.by, value: (plot, time) => (time === null ? "–" : new Date(time * 1000).toISOString().slice(0, 10)) },
      ...lines.map((line, at) => ({
        label: line.label, stroke: colour(`--c${line.slot}`), width: 2, dash: DASHES[at % DASHES.length], value: (plot, value) => number(value),
        fill: lines.length === 1 ? colour(`--c${line.slot}`) + "22" : undefined, points: { show: times.length < 40, size: 6 },
      }))],
  };
  const plot = new uPlot(options, [times, ...lines.map((line) => line.values)], place);
  drawn.push({ plot, place, redraw: () => { place.replaceChildren(); chart(place, lines, height, decimals); } });
  return plot;
}

function redrawCharts() {
  for (const { plot, place, redraw } of drawn.splice(0)) {
    plot.destroy();
    if (place.isConnected) redraw();
  }
}

views.trends = {
  title: "Trends",
  isShown: () => data.periods.length > 1,
  draw([id]) {
    if (!trend.entities) trend.entities = data.entities.map((entity, number) => number).slice(0, 5);
    if (numbers.has(id) && !trend.entities.includes(numbers.get(id))) trend.entities = [...trend.entities, numbers.get(id)].slice(-MAX_LINES);
    const [chips, place, table] = [h("ul.chips"), h("div.chart"), h("div.scroll")];
    const draw = () => drawTrends(chips, place, table, draw);
    later(draw);
    const add = (event) => {
      const entity = data.entities.findIndex((each) => each.name === event.target.value || each.id === event.target.value);
      if (entity < 0) return;
      trend.entities = [...trend.entities.filter((number) => number !== entity), entity].slice(-MAX_LINES);
      event.target.value = "";
      draw();
    };
    const change = (key) => (value) => { trend[key] = value; draw(); };
    return [h("section.panel", null, heading("Entities over time", `by ${data.by}, ${range(data.days)}`),
      h("div.tools", null,
        h("input", { list: "names", placeholder: "Add an entity", "aria-label": "Add an entity", onchange: add, oninput: add }),
        h("datalist", { id: "names" }, data.entities.map((entity) => h("option", { value: entity.name }, entity.id))),
        choices("What is counted", [["articles", "Articles"], ["mentions", "Mentions"]], trend.measure, change("measure")),
        choices("Scale", [["rate", "Per 100 articles"], ["absolute", "Absolute"]], trend.scale, change("scale"))),
      chips, place, h("details", null, h("summary", null, "As a table"), table))];
  },
};

function drawTrends(chips, place, table, redraw) {
  const column = trend.measure === "mentions" ? 1 : 2;
  const isRate = trend.scale === "rate";
  const perArticle = (value, at) => (data.periods[at][1] ? (100 * value) / data.periods[at][1] : null);
  const lines = trend.entities.map((number, at) => {
    const values = seriesOf(data.entities[number], column);
    return { label: data.entities[number].name, values: isRate ? values.map(perArticle) : values, slot: at % COLOURS };
  });
  chips.replaceChildren(...trend.entities.map((number, at) => h("li", null, h(`span.swatch.t${at % COLOURS}`), entityLink(number),
    h("button", { type: "button", "aria-label": `Remove ${data.entities[number].name}`, onclick: () => {
      trend.entities = trend.entities.filter((other) => other !== number);
      redraw();
    } }, "×"))));
  place.replaceChildren();
  if (lines.length) chart(place, lines, Math.min(380, Math.max(220, innerHeight * 0.45)), isRate ? 1 : 0);
  else place.append(empty("Add an entity to see it over time."));
  table.replaceChildren(h("table", null,
    h("thead", null, h("tr", null, [data.by, "articles", ...lines.map((line) => line.label)].map((name) => h("th", { scope: "col", dir: "auto" }, name)))),
    h("tbody", null, data.periods.map(([day, articles], at) => h("tr", null, h("th", { scope: "row" }, day), h("td.number", null, count(articles)),
      lines.map((line) => h("td.number", null, line.values[at] === null ? "–" : line.values[at].toFixed(isRate ? 1 : 0))))))));
}
