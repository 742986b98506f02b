import { aloud } from "./aloud.js";

const stored = "desk-from";

/** Fields that a key leads to, and buttons that a key presses, in the conversation that is open. */
const fields = { r: "#reply", a: "#assign-to", t: "#label-new", c: "#claim-of", s: "#snooze-for", n: "#note" };
const buttons = { m: "#act-mine", e: "#act-done", u: "#act-raise", p: "#act-private", z: "#undo button" };
/** The same for the conversations that are chosen in the list. */
const fieldsOfMany = { a: "#bulk-user", t: "#bulk-label", s: "#bulk-hours" };
const buttonsOfMany = { m: "#bulk-mine", e: "#bulk-done" };

/**
 * The keys of the inbox: r answers, m gives it to me, a assigns, t labels, c links a claim, p moves to private, u raises it to the room, s
 * puts off, n notes, e ends, x chooses, Shift x chooses up to there, z takes the answer back, Escape leaves a field. What is chosen comes
 * before what is open. After an act the focus is where it came from.
 * @param {Document} doc
 * @returns {{always: (e: KeyboardEvent) => boolean, press: (e: KeyboardEvent) => boolean} | undefined}
 */
export function inboxKeys(doc) {
  const inbox = doc.querySelector(".inbox");
  if (!inbox) return undefined;
  /** @type {HTMLElement | undefined} where the focus was before a key moved it */
  let from;
  let last = -1; // row that was chosen last, for a range

  const rows = () => [...inbox.querySelectorAll("[data-row]")];
  const boxOf = (/** @type {Element | null | undefined} */ row) => {
    const box = row?.querySelector("input[name=id]");
    return box instanceof HTMLInputElement ? box : undefined;
  };
  const chosen = () => rows().filter((row) => boxOf(row)?.checked);
  const active = () => (doc.activeElement instanceof HTMLElement ? doc.activeElement : doc.body);
  const here = () => active().closest("[data-row]") ?? undefined;

  const count = () => {
    const at = doc.querySelector("#chosen");
    if (!(at instanceof HTMLElement)) return;
    at.textContent = (at.dataset.say ?? "").replace("{n}", new Intl.NumberFormat(doc.documentElement.lang).format(chosen().length));
    inbox.classList.toggle("choosing", chosen().length > 0);
    aloud(doc, at.textContent ?? "");
  };

  /** @param {HTMLElement | null} el */
  const lead = (el) => {
    if (!el) return;
    for (let d = el.closest("details"); d; d = d.parentElement?.closest("details") ?? null) d.open = true;
    if (!from?.isConnected) from = active();
    el.focus();
    el.scrollIntoView({ block: "nearest" });
    if (el instanceof HTMLInputElement) el.select();
  };

  const back = () => {
    const to = from?.isConnected && from !== doc.body ? from : inbox.querySelector("#talk-title, .talkrow.here [data-open], [data-row] [data-open]");
    from = undefined;
    if (to instanceof HTMLElement) to.focus();
  };

  const select = (/** @type {KeyboardEvent} */ e) => {
    const row = here();
    const box = boxOf(row);
    if (!row || !box) return false;
    const all = rows();
    const at = all.indexOf(row);
    if (e.shiftKey && last >= 0) {
      for (const one of all.slice(Math.min(last, at), Math.max(last, at) + 1)) {
        const b = boxOf(one);
        if (b) b.checked = true;
      }
    } else box.checked = !box.checked;
    last = at;
    count();
    return true;
  };

  inbox.addEventListener("change", (e) => {
    if (e.target instanceof HTMLInputElement && e.target.name === "id") {
      last = rows().indexOf(/** @type {Element} */ (here()));
      count();
    }
  });
  doc.addEventListener("focusin", (e) => {
    if (from && e.target instanceof Element && !e.target.closest("form:not(#talks), .bulk")) from = undefined; // they went on by themselves
  });
  // A browser does not show the focus that a page sets as it begins; who came by keyboard sees it all the same.
  doc.addEventListener("keydown", () => device(true), true);
  doc.addEventListener("pointerdown", () => device(false), true);
  inbox.addEventListener("submit", (e) => {
    if (e instanceof SubmitEvent) keep(doc, from, e.submitter);
  });
  restore(doc);

  return {
    // Also while somebody types.
    always(e) {
      const el = active();
      if (!inbox.contains(el)) return false;
      if (e.key === "Escape" && el.matches("input:not([type=checkbox]), textarea, select")) {
        e.preventDefault();
        back();
        return true;
      }
      if (e.key === "Escape" && chosen().length > 0 && !doc.querySelector("dialog[open]")) {
        for (const row of chosen()) /** @type {HTMLInputElement} */ (boxOf(row)).checked = false;
        count();
        return true;
      }
      if (e.key !== "Enter" || !(el.matches("select[data-act], .bulk input, #back-why") || (el.matches("#note, #sign-text") && (e.ctrlKey || e.metaKey)))) return false;
      const signs = el.id === "sign-text" ? el.closest("form")?.querySelector("button[value=sign]") : null;
      const press = signs ?? el.closest(".row, form")?.querySelector("button") ?? el.closest("form")?.querySelector("button");
      if (!(press instanceof HTMLButtonElement)) return false;
      e.preventDefault();
      press.click();
      return true;
    },
    press(e) {
      const key = e.key.toLowerCase();
      if (key === "x") return select(e);
      if (e.shiftKey) return false;
      /** @type {Record<string, string>} */
      let goTo = fields;
      /** @type {Record<string, string>} */
      let push = buttons;
      const many = chosen().length > 0;
      if (!many && !inbox.querySelector("#talk") && here() && (key in fieldsOfMany || key in buttonsOfMany)) select(e);
      if (chosen().length > 0) [goTo, push] = [{ ...fields, ...fieldsOfMany }, { ...buttons, ...buttonsOfMany }];
      const name = goTo[key] ?? push[key];
      if (!name) return false;
      e.preventDefault();
      const el = doc.querySelector(name);
      if (!(el instanceof HTMLElement)) {
        aloud(doc, /** @type {HTMLElement} */ (inbox).dataset.cannot ?? "");
        return true;
      }
      if (goTo[key]) lead(el);
      else {
        from ??= active();
        el.click();
      }
      return true;
    },
  };
}

/** @param {boolean} [keyboard] says that the keyboard was used last; without it, asks. */
function device(keyboard) {
  try {
    if (keyboard !== undefined) sessionStorage.setItem("desk-keyboard", keyboard ? "1" : "");
    return sessionStorage.getItem("desk-keyboard") === "1";
  } catch {
    return true; // shown once too often is better than lost
  }
}

/**
 * Keeps where the focus goes when a form's answer is there.
 * @param {Document} doc
 * @param {HTMLElement | undefined} from
 * @param {HTMLElement | null} submitter
 */
function keep(doc, from, submitter) {
  let el = from && from !== doc.body ? from : submitter ?? doc.activeElement;
  if (submitter?.closest("#undo")) el = doc.querySelector("#reply") ?? el; // its words are there again
  if (!(el instanceof Element)) return;
  const row = el.closest("[data-row]");
  const nth = row ? [...doc.querySelectorAll("[data-row]")].indexOf(row) : -1;
  const named = el.id ? `#${CSS.escape(el.id)}` : "";
  try {
    sessionStorage.setItem(stored, JSON.stringify({ row: row?.getAttribute("data-id"), nth, named }));
  } catch {
    // without storage the page begins at its top, nothing else
  }
}

/**
 * Gives the focus back: to the same row or the one that took its place, to the same control, or to the head of the conversation.
 * @param {Document} doc
 */
function restore(doc) {
  /** @type {{row?: string, nth: number, named: string} | null} */
  let was = null;
  try {
    was = JSON.parse(sessionStorage.getItem(stored) ?? "null");
    sessionStorage.removeItem(stored);
  } catch {
    // as above
  }
  const title = doc.querySelector("#talk-title");
  const wrong = doc.querySelector(".inbox [aria-invalid=true], #conflict, #warned, #stale, #sign-warned");
  let to = wrong ?? title;
  if (was && !wrong) {
    const rows = [...doc.querySelectorAll("[data-row]")];
    const row = rows.find((one) => one.getAttribute("data-id") === was.row) ?? (was.row ? rows[Math.min(was.nth, rows.length - 1)] : undefined);
    to = row?.querySelector("[data-open]") ?? (was.named ? doc.querySelector(was.named) : null) ?? title ?? rows[0]?.querySelector("[data-open]") ?? doc.querySelector("#main");
  }
  if (!(to instanceof HTMLElement)) return;
  to.focus({ preventScroll: to === title });
  if (!device()) return;
  to.classList.add("ring");
  to.addEventListener("blur", () => to?.classList.remove("ring"), { once: true });
}
