/** One item of each section, as a list item. */

import { avatar, due, element, icon, moment, unseen } from "./elements.js";

const ICONS = {
  MENTION: "M8 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0M16 8v5a2.5 2.5 0 0 0 5 0v-1a9 9 0 1 0-3.6 7.2",
  REMINDER: "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 7v5l3.2 2",
  SYSTEM: "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 8v.01M12 11.5V16",
};
const KINDS = { SendMessage: "Reply", CompleteTodo: "Todo", OpenLink: "Read" };

export function message({ id, subject, preview, sentAt, unread, sender }) {
  return element("li", { id: `message-${id}`, className: unread ? "unread" : "" },
    avatar(sender),
    element("p", { className: "first" },
      unread && unseen("Unread, from "),
      element("span", { className: "name", textContent: sender?.name ?? "Somebody" }),
      moment(sentAt)),
    element("p", { className: "second", title: `${subject}\n${preview}` },
      element("span", { className: "subject", textContent: subject }), " ", preview));
}

export function todo({ id, title, dueAt, done, priority, assignedBy }) {
  const late = !done && dueAt && new Date(dueAt) < Date.now();
  const marked = !done && priority !== "MEDIUM";
  return element("li", { id: `todo-${id}`, className: done ? "done" : "" },
    element("span", { className: "tick", ariaHidden: "true" }),
    element("p", { className: "first" },
      element("span", { className: "name", textContent: title, title }),
      done && unseen(", done"),
      marked && element("span", { className: `priority ${priority}` }, priority.toLowerCase(), unseen(" priority"))),
    element("p", { className: late ? "second late" : "second" },
      late && "was due ", dueAt ? due(dueAt) : "no date", assignedBy && ` · from ${assignedBy.name}`));
}

export function notification({ kind, text, createdAt, read }) {
  return element("li", { className: read ? "" : "unread" },
    icon(ICONS[kind] ?? ICONS.SYSTEM),
    element("p", { className: "whole", title: text }, !read && unseen("New: "), text),
    moment(createdAt));
}

export function action({ __typename: kind, title, reason, score, ...goal }) {
  const link = destination(goal);
  const made = element("li", { className: kind },
    element("p", { className: "label" }, KINDS[kind] ?? "Next",
      element("span", { className: "score", title: `How much it is recommended: ${score}`, ariaHidden: "true" })),
    element("h3", { title }, link ? element("a", { ...link, textContent: title }) : title),
    element("p", { className: "reason", textContent: reason }));
  made.style.setProperty("--score", Math.min(Math.max(score, 0), 1));
  return made;
}

/** Where an action leads: to its item further down this page, or out to the web, over https only. */
function destination({ message, todo, url }) {
  if (url && URL.parse(url)?.protocol === "https:") {
    return { href: url, target: "_blank", rel: "noopener noreferrer" };
  }
  const place = message ? `message-${message.id}` : todo && `todo-${todo.id}`;
  return document.getElementById(place) && { href: `#${encodeURIComponent(place)}` };
}
