/**
 * Dragging posts to another day of the calendar. The page's own form does the work; without scripts each post has a form.
 * @param {Document} doc
 */
export function calendar(doc) {
  const form = doc.querySelector("form#drag");
  const grid = doc.querySelector("[data-calendar]");
  if (!(form instanceof HTMLFormElement) || !grid) return;
  let post = "";
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
    form.action = `/posts/${post}/move`;
    const field = form.elements.namedItem("day");
    if (field instanceof HTMLInputElement) field.value = over.dataset.day ?? "";
    form.requestSubmit();
  });
}
