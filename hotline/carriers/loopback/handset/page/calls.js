// Ringing, talking, keys and the list of past calls.

import { $, ask, clockTime, element, redraw } from "./page.js";
import { readAloud } from "./aloud.js";
import { word } from "./words.js";

let shown = null; // the call on the screen
let ringing = null;
let prompted = false;

export function drawCalls(state) {
  ringing = state.ringing.find((one) => one.status === "ringing") || null;
  const waiting = state.ringing.map((one) => one.sid);
  shown = state.calls.find((one) => !waiting.includes(one.sid)) || null;
  $("ringing").hidden = !ringing || Boolean(shown);
  $("second").hidden = !ringing || !shown;
  $("call").hidden = !shown;
  $("ringing-from").textContent = $("second-from").textContent = ringing ? name(ringing.from, state) : "";
  if (shown) drawCall(shown, state);
  drawPast(state);
}

export function listenToCalls(phone, trouble) {
  const act = (path, body) => ask("POST", path, body).catch((error) => trouble(word("trouble", { why: error.message })));
  $("dial").addEventListener("click", () => {
    const to = $("dial-hotline").value;
    if (to) act("/calls", { from: phone(), to, withheld: $("withhold").checked });
    else trouble(word("no_hotline"));
  });
  for (const id of ["answer", "second-answer"]) $(id).addEventListener("click", () => act(`/calls/${ringing.sid}/answer`));
  for (const id of ["decline", "second-decline"]) $(id).addEventListener("click", () => act(`/calls/${ringing.sid}/decline`));
  $("hangup").addEventListener("click", () => act(`/calls/${shown.sid}/hangup`));
  $("mute").addEventListener("click", () => act(`/calls/${shown.sid}/mute`, { muted: !shown.muted }));
  $("keys").addEventListener("click", () => showKeypad($("keypad").hidden));
  $("speak").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("words").value.trim();
    if (text && shown) act(`/calls/${shown.sid}/speak`, { text });
    $("words").value = "";
  });
  drawKeypad((key) => shown && act(`/calls/${shown.sid}/digits`, { digits: key }));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select");
    if (shown && !typing && /^[0-9*#]$/.test(event.key)) pressKey(event.key);
  });
  setInterval(tick, 500);
}

function drawCall(call, state) {
  $("call-with").textContent = name(call.outgoing ? call.to : call.from, state);
  $("call-state").textContent = stateOf(call);
  const others = [...new Set(call.hears.map((one) => name(one.number, state)))];
  $("call-people").textContent = others.length ? word("hears", { who: others.join("、") }) : "";
  $("mute").setAttribute("aria-pressed", String(Boolean(call.muted)));
  const lines = [...call.heard, ...call.said.map((one) => ({ ...one, kind: "mine" }))].sort((a, b) => (a.at < b.at ? -1 : 1));
  redraw($("transcript"), lines.slice(-80), (line) => drawLine(line, state));
  readAloud(call);
  followPrompt(call.waiting_for.kind === "gather");
  tick();
}

function drawLine(line, state) {
  if (line.kind === "music") return element("li", { class: "aside", text: `♪ ${word("music_" + line.text)}` });
  if (line.kind === "tone") return element("li", { class: "aside", text: `• ${line.text === "beep" ? word("tone") : line.text}` });
  if (line.kind === "play") return element("li", { class: "aside", text: `♪ ${word("sound")} ${line.text.split("/").pop()}` });
  const row = element("li", { class: line.kind === "mine" ? "mine" : line.kind === "person" ? "theirs person" : "theirs" });
  if (line.kind === "person") row.append(element("small", { text: name(line.number, state) }));
  row.append(element("p", { text: line.text, lang: line.language }));
  return row;
}

function stateOf(call) {
  if (call.on_hold) return word("on_hold");
  const { kind, position } = call.waiting_for;
  if (kind === "conference") return word(call.hears.length ? "talking" : call.music ? "alone" : "conference");
  return word(kind === "say" ? "say_state" : kind, { position });
}

function drawPast(state) {
  redraw($("past"), state.past_calls.map((one) => ({ ...one, words: word(one.status === "failed" ? "failed_call" : one.status) })), (one) =>
    element("li", { class: one.status === "completed" ? "" : "missed" },
      element("span", { text: `${one.outgoing ? "↗" : "↙"} ${name(one.outgoing ? one.to : one.from, state)}` }),
      element("small", { text: `${clockTime(one.at)} · ${one.words}${one.duration ? " · " + span(one.duration) : ""}` })));
  $("no-calls").hidden = state.past_calls.length > 0;
}

function drawKeypad(press) {
  const letters = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ", 0: "+" };
  $("keypad").replaceChildren(..."123456789*0#".split("").map((key) =>
    element("button", { type: "button", "data-key": key, onclick: () => press(key) },
      element("b", { text: key }), element("i", { text: letters[key] || "" }))));
}

// The keypad opens by itself for a prompt and closes after it, unless somebody opened it.
function followPrompt(asked) {
  if (asked === prompted) return;
  prompted = asked;
  showKeypad(asked);
}

function pressKey(key) {
  document.querySelector(`#keypad [data-key="${key}"]`).click();
}

function showKeypad(open) {
  $("keypad").hidden = !open;
  $("keys").setAttribute("aria-pressed", String(open));
}

function tick() {
  if (!shown) return;
  $("call-time").textContent = shown.status === "in-progress" ? span((Date.now() - new Date(shown.answered_at)) / 1000) : "";
}

const span = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export function name(number, state) {
  return state.hotlines.includes(number) ? `${word("hotline")} ${number}` : number;
}
