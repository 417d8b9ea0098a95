// One telephone: which it is, the stream of its state, and the two screens.

import { isAloud, switchAloud } from "./aloud.js";
import { drawCalls, listenToCalls } from "./calls.js";
import { $, ask, clockTime, element } from "./page.js";
import { drawTexts, listenToComposer } from "./texts.js";
import { current, switchLanguage, word, writeWords } from "./words.js";

const FIRST = "+8613800000001";
let number = new URLSearchParams(location.search).get("number")?.replace(/^ /, "+") || FIRST;
let stream = null;
let state = null;

function open(chosen, push = true) {
  number = chosen.trim();
  state = null;
  if (push) history.pushState({}, "", "?number=" + encodeURIComponent(number));
  $("number").value = number;
  $("another").href = "?number=" + encodeURIComponent(next(number));
  stream?.close();
  stream = new EventSource(`/loopback/phones/${encodeURIComponent(number)}/events`);
  stream.onmessage = (event) => { state = JSON.parse(event.data); draw(); };
  stream.onopen = () => showLink(true);
  stream.onerror = () => showLink(false);
  listRecent();
}

function draw() {
  if (!state) return;
  document.title = `${state.ringing.length ? "☎ " : ""}${number}`;
  $("owner").textContent = number;
  $("kind").textContent = word(/^(sip|client):/.test(number) ? "desk" : /^\+/.test(number) ? "mobile" : "short");
  $("habit").value = state.behaviour.voice;
  for (const id of ["hotline", "dial-hotline"]) fillHotlines($(id), state.hotlines);
  drawTexts(state);
  drawCalls(state);
}

function fillHotlines(select, hotlines) {
  if (select.dataset.shown === String(hotlines)) return;
  select.dataset.shown = String(hotlines);
  const chosen = select.value;
  select.replaceChildren(...hotlines.map((one) => element("option", { value: one, text: one })));
  if (hotlines.includes(chosen)) select.value = chosen;
  if (!hotlines.length) select.append(element("option", { value: "", text: word("no_hotline") }));
}

async function listRecent() {
  const { recent } = await ask("GET", "/phones");
  const all = [...new Set([number, ...recent])].slice(0, 12);
  $("numbers").replaceChildren(...all.map((one) => element("option", { value: one })));
  $("recent").replaceChildren(...all.map((one) =>
    element("button", { type: "button", class: "plain", "aria-current": one === number && "true", text: one, onclick: () => open(one) })));
}

function next(address) {
  const digits = address.match(/^(.*?)(\d+)$/);
  return digits ? digits[1] + String(BigInt(digits[2]) + 1n).padStart(digits[2].length, "0") : FIRST;
}

function showScreen(chosen) {
  for (const one of ["messages", "dial"]) {
    $("screen-" + one).hidden = one !== chosen;
    if (one === chosen) $("tab-" + one).setAttribute("aria-current", "page");
    else $("tab-" + one).removeAttribute("aria-current");
  }
}

function showLink(up) {
  $("link").textContent = word(up ? "connected" : "lost");
  $("link").classList.toggle("down", !up);
}

let troubleTimer = 0;
function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = false;
  clearTimeout(troubleTimer);
  troubleTimer = setTimeout(() => { $("trouble").hidden = true; }, 6000);
}

function speakLanguage() {
  writeWords(document);
  $("language").textContent = current() === "zh" ? "English" : "中文";
  for (const list of document.querySelectorAll("[data-shown]")) delete list.dataset.shown;
  showLink(stream?.readyState === EventSource.OPEN);
  draw();
}

$("pick").addEventListener("submit", (event) => { event.preventDefault(); open($("number").value); });
$("habit").addEventListener("change", () =>
  ask("PUT", `/phones/${encodeURIComponent(number)}`, { voice: $("habit").value }).catch((error) => trouble(error.message)));
$("language").addEventListener("click", () => { switchLanguage(); speakLanguage(); });
$("voice").addEventListener("click", () => { switchAloud(); $("voice").setAttribute("aria-pressed", String(isAloud())); });
$("tab-messages").addEventListener("click", () => showScreen("messages"));
$("tab-dial").addEventListener("click", () => showScreen("dial"));
window.addEventListener("popstate", () => open(new URLSearchParams(location.search).get("number") || FIRST, false));
setInterval(() => { $("clock").textContent = clockTime(Date.now()); }, 1000);

listenToComposer(() => number, trouble);
listenToCalls(() => number, trouble);
open(number, false);
speakLanguage();
