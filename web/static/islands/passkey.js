/**
 * Passkeys: a form with data-passkey asks the desk for a question (at data-ask), has the person's device answer it, and sends the
 * answer as a field of its own. Where a browser knows no passkeys such forms stay hidden.
 * @param {Document} doc
 */
export function passkey(doc) {
  if (!window.PublicKeyCredential || !window.isSecureContext) return;
  for (const form of doc.querySelectorAll("form[data-passkey]")) {
    if (!(form instanceof HTMLFormElement)) continue;
    form.hidden = false;
    form.addEventListener("submit", (e) => {
      if (field(form, "answer").value) return;
      e.preventDefault();
      answer(form).then(
        () => form.submit(),
        (/** @type {unknown} */ why) => tell(form, why),
      );
    });
  }
}

/** @param {HTMLFormElement} form */
async function answer(form) {
  const got = await fetch(form.dataset.ask ?? "", { method: "POST", body: new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, String(v)])) });
  const asked = await got.json();
  if (!got.ok) throw new Error(asked.problem);
  const made =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: opened(asked.options) })
      : await navigator.credentials.get({ publicKey: opened(asked.options) });
  field(form, "question").value = asked.name;
  field(form, "answer").value = JSON.stringify(closed(made));
}

/** @param {HTMLFormElement} form @param {unknown} why */
function tell(form, why) {
  const said = form.querySelector("[data-said]");
  if (said && why instanceof Error && why.name === "Error" && why.message) said.textContent = why.message;
}

/** @param {HTMLFormElement} form @param {string} name @returns {HTMLInputElement} */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/** @param {string} text base64url */
function bytes(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

/** @param {ArrayBuffer} raw */
function base64url(raw) {
  return btoa(String.fromCharCode(...new Uint8Array(raw))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * What the desk wrote, with its binary values opened.
 * @param {any} o
 */
function opened(o) {
  const known = (/** @type {any[]} */ all) => (all ?? []).map((c) => ({ ...c, id: bytes(c.id) }));
  return {
    ...o,
    challenge: bytes(o.challenge),
    ...(o.user && { user: { ...o.user, id: bytes(o.user.id) } }),
    excludeCredentials: known(o.excludeCredentials),
    allowCredentials: known(o.allowCredentials),
  };
}

/**
 * What a device answered, with its binary values closed.
 * @param {any} c
 */
function closed(c) {
  const response = /** @type {Record<string, any>} */ ({});
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (c.response[name]) response[name] = base64url(c.response[name]);
  }
  return { id: c.id, rawId: base64url(c.rawId), type: c.type, response, clientExtensionResults: {} };
}
