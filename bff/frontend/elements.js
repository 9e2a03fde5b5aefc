/** The small parts that every section is made of. Text is only ever set as text: it comes from other services. */

const MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const UNITS = Object.entries({ year: 365 * DAY, month: 30 * DAY, week: 7 * DAY, day: DAY, hour: HOUR, minute: MINUTE });
const SHORT = new Intl.DateTimeFormat("en", { weekday: "short", month: "short", day: "numeric" });
const FULL = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "short" });

/** An element with properties and children; a child that is null or empty is left out. */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter(Boolean));
  return made;
}

/** How long ago, in words: `narrow` as in "3h ago", `long` as in "3 hours ago". */
export function ago(date, style = "narrow") {
  const seconds = (new Date(date) - Date.now()) / 1000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? [];
  if (!unit) return style === "long" ? "a moment ago" : "just now";
  return new Intl.RelativeTimeFormat("en", { style, numeric: "auto" }).format(Math.trunc(seconds / length), unit);
}

/** A time that goes on being true: `keepTime` says it anew. */
export const moment = (date) =>
  element("time", { className: "ago", dateTime: date, title: FULL.format(new Date(date)), textContent: ago(date) });

export const keepTime = () =>
  document.querySelectorAll("time.ago").forEach((time) => { time.textContent = ago(time.dateTime); });

/** A day as people say it. */
export function due(date) {
  const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(date) - midnight(Date.now())) / (1000 * DAY));
  const words = { [-1]: "yesterday", 0: "today", 1: "tomorrow" }[days] ?? SHORT.format(new Date(date));
  return element("time", { dateTime: date, title: FULL.format(new Date(date)), textContent: words });
}

/** A person's picture, or their initials where there is none that this page may show. */
export function avatar(person) {
  const initials = (person?.name ?? "").split(/\s+/).map((word) => [...word][0] ?? "");
  const made = element("span", { className: "avatar", ariaHidden: "true" }, initials[0], initials.slice(1).at(-1));
  const url = person?.avatarUrl && URL.parse(person.avatarUrl, location.href);
  if (url && (url.origin === location.origin || url.href.startsWith("data:image/"))) {
    const picture = element("img", { alt: "", src: url.href });
    picture.addEventListener("error", () => picture.remove());
    made.append(picture);
  }
  return made;
}

/** A line drawing on a field of 24 by 24. */
export function icon(path) {
  const [drawing, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "icon");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

/** For ears only. */
export const unseen = (text) => element("span", { className: "unseen", textContent: text });
