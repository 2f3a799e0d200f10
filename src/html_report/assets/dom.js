"use strict";
// The data, and what all views share: elements, numbers, types, links between views.
// Text only ever becomes text nodes: nothing of the data is parsed as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const views = {};

/** An element with attributes, listeners (`onclick`) and children: elements, texts, or lists of them. */
function h(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The same for SVG. */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.flat());
  return element;
}

const grouped = new Intl.NumberFormat("en-US");
const count = (number) => grouped.format(number);
const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many || one + "s"}`;
const share = (part, whole) => {
  if (!whole) return "–";
  const percent = (100 * part) / whole;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`;
};
const range = ([first, last]) => (!first ? "no dates" : first === last ? first : `${first} – ${last}`);

// Types in the order of their mentions; each has a colour and an underline of its own.
const types = [];
for (const [type] of Object.entries(data.totals.by_type).sort((a, b) => b[1] - a[1])) types.push(type);
for (const entity of data.entities) if (!types.includes(entity.type)) types.push(entity.type);
const COLOURS = 8;
// The usual types have the same colour in every report.
const USUAL = { PER: 0, ORG: 1, LOC: 2, MISC: 3, GPE: 2, PERSON: 0 };
const slots = new Map();
for (const type of types) if (type in USUAL) slots.set(type, USUAL[type]);
for (const type of types) if (!slots.has(type)) slots.set(type, 4 + ((slots.size - 1) % (COLOURS - 4)));
const slot = (type) => (slots.has(type) ? slots.get(type) : 4);

const badge = (type) => h(`span.badge.t${slot(type)}`, null, type);

/** A link to a view: `#/entity/loc%2Fgeneva`. */
const address = (...parts) => "#/" + parts.map(encodeURIComponent).join("/");
const entityLink = (number, text) =>
  h("a", { href: address("entities", data.entities[number].id), dir: "auto" }, text || data.entities[number].name);

const numbers = new Map(data.entities.map((entity, number) => [entity.id, number]));

/** A bar that is `part` of `whole` wide. */
function bar(part, whole, type) {
  const fill = h(`span.fill${type === undefined ? "" : ".t" + slot(type)}`);
  fill.style.width = `${whole ? Math.max(1, (100 * part) / whole) : 0}%`;
  return h("span.bar", { "aria-hidden": "true" }, fill);
}

/** The mentions of an entity over the periods, as a small line. */
function sparkline(series, width = 120, height = 24) {
  const periods = data.periods.length;
  if (periods < 2) return "";
  // No more points than pixels.
  const step = Math.ceil(periods / width);
  const values = new Array(Math.ceil(periods / step)).fill(0);
  for (const [period, mentions] of series) values[Math.floor(period / step)] += mentions;
  const top = Math.max(1, ...values);
  const x = (at) => ((width * at) / (values.length - 1 || 1)).toFixed(1);
  const y = (value) => (height - 2 - ((height - 4) * value) / top).toFixed(1);
  const line = values.map((value, at) => `${x(at)},${y(value)}`).join(" ");
  return svg("svg", { class: "spark", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    svg("polygon", { points: `0,${height} ${line} ${width},${height}` }), svg("polyline", { points: line }));
}

const heading = (text, note) => h("div.heading", null, h("h2", null, text), note && h("p.note", null, note));
const empty = (text) => h("p.empty", null, text);

/** A group of buttons of which one is pressed. */
function choices(label, options, chosen, onchoose) {
  const buttons = options.map(([value, text]) =>
    h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === value));
      onchoose(value);
    }, "data-value": value }, text));
  return h("div.choices", { role: "group", "aria-label": label }, buttons);
}

/** A colour of the style sheet, for what is drawn on a canvas. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
