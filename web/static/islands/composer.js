/**
 * The seconds in which an answer can be taken back. Without scripts a bar runs down and the button goes when it is over.
 * @param {Document} doc
 */
export function undo(doc) {
  const form = doc.querySelector("#undo");
  if (!(form instanceof HTMLFormElement)) return;
  const shown = form.querySelector("[data-left]");
  const until = Number(form.dataset.until);
  const turn = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0) {
      if (form.contains(doc.activeElement)) {
        const title = doc.querySelector("#talk-title");
        if (title instanceof HTMLElement) title.focus();
      }
      form.remove();
      return;
    }
    if (shown) shown.textContent = new Intl.NumberFormat(doc.documentElement.lang, { style: "unit", unit: "second", unitDisplay: "narrow" }).format(left);
    setTimeout(turn, 250);
  };
  turn();
}

/**
 * The composer of the inbox: keeps what is being written as a draft, so that others see who is writing and nobody answers twice, and sends
 * with Ctrl and Enter.
 * @param {Document} doc
 */
export function composer(doc) {
  const form = doc.querySelector("#composer");
  const field = form?.querySelector("#reply");
  if (!(form instanceof HTMLFormElement) || !(field instanceof HTMLTextAreaElement)) return;
  const account = form.querySelector("#channel");
  const as = form.querySelector("#send [data-as]");
  if (account instanceof HTMLSelectElement && as instanceof HTMLElement) {
    account.addEventListener("change", () => {
      const to = account.selectedOptions[0]?.dataset ?? {};
      as.textContent = to.sends ?? "";
      const mark = form.querySelector("#send .acct");
      if (mark) mark.textContent = to.initials ?? "";
      form.className = form.className.replace(/\bhue-\d+/, `hue-${to.hue ?? 0}`);
    });
  }
  let later = 0;
  const keep = async () => {
    later = 0;
    const body = new URLSearchParams({ text: field.value });
    const answer = await fetch(form.dataset.draft ?? "", { method: "POST", body });
    field.setCustomValidity("");
    if (answer.status !== 409) return;
    const says = await answer.text();
    let notice = form.querySelector("#busy");
    if (!notice) {
      notice = doc.createElement("p");
      notice.id = "busy";
      notice.className = "notice bad";
      notice.setAttribute("role", "alert");
      form.prepend(notice);
    }
    notice.textContent = says;
  };
  field.addEventListener("input", () => {
    later ||= setTimeout(keep, 700);
  });
  field.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      const send = form.querySelector("#send");
      if (send instanceof HTMLButtonElement) send.click();
    }
  });
}
