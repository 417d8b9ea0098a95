// The thread of texts with one hotline number, and the composer.

import { $, ask, clockTime, element, redraw } from "./page.js";
import { word } from "./words.js";

let photo = null;

export function drawTexts(state) {
  const hotline = $("hotline").value;
  const rows = state.messages.filter((one) => !hotline || one.from === hotline || one.to === hotline);
  redraw($("thread"), rows.map((one) => ({ ...one, words: word(fate(one)) })), drawText);
  $("no-messages").hidden = rows.length > 0;
}

export function listenToComposer(phone, trouble) {
  $("compose").addEventListener("submit", (event) => { event.preventDefault(); send(phone(), trouble); });
  $("body").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(phone(), trouble); }
  });
  $("body").addEventListener("input", measure);
  $("photo").addEventListener("change", () => readPhoto($("photo").files[0]));
}

async function send(number, trouble) {
  const body = $("body").value.trim();
  const to = $("hotline").value;
  if (!to) return trouble(word("no_hotline"));
  if (!body && !photo) return;
  const media = photo ? [photo] : [];
  $("body").value = "";
  photo = null;
  measure();
  try {
    await ask("POST", "/messages", { from: number, to, body, media, wait: false });
  } catch (error) {
    $("body").value = body;
    trouble(word("trouble", { why: error.message }));
  }
}

function drawText(one) {
  const bubble = element("li", { class: one.direction === "out" ? "mine" : "theirs" });
  for (const item of one.media) bubble.append(element("img", { src: `/loopback/media/${one.sid}/${item.sid}`, alt: word("photo") }));
  if (one.body) bubble.append(element("p", { text: one.body }));
  bubble.append(element("small", { text: `${clockTime(one.at)} · ${one.words}` }));
  return bubble;
}

function fate(one) {
  if (one.direction === "out") return "received";
  return one.status === "delivered" ? "delivered" : "failed";
}

function readPhoto(file) {
  if (!file) return;
  const reader = new FileReader();
  reader.onload = () => {
    photo = { content_type: file.type, data: String(reader.result).split(",")[1] };
    measure();
  };
  reader.readAsDataURL(file);
}

// How many parts the text is sent in: Chinese has 70 characters in one, 67 in each of several.
function measure() {
  const text = $("body").value;
  const wide = /[^\x20-\x7e\n\r]/.test(text);
  const [single, joined] = wide ? [70, 67] : [160, 153];
  const parts = text.length <= single ? 1 : Math.ceil(text.length / joined);
  $("count").textContent = photo ? word("photo_ready") : text.length > single / 2 ? `${text.length} · ${parts} ${word("segments")}` : "";
  $("body").style.height = "auto";
  $("body").style.height = Math.min($("body").scrollHeight, 120) + "px";
}
