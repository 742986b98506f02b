/**
 * A closer look at a chart: uPlot draws the numbers of the table behind it, to be zoomed with the mouse. Without uPlot the
 * button stays hidden.
 * @param {Document} doc
 */
export function plot(doc) {
  const { plot: script, plotStyle: style } = doc.body.dataset;
  if (!script) return;
  const show = () => {
    for (const button of doc.querySelectorAll("button[data-zoom][hidden]")) button.removeAttribute("hidden");
  };
  show();
  doc.addEventListener("htmx:afterSettle", show);
  doc.addEventListener("click", async (e) => {
    const button = /** @type {HTMLElement} */ (e.target).closest("button[data-zoom]");
    const figure = button?.closest("figure");
    if (!figure || !button) return;
    await load(doc, script, style ?? "");
    button.remove();
    draw(figure);
  });
}

/** @type {Promise<void> | undefined} */
let loading;

/** @param {Document} doc @param {string} script @param {string} style */
function load(doc, script, style) {
  loading ??= new Promise((resolve, reject) => {
    const css = Object.assign(doc.createElement("link"), { rel: "stylesheet", href: style });
    const js = Object.assign(doc.createElement("script"), { src: script, onload: () => resolve(), onerror: reject });
    doc.head.append(css, js);
  });
  return loading;
}

/**
 * Puts the steps without mentions, which the table leaves out, back in.
 * @param {HTMLElement} figure
 */
function series(figure) {
  const [from, step, steps] = ["from", "step", "steps"].map((name) => Number(figure.dataset[name]));
  const at = Array.from({ length: steps }, (_, i) => from + i * step);
  const all = at.map(() => 0);
  const bad = at.map(() => 0);
  for (const row of figure.querySelectorAll("tbody tr[data-at]")) {
    const i = Math.round((Number(row.getAttribute("data-at")) - from) / step);
    all[i] = Number(row.getAttribute("data-n"));
    bad[i] = Number(row.getAttribute("data-bad"));
  }
  return "moodless" in figure.dataset ? [at, all] : [at, all, bad];
}

/** @param {HTMLElement} figure */
function draw(figure) {
  const room = figure.querySelector(".plot");
  if (!(room instanceof HTMLElement)) return;
  const heads = [...figure.querySelectorAll("thead th")].map((h) => h.textContent ?? "");
  const probe = figure.appendChild(document.createElement("i"));
  const colour = (/** @type {string} */ name) => { // a canvas knows no custom properties
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const moods = "moodless" in figure.dataset ? [] : [{ label: heads[2], stroke: colour("--bad"), width: 1.5, points: { show: false } }];
  const axis = { stroke: colour("--dim"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  const box = document.createElement("div");
  box.className = "zoomed";
  // @ts-expect-error: uPlot comes as a global
  const chart = new uPlot({
    width: room.clientWidth, height: 280, axes: [{ ...axis, space: 90, values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) => ticks.map((t) => clock.format(t * 1000)) }, axis],
    series: [
      { label: heads[0], value: (/** @type {unknown} */ _, /** @type {number | null} */ t) => t == null ? "" : clock.format(t * 1000) },
      { label: heads[1], stroke: colour("--n1"), fill: colour("--accent-soft"), width: 1.5, points: { show: false } },
      ...moods,
    ],
  }, series(figure), box);
  probe.remove();
  room.replaceWith(box);
  new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: 280 })).observe(box);
}
