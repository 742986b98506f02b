/**
 * Small comforts of forms: a select that acts when it changes, one open menu at a time, the browser's time zone as a default.
 * @param {Document} doc
 */
export function forms(doc) {
  doc.addEventListener("change", (e) => {
    const el = /** @type {HTMLElement} */ (e.target);
    const form = el.closest("form[data-autosubmit]") ?? (el.hasAttribute("data-autosubmit") ? el.closest("form") : null);
    if (form instanceof HTMLFormElement) form.requestSubmit();
  });
  doc.addEventListener("click", (e) => {
    for (const menu of doc.querySelectorAll("details[name=menu][open]")) {
      if (!menu.contains(/** @type {Node} */ (e.target))) menu.removeAttribute("open");
    }
  });
  doc.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const menu of doc.querySelectorAll("details[name=menu][open]")) {
      menu.removeAttribute("open");
      menu.querySelector("summary")?.focus();
    }
  });
  const zone = doc.querySelector("input[data-zone]");
  if (zone instanceof HTMLInputElement && zone.value === "UTC") {
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  }
}
