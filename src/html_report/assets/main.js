"use strict";
// Navigation: the address after # names the view and what it shows.

const pending = [];
/** Runs once the view is in the page, and has a size. */
function later(task) {
  pending.push(task);
}

const main = document.getElementById("main");
const nav = document.querySelector("nav");
const shown = Object.entries(views).filter(([, view]) => !view.isShown || view.isShown());

function fill(place, view, rest) {
  place.replaceChildren(...view.draw(rest).flat().filter(Boolean));
  for (const task of pending.splice(0)) task();
}

function show() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  const [current, view] = shown.find(([key]) => key === name) || shown[0];
  hideTip();
  drawn.length = 0;
  main.dataset.view = current;
  fill(main, view, rest.filter(Boolean));
  for (const link of nav.children) link.setAttribute("aria-current", link.dataset.view === current ? "page" : "false");
  document.title = `${view.title} – ${heading1}`;
  if (rest.length) {
    const detail = main.querySelector(".detail");
    if (detail && matchMedia("(max-width: 800px)").matches) detail.scrollIntoView();
  } else {
    scrollTo(0, 0);
  }
}

const heading1 = document.title;
document.querySelector("h1").textContent = heading1;
document.querySelector(".subtitle").textContent = `${plural(data.totals.articles, "article")} · ${plural(data.totals.mentions, "mention")} · ${range(data.days)}`;
nav.append(...shown.map(([name, view]) => h("a", { href: address(name), "data-view": name }, view.title)));
addEventListener("hashchange", show);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
document.querySelector(".scheme").addEventListener("click", () => {
  const isDark = root.dataset.scheme ? root.dataset.scheme === "dark" : dark.matches;
  root.dataset.scheme = isDark ? "light" : "dark";
  redrawCharts();
});
dark.addEventListener("change", redrawCharts);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) {
    width = innerWidth;
    redrawCharts();
  }
});
addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
addEventListener("scroll", moveTip, { passive: true, capture: true });

// On paper, everything but full articles stands one after another.
addEventListener("beforeprint", () => {
  main.replaceChildren(...shown.filter(([name]) => name !== "articles" || main.dataset.view === "articles").map(([name, view]) => {
    const section = h("section.printed", null);
    main.append(section);
    fill(section, view, []);
    return section;
  }));
});
addEventListener("afterprint", show);
show();
