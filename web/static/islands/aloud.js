/**
 * Says something to who does not see the page. A live region is read when its words change, not when a page comes with them: what a form
 * did is therefore said once more when the page is there.
 * @param {Document} doc
 * @param {string} words
 */
export function aloud(doc, words) {
  const at = doc.querySelector("#aloud");
  if (!at) return;
  at.textContent = "";
  setTimeout(() => {
    at.textContent = words;
  }, 50);
}

/** @param {Document} doc */
export function outcome(doc) {
  const words = doc.querySelector("#notice")?.textContent?.trim().replace(/\s+/g, " ");
  if (words) aloud(doc, words);
}
