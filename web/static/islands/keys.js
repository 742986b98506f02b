/**
 * The keyboard: j and k walk the rows, g and a letter go to a page, / searches, ? shows the list.
 * @param {Document} doc
 */
export function keys(doc) {
  /** @type {Record<string, string>} */
  const places = { i: "/inbox", r: "/", o: "/incidents", a: "/alerts", m: "/mentions", n: "/monitors", s: "/sources", j: "/journal" };
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
    if (doc.querySelector(".inbox") && inbox(doc, e)) return;
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

/**
 * The keys of the inbox: r answers, m gives it to me, a assigns, t labels, c links a claim, u raises it to the room, s puts off, e ends,
 * x chooses, z takes the answer back.
 * @param {Document} doc
 * @param {KeyboardEvent} e
 */
function inbox(doc, e) {
  /** @type {Record<string, string>} */
  const goTo = { r: "#reply", a: "#assign-to", t: "#label-new", c: "#claim-of", s: "#snooze-for" };
  /** @type {Record<string, string>} */
  const press = { m: "#act-mine", e: "#act-done", u: "#act-raise", z: "#undo button" };
  if (goTo[e.key]) {
    const field = doc.querySelector(goTo[e.key]);
    if (!(field instanceof HTMLElement)) return false;
    e.preventDefault();
    field.focus();
    return true;
  }
  if (press[e.key]) {
    const button = doc.querySelector(press[e.key]);
    if (!(button instanceof HTMLButtonElement)) return false;
    e.preventDefault();
    button.click();
    return true;
  }
  if (e.key === "x") {
    const row = /** @type {HTMLElement} */ (e.target).closest("[data-row]");
    const box = row?.querySelector("input[type=checkbox]");
    if (!(box instanceof HTMLInputElement)) return false;
    box.checked = !box.checked;
    return true;
  }
  return false;
}
