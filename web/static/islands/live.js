/**
 * Live pages. The server says what kind of thing happened; parts that care (hx-trigger="desk-… from:body") ask for themselves
 * anew. A part in which somebody is typing, choosing or selecting is left alone until they are done, then brought up to date.
 * @param {Document} doc
 */
export function live(doc) {
  const address = doc.body.dataset.live;
  const wanted = "[hx-trigger*=desk-]";
  if (!address || !("EventSource" in window) || !doc.querySelector(`${wanted}, [data-new]`)) return;
  let waiting = false;

  /** @param {string} name */
  const tell = (name) => doc.body.dispatchEvent(new CustomEvent(name));
  const everything = () => ["desk-tick", "desk-alert", "desk-room", "desk-source", "desk-words", "desk-hold", "desk-inbox"].forEach(tell);

  // Numbers move several times a second in a storm; a page follows every three seconds, and never misses the last.
  let resting = false;
  let again = false;
  const tick = () => {
    again = resting;
    if (resting) return;
    resting = true;
    tell("desk-tick");
    setTimeout(() => {
      resting = false;
      if (again) tick();
    }, 3000);
  };

  // The inbox of a storm changes all the time; it follows every second, and never misses the last.
  let soon = 0;
  const inbox = () => {
    soon ||= setTimeout(() => {
      soon = 0;
      tell("desk-inbox");
    }, 1000);
  };

  /** @type {EventSource | undefined} */
  let stream;
  const connect = () => {
    stream?.close();
    stream = new EventSource(address);
    stream.addEventListener("open", () => state(true));
    stream.addEventListener("error", () => state(false));
    stream.addEventListener("reload", everything);
    stream.addEventListener("tick", () => {
      tick();
      for (const link of doc.querySelectorAll("[data-new]")) link.removeAttribute("hidden");
    });
    stream.addEventListener("room", (e) => {
      const { room } = JSON.parse(e.data);
      if (address.endsWith(`room=${room}`)) tell("desk-room");
      if (room === "0") inbox(); // somebody began or ended to read or write
    });
    stream.addEventListener("entry", (e) => {
      const { area, room } = JSON.parse(e.data);
      if (area === "alert") tell("desk-alert");
      if (area === "incident" || room !== "0") tell("desk-room");
      if (area === "statement" || area === "promise") tell("desk-words");
      if (area === "source") tell("desk-source");
      if (area === "hold") tell("desk-hold");
      if (area === "conversation") inbox();
    });
  };
  connect();
  addEventListener("pagehide", () => stream?.close());
  // A browser allows few streams at once: a page that nobody sees gives its own back, and catches up when it is seen again.
  doc.addEventListener("visibilitychange", () => {
    if (doc.hidden) stream?.close();
    else {
      connect();
      everything();
    }
  });

  /** @param {boolean} on */
  function state(on) {
    const stamp = doc.querySelector("#live");
    stamp?.classList.toggle("on", on);
    stamp?.classList.toggle("off", !on);
  }

  doc.addEventListener("htmx:beforeRequest", (e) => {
    const el = /** @type {HTMLElement} */ (e.target);
    if (!el.matches(wanted) || !(busy(el) || doc.hidden)) return;
    waiting = true;
    e.preventDefault();
  });
  doc.addEventListener("htmx:beforeSwap", (e) => {
    const el = /** @type {HTMLElement} */ (e.target);
    if (!el.matches(wanted) || !busy(el)) return;
    waiting = true;
    /** @type {CustomEvent} */ (e).detail.shouldSwap = false;
  });
  // What a page has brought up to date beside its list is left alone for itself: where somebody is, nothing moves under them.
  /** @type {Set<string>} */
  const held = new Set();
  doc.addEventListener("htmx:oobBeforeSwap", (e) => {
    const { detail } = /** @type {CustomEvent} */ (e);
    const el = /** @type {HTMLElement} */ (detail.target);
    if (!busy(el)) {
      held.delete(el.id);
      behind(el.id, false);
      return;
    }
    detail.shouldSwap = false;
    waiting = true;
    held.add(el.id);
    behind(el.id, el.innerHTML !== detail.fragment?.querySelector(`#${el.id}`)?.innerHTML);
  });
  /** @param {string} id @param {boolean} is */
  const behind = (id, is) => doc.querySelector(`[data-behind="${id}"]`)?.toggleAttribute("hidden", !is);

  doc.addEventListener("htmx:afterSwap", () => state(stream?.readyState === EventSource.OPEN));

  const settle = () => setTimeout(() => {
    if (!waiting || doc.hidden || [...doc.querySelectorAll(wanted)].some((el) => busy(/** @type {HTMLElement} */ (el)))) return;
    if ([...held].some((id) => busy(/** @type {HTMLElement} */ (doc.getElementById(id) ?? doc.body)))) return;
    held.clear();
    waiting = false;
    everything();
  }, 300);
  for (const done of ["focusout", "toggle", "visibilitychange", "selectionchange"]) doc.addEventListener(done, settle, true);

  /** @param {HTMLElement} el */
  function busy(el) {
    const at = doc.activeElement;
    const held = at instanceof HTMLElement && at !== doc.body && at !== el && el.contains(at) && at.matches("input, textarea, select, button, summary, a");
    return held || el.querySelector("details[open]") !== null || getSelection()?.type === "Range";
  }
}
