/** "How was this page made?": the report of `extensions.sections` as a strip for those who build it. */

import { element } from "./elements.js";

const REMEMBERED = "bff.made.open";
const details = document.getElementById("made");

/** Open it where the address says `?dev`, or where it was left open the last time. */
export function rememberMade() {
  details.open = new URL(location).searchParams.has("dev") || remembered();
  details.addEventListener("toggle", () => {
    try {
      localStorage.setItem(REMEMBERED, details.open ? "yes" : "");
    } catch { /* a browser may forbid it */ }
  });
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) === "yes";
  } catch {
    return false;
  }
}

/** `rows` as in `extensions.sections`; `milliseconds` is what the browser waited for the page. */
export function showMade(rows, { milliseconds, requestId }) {
  const longest = Math.max(...rows.map((row) => row.elapsedMs ?? 0), milliseconds);
  details.querySelector("ul").replaceChildren(...rows.map((row) => chip(row, longest)));
  details.querySelector("p").replaceChildren(
    `The whole page took ${Math.round(milliseconds)} ms`,
    requestId ? element("span", {}, " · request ", element("code", { textContent: requestId })) : "");
}

function chip({ path, state, code, elapsedMs, count }, longest) {
  const made = element("li", { className: `chip ${state}` },
    element("span", { className: "name", textContent: path.slice(1).filter((step) => step !== "*").join(" › ") }),
    element("span", { className: "took", textContent: count ? `${count} missing` : `${Math.round(elapsedMs)} ms` }),
    element("span", { className: "state", textContent: code ? `${state} · ${code}` : state }));
  made.style.setProperty("--part", (elapsedMs ?? 0) / longest);
  return made;
}
