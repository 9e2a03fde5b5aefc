/** The landing page: shows what came, and asks again for what did not. */

import { ask, pause, userInAddress } from "./asking.js";
import { element, keepTime } from "./elements.js";
import { rememberMade, showMade } from "./made.js";
import { clear, greet, NAMES, showSection } from "./sections.js";

const PEOPLE = 1000;
const TRIES = 6;
const ASK_AGAIN_AFTER = 5_000;
const SLOWER_EACH_TIME = 1.6;

const find = (selector) => document.querySelector(selector);
let visit = { asking: new AbortController() };

/** Begin anew, with the user in the address. */
function begin() {
  visit.asking.abort();
  visit = { user: userInAddress(), values: {}, rows: new Map(), asking: new AbortController() };
  find("#user").value = visit.user;
  find("#trouble").hidden = true;
  find("main").hidden = false;
  clear();
  follow();
}

/** Ask until every section is there, later each time, and not forever. */
async function follow() {
  visit.asking.abort();
  const { signal } = visit.asking = new AbortController();
  let missing = [];
  for (let turn = 1; turn <= TRIES; turn += 1) {
    const answer = await ask(visit.user, signal);
    if (signal.aborted) return;
    if (answer.page) missing = show(answer);
    else if (!visit.first) return giveUp(answer.trouble);
    const goesOn = missing.length > 0 && turn < TRIES;
    document.body.classList.toggle("asking", goesOn);
    if (!goesOn || !await pause(until(missing, turn), signal)) return;
  }
}

/** Never in step with others: after an outage a thousand pages must not come back at the same moment. */
function until(missing, turn) {
  const soonest = Math.min(...missing.map((row) => row.retryAfterMs ?? ASK_AGAIN_AFTER));
  return soonest * SLOWER_EACH_TIME ** (turn - 1) * (1 + Math.random() / 4);
}

/** Put an answer on the page. Returns the rows of those sections that are worth asking for again. */
function show(answer) {
  const rows = NAMES.filter((name) => !isSettled(visit.rows.get(name))).map((name) => rowOf(name, answer));
  for (const row of rows) {
    const name = row.path[1];
    const value = answer.page[name];
    const before = visit.values[name];
    visit.rows.set(name, row);
    if (value === null && before) continue;
    visit.values[name] = value;
    showSection(name, value, row, { late: before === null, again: follow });
  }
  visit.first ??= answer;
  greet(visit.values);
  showMade([...visit.rows.values(), ...visit.first.rows.filter((row) => row.count)], visit.first);
  showTrouble(answer);
  return rows.filter((row) => !isSettled(row));
}

const isSettled = (row) => row && (["LIVE", "CACHED", "DISABLED"].includes(row.state) || row.code === "NOT_FOUND");

const rowOf = (name, { page, rows }) =>
  rows.find(({ path, count }) => path[1] === name && !count)
  ?? { path: ["landingPage", name], state: page[name] === null ? "UNAVAILABLE" : "LIVE", code: null, elapsedMs: 0 };

function showTrouble({ page, rows, unavailable }) {
  const switchable = page.id === visit.user;
  document.body.classList.toggle("switchable", switchable);
  if (switchable && unavailable && rows.some((row) => row.path[1] === "viewer" && row.code === "NOT_FOUND")) {
    giveUp(`There is no user “${visit.user}”: choose one from 1 to ${PEOPLE}.`);
  } else if (unavailable) {
    say("Your page is not available right now: the services behind it do not answer.");
  } else {
    find("#trouble").hidden = true;
  }
}

function giveUp(sentence) {
  find("main").hidden = true;
  find("#viewer .vacancy")?.remove();
  greet({});
  say(sentence);
}

function say(sentence) {
  const button = element("button", { type: "button", textContent: "Try again" });
  button.addEventListener("click", begin);
  find("#trouble").replaceChildren(element("p", { textContent: sentence }), button);
  find("#trouble").hidden = false;
}

function become(user) {
  const address = new URL(location);
  address.searchParams.set("user", user);
  address.hash = "";
  history.pushState(null, "", address);
  begin();
}

find("#user").addEventListener("change", (event) => become(event.target.value));
find("#someone").addEventListener("click", () => become(1 + Math.floor(Math.random() * PEOPLE)));
addEventListener("popstate", () => userInAddress() !== visit.user && begin());
setInterval(keepTime, 60_000);
rememberMade();
begin();
