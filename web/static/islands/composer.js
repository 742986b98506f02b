/**
 * The composer of the inbox: keeps what is being written as a draft, so that others see who is writing and nobody answers twice, and sends
 * with Ctrl and Enter.
 * @param {Document} doc
 */
export function composer(doc) {
  const form = doc.querySelector("#composer");
  const field = form?.querySelector("#reply");
  if (!(form instanceof HTMLFormElement) || !(field instanceof HTMLTextAreaElement)) return;
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
    if (e.key === "Escape") field.blur();
  });
}
