/**
 * STOP by touch: the button acts after it was held, so that a phone in a pocket stops nothing. By mouse and keyboard, and without
 * scripts, it is a plain button.
 * @param {Document} doc
 */
export function hold(doc) {
  if (!matchMedia("(pointer: coarse)").matches) return;
  for (const button of doc.querySelectorAll("button[data-hold]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    let timer = 0;
    let held = false;
    const begin = () => {
      held = false;
      button.classList.add("pressing");
      timer = setTimeout(() => {
        held = true;
        button.form?.requestSubmit(button);
      }, Number(button.dataset.hold));
    };
    const end = () => {
      clearTimeout(timer);
      button.classList.remove("pressing");
    };
    button.addEventListener("pointerdown", begin);
    for (const over of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(over, end);
    button.addEventListener("contextmenu", (e) => e.preventDefault());
    button.addEventListener("click", (e) => {
      // A keyboard or a screen reader sends a click without a pointer: detail is 0.
      if (e.detail !== 0 && !held) e.preventDefault();
    });
  }
}
