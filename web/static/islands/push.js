/**
 * Switching messages to this device on: asks the browser, and sends what it gives to the desk by the page's own form.
 * @param {Document} doc
 */
export function push(doc) {
  const form = doc.querySelector("form#push");
  if (!(form instanceof HTMLFormElement) || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  form.hidden = false;
  const problem = form.querySelector("[data-problem]");
  form.addEventListener("submit", async (event) => {
    const field = (name) => form.elements.namedItem(name);
    if (field("endpoint").value) return;
    event.preventDefault();
    try {
      await navigator.serviceWorker.register("/worker.js", { scope: "/" });
      const worker = await navigator.serviceWorker.ready;
      if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.key });
      const keys = made.toJSON().keys;
      field("endpoint").value = made.endpoint;
      field("p256dh").value = keys.p256dh;
      field("auth").value = keys.auth;
      form.requestSubmit();
    } catch {
      if (problem) problem.hidden = false;
    }
  });
}
