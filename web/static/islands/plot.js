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

/** @param {HTMLElement} figure */
function draw(figure) {
  const rows = [...figure.querySelectorAll("tbody tr[data-at]")].reverse();
  const at = rows.map((r) => Number(r.getAttribute("data-at")));
  const all = rows.map((r) => Number(r.getAttribute("data-n")));
  const bad = rows.map((r) => Number(r.getAttribute("data-bad")));
  const heads = [...figure.querySelectorAll("thead th")].map((h) => h.textContent ?? "");
  const colour = (/** @type {string} */ name) => getComputedStyle(figure).getPropertyValue(name);
  const room = figure.querySelector(".plot");
  if (!(room instanceof HTMLElement) || at.length === 0) return;
  const axis = { stroke: colour("--dim"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  const box = document.createElement("div");
  box.className = "zoomed";
  // @ts-expect-error: uPlot comes as a global
  const chart = new uPlot({
    width: room.clientWidth, height: 280, axes: [axis, axis], scales: { x: { time: true } },
    series: [{ label: heads[0] }, { label: heads[1], stroke: colour("--n1"), fill: colour("--accent-soft"), width: 1.5 }, { label: heads[2], stroke: colour("--bad"), width: 1.5 }],
  }, [at, all, bad], box);
  room.replaceWith(box);
  new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: 280 })).observe(box);
}
