/**
 * Moving posts to another day of the calendar: by dragging, or with Alt and an arrow (left and right a day, up and down a week). The
 * page's own form does the work; without scripts each post has a form.
 * @param {Document} doc
 */
export function calendar(doc) {
  const form = doc.querySelector("form#drag");
  const grid = doc.querySelector("[data-calendar]");
  if (!(form instanceof HTMLFormElement) || !grid) return;
  let post = "";
  /** @param {string} id @param {string} to a day such as 2026-11-21 */
  const move = (id, to) => {
    form.action = `/posts/${id}/move`;
    for (const [name, value] of Object.entries({ day: to, back: `${location.pathname}${location.search}` })) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    try {
      sessionStorage.setItem("moved", id);
    } catch {
      // without storage the focus is lost, nothing else
    }
    form.requestSubmit();
  };
  try {
    const moved = sessionStorage.getItem("moved");
    sessionStorage.removeItem("moved");
    doc.querySelector(`#post-${Number(moved)} a`)?.focus();
  } catch {
    // as above
  }
  grid.addEventListener("keydown", (e) => {
    if (!(e instanceof KeyboardEvent) || !e.altKey || !(e.target instanceof Element)) return;
    const item = e.target.closest("[data-post]");
    const at = e.target.closest("[data-day]");
    const forth = doc.dir === "rtl" ? -1 : 1;
    const days = { ArrowLeft: -forth, ArrowRight: forth, ArrowUp: -7, ArrowDown: 7 }[e.key];
    if (!days || !(item instanceof HTMLElement) || !(at instanceof HTMLElement)) return;
    e.preventDefault(); // the browser's own meaning of Alt and an arrow is to leave the page
    const to = new Date(`${at.dataset.day}T12:00:00Z`);
    to.setUTCDate(to.getUTCDate() + days);
    move(item.dataset.post ?? "", to.toISOString().slice(0, 10));
  });
  const day = (e) => (e.target instanceof Element ? e.target.closest("[data-day]") : null);
  grid.addEventListener("dragstart", (e) => {
    const item = e.target instanceof Element ? e.target.closest("[data-post]") : null;
    post = item instanceof HTMLElement ? item.dataset.post ?? "" : "";
    if (e instanceof DragEvent && e.dataTransfer) e.dataTransfer.effectAllowed = "move";
  });
  grid.addEventListener("dragover", (e) => {
    const over = day(e);
    if (!post || !over) return;
    e.preventDefault();
    for (const d of grid.querySelectorAll(".over")) if (d !== over) d.classList.remove("over");
    over.classList.add("over");
  });
  grid.addEventListener("dragend", () => {
    post = "";
    for (const d of grid.querySelectorAll(".over")) d.classList.remove("over");
  });
  grid.addEventListener("drop", (e) => {
    const over = day(e);
    if (!post || !(over instanceof HTMLElement)) return;
    e.preventDefault();
    move(post, over.dataset.day ?? "");
  });
}
