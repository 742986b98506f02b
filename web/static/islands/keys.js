/**
 * The keyboard: j and k walk the rows, g and a letter go to a page, / searches, ? shows the list.
 * @param {Document} doc
 */
export function keys(doc) {
  /** @type {Record<string, string>} */
  const places = { r: "/", o: "/incidents", a: "/alerts", m: "/mentions", n: "/monitors", s: "/sources", j: "/journal" };
  let going = 0;

  /** @param {number} step */
  const walk = (step) => {
    const rows = [...doc.querySelectorAll("[data-row]")];
    if (rows.length === 0) return;
    const here = rows.findIndex((row) => row.contains(doc.activeElement));
    const to = rows[Math.min(Math.max(here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step, 0), rows.length - 1)];
    const link = to.querySelector("[data-open], a, button");
    if (link instanceof HTMLElement) {
      link.focus();
      to.scrollIntoView({ block: "nearest" });
    }
  };

  const find = () => {
    const box = doc.querySelector("#find");
    if (box instanceof HTMLInputElement) {
      box.focus();
      box.select();
    }
  };

  doc.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
      e.preventDefault();
      find();
      return;
    }
    const el = /** @type {HTMLElement} */ (e.target);
    if (e.ctrlKey || e.metaKey || e.altKey || el.closest("input, textarea, select, dialog[open]") || el.isContentEditable) return;
    if (Date.now() - going < 1500 && places[e.key]) {
      const link = doc.querySelector(`.rail a[href^="${places[e.key]}"]`);
      location.href = e.key === "o" && link instanceof HTMLAnchorElement ? link.href : places[e.key];
      going = 0;
      return;
    }
    going = 0;
    switch (e.key) {
      case "j": walk(1); break;
      case "k": walk(-1); break;
      case "g": going = Date.now(); break;
      case "/": e.preventDefault(); find(); break;
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
        if (list instanceof HTMLDialogElement && !list.open) list.showModal();
        break;
      }
    }
  });
}
