/** The five sections, each there, empty, or not to be had. */

import { ago, avatar, element } from "./elements.js";
import { action, message, notification, todo } from "./items.js";

const LISTS = {
  messages: {
    called: "Messages",
    item: message,
    none: "No messages. A quiet day.",
    open: (one) => one.unread,
    as: ["unread", "message"],
  },
  todos: {
    called: "Todos",
    item: todo,
    none: "Nothing to do. Enjoy it.",
    open: (one) => !one.done,
    as: ["open", "todo"],
  },
  notifications: {
    called: "Notifications",
    item: notification,
    none: "Nothing new.",
    open: (one) => !one.read,
    as: ["new", "notification"],
  },
  recommendations: { called: "Recommendations", item: action, none: "Nothing in particular. The day is yours." },
};
const REASONS = {
  TIMED_OUT: "The answer took too long.",
  UNAVAILABLE: "The service behind this has trouble.",
  SHED: "The service behind this is being given a rest.",
  DISABLED: "This is switched off for now.",
};
const HOURS = [[4, "Good evening"], [12, "Good morning"], [18, "Good afternoon"], [24, "Good evening"]];
const TODAY = new Intl.DateTimeFormat("en", { weekday: "long", month: "long", day: "numeric" });
const PARTS = new Intl.ListFormat("en", { type: "unit" });
export const NAMES = ["viewer", ...Object.keys(LISTS)];

const find = (selector) => document.querySelector(selector);
const bones = Object.keys(LISTS).map((name) => [find(`#${name} ol`), [...find(`#${name} ol`).children]]);

/** Back to the bones that the page was loaded with, and a greeting to nobody in particular. */
export function clear() {
  for (const [list, children] of bones) Object.assign(list, { ariaBusy: "true" }).replaceChildren(...children);
  document.querySelectorAll(".vacancy").forEach((vacancy) => vacancy.remove());
  document.querySelectorAll(".aside").forEach((aside) => { aside.textContent = ""; });
  find("#viewer .avatar").replaceWith(avatar(null));
  greet({});
}

/** Show a section's `value`, or why it is null; `late` where people have already seen the page without it. */
export function showSection(name, value, row, { late, again }) {
  const section = document.getElementById(name);
  const before = section.querySelector(".vacancy");
  const focused = before?.contains(document.activeElement);
  before?.remove();
  if (name === "viewer") find("#viewer .avatar").replaceWith(avatar(value));
  else fill(section, LISTS[name], value ?? [], row);
  const called = LISTS[name]?.called ?? "Your name and picture";
  const are = name === "viewer" || called.endsWith("s") ? "are" : "is";
  if (value === null) section.append(vacancy(`${called} ${are} not available right now.`, row, again));
  else if (LISTS[name] && !value.length) section.append(element("p", { className: "vacancy" }, LISTS[name].none));
  if (late && value) find("#news").textContent = `${called} ${are} here now.`;
  else if (focused) find("#news").textContent = `${called} ${are} still not available.`;
  if (focused) (section.querySelector(".vacancy button") ?? section).focus();
}

function fill(section, { item, open, as }, items, row) {
  const count = open ? items.filter(open).length : 0;
  const age = row.state === "STALE" && row.fetchedAt && `from ${ago(row.fetchedAt, "long")}`;
  Object.assign(section.querySelector("ol"), { ariaBusy: "false" }).replaceChildren(...items.map((one) => item(one)));
  section.querySelector(".aside").textContent = [count && `${count} ${as[0]}`, age].filter(Boolean).join(" · ");
}

function vacancy(sentence, { state, code }, again) {
  const button = element("button", { type: "button", textContent: "Try now" });
  const soon = element("span", {}, element("span", { className: "trying" }, "Trying again soon.\u00a0"), button);
  button.addEventListener("click", again);
  return element("div", { className: "vacancy" },
    element("p", {}, element("strong", { textContent: sentence })),
    element("p", {}, element("span", { textContent: REASONS[state] ?? "" }), " ", state !== "DISABLED" && soon),
    element("p", {}, element("code", { textContent: [state, code].filter(Boolean).join(" · ") })));
}

/** The words at the top, made of what there is. */
export function greet(values) {
  const now = new Date();
  const words = HOURS.find(([until]) => now.getHours() < until)[1];
  const first = values.viewer?.name.split(/\s+/)[0];
  const parts = Object.keys(LISTS).map((name) => summed(LISTS[name], values[name])).filter(Boolean);
  find("#today").textContent = TODAY.format(now);
  find("h1").textContent = first ? `${words}, ${first}` : words;
  find("#summary").textContent = PARTS.format(parts) || (values.viewer?.email ?? "");
}

function summed({ open, as }, items) {
  const count = open && items?.filter(open).length;
  return count && `${count} ${as.join(" ")}${count > 1 ? "s" : ""}`;
}
