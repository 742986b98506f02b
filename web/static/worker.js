/**
 * The service worker of the installed desk: it shows the messages that people are called with, also while no page is open. It keeps
 * no page and no answer: what is on the screen is always what the desk says now.
 */
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let note = {};
  try {
    note = event.data.json();
  } catch {
    // a message that cannot be read still says that there is one
  }
  const actions = note.button ? [{ action: "act", title: note.button }] : [];
  event.waitUntil(
    self.registration.showNotification(note.title || "Breakwater", {
      tag: note.tag, lang: note.lang, icon: "/static/mark.svg", requireInteraction: true, renotify: Boolean(note.tag), actions, data: note,
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const note = event.notification.data || {};
  const to = new URL((event.action === "act" && note.act) || note.url || "/", self.location.origin);
  if (to.origin !== self.location.origin) to.href = new URL(to.pathname, self.location.origin).href; // another name of this desk
  event.waitUntil(self.clients.openWindow(to.href));
});
