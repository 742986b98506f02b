/**
 * Keeps "5 min ago" true while a page stays open, and running clocks running.
 * @param {Document} doc
 */
export function clock(doc) {
  const lang = doc.documentElement.lang || "en";
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: /^(he|zh)/.test(lang) ? "long" : "short" });
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

  /** @param {number} seconds since the time; negative before it */
  const ago = (seconds) => {
    for (const [unit, size] of units) {
      if (Math.abs(seconds) >= size || unit === "second") {
        return relative.format(-Math.trunc(seconds / size), unit);
      }
    }
    return "";
  };

  /** @param {number} seconds */
  const running = (seconds) => {
    const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
    const whole = Math.abs(Math.trunc(seconds));
    return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  };

  const turn = () => {
    const now = Date.now();
    for (const at of doc.querySelectorAll("time.ago")) {
      const seconds = (now - Date.parse(at.getAttribute("datetime") ?? "")) / 1000;
      if (Math.abs(seconds) < 30 * 86400) at.textContent = ago(seconds);
    }
    for (const at of doc.querySelectorAll("time.clock")) {
      at.textContent = running((now - Date.parse(at.getAttribute("datetime") ?? "")) / 1000);
    }
  };
  const every = () => {
    if (!doc.hidden) turn();
    setTimeout(every, doc.querySelector("time.clock") ? 1000 : 10000);
  };
  every();
  doc.addEventListener("htmx:afterSettle", turn);
}
