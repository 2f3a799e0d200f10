"use strict";
// Who is named with whom: a network that can be dragged, and the same pairs as a list.

const MAX_NODES = 120;
const network = { least: 0, type: "", simulation: null };

views.network = {
  title: "Network",
  isShown: () => data.pairs.length > 0,
  draw([pair]) {
    const weights = data.pairs.map((each) => each[2]).sort((a, b) => b - a);
    // At first, no more edges than the eye follows.
    if (!network.least) network.least = Math.max(1, weights[Math.min(weights.length - 1, 70)]);
    const [canvas, list, side] = [h("div.canvas"), h("ol.pairs"), h("div.detail", { "aria-live": "polite" })];
    const choose = (at) => side.replaceChildren(...pairDetail(at));
    const draw = () => drawNetwork(canvas, list, output);
    const output = h("output", null);
    const slider = h("input", { type: "range", min: "1", max: String(weights[0]), value: String(network.least), oninput: (event) => {
      network.least = Number(event.target.value);
      draw();
    } });
    const kinds = [...new Set(data.entities.map((entity) => entity.type))];
    later(draw);
    choose(data.pairs[Number(pair)] ? Number(pair) : -1);
    return [h("div.network", null,
      h("section.panel", null, heading("Named in one article", "Drag a node, or move it with the arrow keys; choose a line to see its sentences."),
        h("div.tools", null, h("label.slider", null, "Articles of both, at least ", slider, output),
          choices("Type", [["", "All"], ...kinds.map((type) => [type, type])], network.type, (type) => { network.type = type; draw(); })),
        canvas),
      h("section.panel.side", null, side, h("h3", null, "Strongest pairs"), h("small", null, pairsNote()), list))];
  },
};

/** Which pairs are not here. */
function pairsNote() {
  const { pairs, dropped_pairs: dropped } = data.counts;
  const shown = pairs > data.pairs.length ? `The ${count(data.pairs.length)} strongest of ${plural(pairs, "pair")}.` : "";
  return dropped ? `${shown} ${plural(dropped, "rare pair")} left out: more than --max-pairs.`.trim() : shown;
}

function visiblePairs() {
  const fits = (number) => !network.type || data.entities[number].type === network.type;
  const pairs = [];
  const nodes = new Set();
  for (const [at, pair] of data.pairs.entries()) {
    if (pair[2] < network.least || !fits(pair[0]) || !fits(pair[1])) continue;
    const added = [pair[0], pair[1]].filter((number) => !nodes.has(number)).length;
    if (nodes.size + added > MAX_NODES) continue;
    nodes.add(pair[0]).add(pair[1]);
    pairs.push(at);
  }
  return { pairs, nodes: [...nodes] };
}

function pairDetail(at) {
  const pair = data.pairs[at];
  if (!pair) return [empty("Choose a pair in the network or in the list.")];
  const [first, second, articles, sentences, pmi, from, to, samples] = pair;
  return [h("h2", null, entityLink(first), " and ", entityLink(second)),
    h("p.facts", null, `${plural(articles, "article")}, ${plural(sentences, "sentence")} · PMI ${pmi.toFixed(1)} · ${range([from, to])}`),
    samples.length ? sentenceList(samples, [first, second])
      : empty(sentences ? "No sentences: the run was made without --context." : "They are in no sentence together.")];
}

function drawNetwork(canvas, list, output) {
  if (network.simulation) network.simulation.stop();
  const shown = visiblePairs();
  output.textContent = ` ${count(network.least)} · ${plural(shown.nodes.length, "entity", "entities")}, ${plural(shown.pairs.length, "pair")}`;
  const open = (at) => (location.hash = address("network", String(at)));
  list.replaceChildren(...shown.pairs.slice(0, 40).map((at) => {
    const [first, second, articles] = data.pairs[at];
    return h("li", null, h("a", { href: address("network", String(at)), dir: "auto" }, `${data.entities[first].name} – ${data.entities[second].name}`),
      h("small", null, count(articles)));
  }));
  const width = Math.max(320, canvas.clientWidth);
  const height = Math.max(360, Math.min(640, innerHeight - 220));
  const heaviest = Math.max(1, ...shown.nodes.map((number) => data.entities[number].mentions));
  const radius = (number) => 5 + 15 * Math.sqrt(data.entities[number].mentions / heaviest);
  // Half the width of the label, about: labels neither leave the picture nor cover each other much.
  const nodes = shown.nodes.map((number) => ({ number, r: radius(number), half: 3.1 * Math.min(26, data.entities[number].name.length) }));
  const byNumber = new Map(nodes.map((node) => [node.number, node]));
  const strongest = Math.max(1, ...shown.pairs.map((at) => data.pairs[at][2]));
  const edges = shown.pairs.map((at) => ({ at, source: byNumber.get(data.pairs[at][0]), target: byNumber.get(data.pairs[at][1]), weight: (data.pairs[at][2] - network.least + 0.5) / (strongest - network.least + 0.5) }));
  const lines = edges.map((edge) => {
    const names = `${data.entities[edge.source.number].name} and ${data.entities[edge.target.number].name}`;
    const line = svg("line", { class: "edge", "stroke-width": (1 + 5 * edge.weight).toFixed(1) });
    // A wide, invisible line that is easy to hit.
    const target = svg("line", { class: "hit", onclick: () => open(edge.at) }, svg("title", {}, `${names}: ${plural(data.pairs[edge.at][2], "article")}`));
    return { edge, parts: [line, target] };
  });
  const place = () => {
    for (const node of nodes) {
      const side = Math.max(node.r, node.half) + 2;
      node.x = Math.max(side, Math.min(width - side, node.x));
      node.y = Math.max(node.r + 2, Math.min(height - node.r - 17, node.y));
      node.element.setAttribute("transform", `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`);
    }
    for (const { edge, parts } of lines) {
      for (const part of parts) {
        for (const [end, node] of [["1", edge.source], ["2", edge.target]]) {
          part.setAttribute("x" + end, node.x.toFixed(1));
          part.setAttribute("y" + end, node.y.toFixed(1));
        }
      }
    }
  };
  // The room that each node has, if they share the picture evenly.
  const room = Math.min(160, Math.sqrt((width * height) / Math.max(1, nodes.length)));
  const simulation = d3.forceSimulation(nodes)
    .force("link", d3.forceLink(edges).distance((edge) => room * (1.1 - 0.5 * edge.weight)).strength((edge) => 0.05 + 0.25 * edge.weight))
    .force("charge", d3.forceManyBody().strength(-6 * room))
    .force("x", d3.forceX(width / 2).strength(0.08 * Math.min(1, height / width))).force("y", d3.forceY(height / 2).strength(0.08))
    .force("collide", d3.forceCollide((node) => Math.max(node.r + 10, node.half * 0.75))).stop();
  for (const node of nodes) node.element = nodeElement(node, simulation, place);
  // Laid out at once; a still picture is easier to read than a moving one.
  simulation.tick(200);
  simulation.on("tick", place);
  network.simulation = simulation;
  const label = `Network of ${plural(nodes.length, "entity", "entities")} and ${plural(edges.length, "pair")}`;
  canvas.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, width: "100%", height, role: "group", "aria-label": label },
    svg("g", {}, lines.flatMap(({ parts }) => parts)), svg("g", {}, nodes.map((node) => node.element))));
  place();
  if (!nodes.length) canvas.replaceChildren(empty("No pair is left: lower the number of articles."));
}

function nodeElement(node, simulation, place) {
  const entity = data.entities[node.number];
  const go = () => (location.hash = address("entities", entity.id));
  const label = entity.name.length > 26 ? entity.name.slice(0, 25) + "…" : entity.name;
  let dragged = false;
  const element = svg("g", { class: `node t${slot(entity.type)}`, tabindex: "0", role: "link", "aria-label": `${entity.name}, ${entity.type}, ${plural(entity.mentions, "mention")}` },
    svg("circle", { r: node.r.toFixed(1) }), svg("text", { y: (node.r + 12).toFixed(1), "text-anchor": "middle" }, label), svg("title", {}, `${entity.name} (${entity.type})`));
  const move = (event) => {
    const box = element.ownerSVGElement.getBoundingClientRect();
    const scale = element.ownerSVGElement.viewBox.baseVal.width / box.width;
    [node.fx, node.fy] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    dragged = true;
  };
  element.addEventListener("pointerdown", (event) => {
    dragged = false;
    element.setPointerCapture(event.pointerId);
    element.addEventListener("pointermove", move);
    simulation.alphaTarget(0.2).restart();
    event.preventDefault();
    element.focus();
  });
  element.addEventListener("pointerup", () => {
    element.removeEventListener("pointermove", move);
    simulation.alphaTarget(0);
    [node.fx, node.fy] = [null, null];
    if (!dragged) go();
  });
  element.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-12, 0], ArrowRight: [12, 0], ArrowUp: [0, -12], ArrowDown: [0, 12] };
    if (event.key === "Enter") go();
    if (!steps[event.key]) return;
    [node.x, node.y] = [node.x + steps[event.key][0], node.y + steps[event.key][1]];
    place();
    event.preventDefault();
  });
  return element;
}
