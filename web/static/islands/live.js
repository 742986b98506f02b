/**
 * Live pages. The server says what kind of thing happened; parts that care (hx-trigger="desk-… from:body") ask for themselves
 * anew. A part in which somebody is typing or choosing is left alone until they are done.
 * @param {Document} doc
 */
export function live(doc) {
  const address = doc.body.dataset.live;
  if (!address || !("EventSource" in window)) return;
  const stamp = doc.querySelector("#live");
  const part = doc.querySelector("[hx-trigger*=desk-]");

  /** @param {string} name @param {unknown} detail */
  const tell = (name, detail) => doc.body.dispatchEvent(new CustomEvent(name, { detail }));

  if (part) {
    const stream = new EventSource(address);
    stream.addEventListener("open", () => state(true));
    stream.addEventListener("error", () => state(false));
    stream.addEventListener("tick", () => tell("desk-tick", {}));
    stream.addEventListener("reload", () => {
      tell("desk-tick", {});
      tell("desk-alert", {});
      tell("desk-room", {});
    });
    stream.addEventListener("entry", (e) => {
      const { area, on, room } = JSON.parse(e.data);
      if (area === "alert") tell("desk-alert", { on });
      if (area === "incident" || room !== "0") tell("desk-room", { room });
      if (area === "source") tell("desk-source", { on });
    });
    addEventListener("pagehide", () => stream.close());
  }

  /** @param {boolean} on */
  function state(on) {
    stamp?.classList.toggle("on", on);
    stamp?.classList.toggle("off", !on);
  }

  doc.addEventListener("htmx:beforeRequest", (e) => {
    const el = /** @type {HTMLElement} */ (e.target);
    if (el.matches("[hx-trigger*=desk-]") && (busy(el) || doc.hidden)) e.preventDefault();
  });
  doc.addEventListener("htmx:beforeSwap", (e) => {
    const el = /** @type {HTMLElement} */ (e.target);
    if (el.matches("[hx-trigger*=desk-]") && busy(el)) /** @type {CustomEvent} */ (e).detail.shouldSwap = false;
  });
  doc.addEventListener("visibilitychange", () => {
    if (!doc.hidden) {
      tell("desk-tick", {});
      tell("desk-alert", {});
      tell("desk-room", {});
    }
  });

  /** @param {HTMLElement} el */
  function busy(el) {
    const at = doc.activeElement;
    return el.querySelector("details[open]") !== null || (at !== null && at !== doc.body && el.contains(at) && at.matches("input, textarea, select, button, summary, a")) || getSelection()?.type === "Range";
  }
}
