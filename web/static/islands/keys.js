/**
 * The keyboard: j and k walk the rows, g and a letter go to a page, / searches, ? shows the list. The inbox has keys of its own. Single
 * keys can be switched off on this device, because dictation and a trembling hand press them by accident (WCAG 2.1.4); Ctrl K and Ctrl
 * Enter stay.
 * @param {Document} doc
 */
import { inboxKeys } from "./inbox.js";

const off = "keys-off";

/** @param {Document} doc */
export function keys(doc) {
  /** @type {Record<string, string>} */
  const places = { i: "/inbox", r: "/", o: "/incidents", a: "/alerts", m: "/mentions", n: "/monitors", s: "/sources", j: "/journal" };
  let going = 0;
  const desk = inboxKeys(doc);
  const single = switched(doc);

  doc.addEventListener("keydown", (e) => {
    const el = e.target instanceof HTMLElement ? e.target : doc.body;
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
      e.preventDefault();
      find(doc, "#find");
      return;
    }
    if (desk && desk.always(e)) return;
    const typing = el.isContentEditable || el.closest("textarea, select, dialog[open], input:not([type=checkbox], [type=radio])");
    if (e.ctrlKey || e.metaKey || e.altKey || typing || !single()) return;
    if (Date.now() - going < 1500 && places[e.key]) {
      const link = doc.querySelector(`.rail a[href^="${places[e.key]}"]`);
      location.href = e.key === "o" && link instanceof HTMLAnchorElement ? link.href : places[e.key];
      going = 0;
      return;
    }
    going = 0;
    if (desk && desk.press(e)) return;
    switch (e.key) {
      case "j": walk(doc, 1); break;
      case "k": walk(doc, -1); break;
      case "g": going = Date.now(); break;
      case "/": e.preventDefault(); find(doc, "#talk-q", "#find"); break;
      case "n": {
        const note = doc.querySelector("#note");
        if (note instanceof HTMLElement) {
          e.preventDefault();
          note.focus();
        }
        break;
      }
      case "?": {
        const list = doc.querySelector("#keys");
        if (list instanceof HTMLDialogElement && !list.open) list.showModal(); // the browser gives the focus back when it closes
        break;
      }
    }
  });
}

/**
 * Walks the rows that can be seen, from the one that has the focus, or else from the one that is open.
 * @param {Document} doc
 * @param {number} step
 */
function walk(doc, step) {
  const rows = [...doc.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length > 0);
  if (rows.length === 0) {
    const next = doc.querySelector("#next-talk");
    if (step > 0 && next instanceof HTMLElement) next.click(); // a narrow window shows the conversation alone
    return;
  }
  let here = rows.findIndex((row) => row.contains(doc.activeElement));
  if (here < 0) here = rows.findIndex((row) => row.matches(".here"));
  const to = rows[Math.min(Math.max(here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step, 0), rows.length - 1)];
  const link = to.querySelector("[data-open], a, button");
  if (link instanceof HTMLElement) {
    link.focus();
    to.scrollIntoView({ block: "nearest" });
  }
}

/**
 * Gives the focus to the first of the search boxes that can be seen.
 * @param {Document} doc
 * @param {...string} boxes
 */
function find(doc, ...boxes) {
  for (const name of boxes) {
    const box = doc.querySelector(name);
    if (!(box instanceof HTMLInputElement) || box.getClientRects().length === 0) continue;
    box.focus();
    box.select();
    return;
  }
}

/**
 * The switch that stands with the list of keys; it gives whether single keys work.
 * @param {Document} doc
 */
function switched(doc) {
  const read = () => {
    try {
      return localStorage.getItem(off) === null;
    } catch {
      return true; // without storage they work, and the switch holds for this page
    }
  };
  let on = read();
  const boxes = /** @type {HTMLInputElement[]} */ ([...doc.querySelectorAll("input[data-keys]")]);
  for (const box of boxes) {
    box.checked = on;
    box.addEventListener("change", () => {
      on = box.checked;
      for (const other of boxes) other.checked = on;
      try {
        if (on) localStorage.removeItem(off);
        else localStorage.setItem(off, "1");
      } catch {
        // as above
      }
    });
  }
  return () => on;
}
