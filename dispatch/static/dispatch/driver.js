// The driver's page without signal: each press becomes an act with a key of its own, is kept on the phone, shown as done,
// and sent when it can be. The server takes a key once, so sending twice is harmless. Without this script the forms post.
(function () {
  const root = () => document.getElementById("trip");
  const place = () => `hotline.acts.${root().dataset.trip}.${root().dataset.version}`;
  const PHOTO_EDGE = 1280;
  const TIMEOUT = 15000;
  let queue = read();
  let taken = []; // the server has them, the page does not show it yet
  let inFlight = false;
  let pause = 3000;
  let timer = 0;

  function read() {
    try { return JSON.parse(localStorage.getItem(place())) || []; } catch { return []; }
  }
  function keep() {
    if (queue.length) localStorage.setItem(place(), JSON.stringify(queue));
    else localStorage.removeItem(place());
  }
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  }
  function ids(text) { return (text || "").split(",").filter(Boolean); }

  // What is kept on the phone is shown as if the server had it already.
  function show() {
    const ended = new Set();
    const arrived = new Set();
    let started = root().dataset.state === "under_way";
    for (const act of [...taken, ...queue]) {
      if (act.act === "start") started = true;
      if (act.act === "arrive") ids(act.stops).forEach((id) => arrived.add(id));
      if (["collect", "deliver", "fail", "skip"].includes(act.act)) ids(act.stops).forEach((id) => ended.add(id));
      if (act.act === "undo") ids(act.stops).forEach((id) => { ended.delete(id); arrived.add(id); });
    }
    const offer = document.getElementById("to-accept");
    if (offer) offer.hidden = [...taken, ...queue].some((act) => ["accept", "decline"].includes(act.act));
    const card = document.getElementById("to-start");
    if (card) card.hidden = started || Boolean(offer && !offer.hidden);
    let current = null;
    for (const visit of document.querySelectorAll(".visit")) {
      const stops = ids(visit.dataset.stops);
      const open = stops.filter((id) => !ended.has(id));
      if (visit.dataset.was === undefined) visit.dataset.was = visit.dataset.state;
      visit.dataset.state = stops.some((id) => arrived.has(id)) ? "here" : visit.dataset.was;
      for (const part of visit.querySelectorAll("[data-stop]")) part.hidden = ended.has(part.dataset.stop);
      for (const field of visit.querySelectorAll("[data-open-stops]")) field.value = open.join(",");
      if (open.length && !current) current = visit;
      visit.hidden = visit !== current || !started;
    }
    const over = document.getElementById("all-over");
    if (over) over.hidden = Boolean(current) || !started;
    const undo = document.getElementById("undo");
    if (undo) undo.hidden = queue.length > 0;
    const bar = document.getElementById("kept");
    bar.hidden = queue.length === 0;
    document.getElementById("kept-words").textContent = root().dataset.kept.replace("%s", queue.length);
    document.getElementById("take-back").hidden = queue.length < (inFlight ? 2 : 1);
  }
  function say(words) {
    const bar = document.getElementById("said");
    bar.textContent = words;
    bar.hidden = !words;
  }
  function refuse(words) {
    const bar = document.getElementById("refused");
    bar.textContent = words;
    bar.hidden = !words;
  }

  async function smaller(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, PHOTO_EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.6);
  }
  async function asFile(dataUrl) {
    const [head, body] = dataUrl.split(",");
    const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
    return new File([bytes], "photo.jpg", { type: head.slice(5).split(";")[0] });
  }

  async function press(form, button) {
    const act = { at: new Date().toISOString() };
    say("");
    for (const [name, value] of new FormData(form, button)) if (typeof value === "string") act[name] = value;
    form.elements.key.value = newKey();
    form.closest("dialog")?.close();
    if (form.dataset.now !== undefined) { now(act); return; }
    if (act.act === "sos") {
      say(root().dataset.sos);
      if (last) Object.assign(act, { lon: last.longitude, lat: last.latitude });
    }
    if (act.act === "share") ask();
    const file = form.elements.photo?.files[0];
    if (file) {
      try { act.photo = await smaller(file); } catch { refuse(root().dataset.full); return; }
    }
    queue.push(act);
    try { keep(); } catch {
      queue.pop();
      refuse(root().dataset.full);
      return;
    }
    refuse("");
    form.closest("details")?.removeAttribute("open");
    for (const part of form.querySelectorAll("details[open]")) part.removeAttribute("open");
    document.activeElement?.blur();
    show();
    window.scrollTo(0, 0);
    send();
  }

  // What makes no sense later is not kept: a call is wanted now or not at all.
  async function now(act) {
    const body = new FormData();
    for (const [name, value] of Object.entries(act)) body.append(name, value);
    try {
      const answer = await fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT) });
      const said = await answer.json();
      if (said.ok) { refuse(""); say(root().dataset.calling); } else refuse(said.words);
    } catch { refuse(root().dataset.noSignal); }
  }

  // Where the phone is: only when the driver agreed, only on the road, once a minute.
  let last = null;
  let told = 0;
  let watch = null;
  function ask() { navigator.geolocation?.getCurrentPosition(() => {}, () => {}, { timeout: 10000 }); }
  function follow() {
    const to = root().dataset.position;
    if (!to || root().dataset.state !== "under_way" || !navigator.geolocation) {
      if (watch !== null) { navigator.geolocation.clearWatch(watch); watch = null; last = null; }
      return;
    }
    if (watch !== null) return;
    watch = navigator.geolocation.watchPosition((fix) => {
      last = fix.coords;
      if (Date.now() - told < 60000) return;
      told = Date.now();
      const body = new FormData();
      const facts = { lon: last.longitude, lat: last.latitude, metres: Math.round(last.accuracy), at: new Date(fix.timestamp).toISOString() };
      for (const [name, value] of Object.entries(facts)) body.append(name, value);
      fetch(root().dataset.position, { method: "POST", body }).catch(() => { told = 0; });
    }, () => {}, { maximumAge: 30000, timeout: 30000 });
  }

  async function send() {
    clearTimeout(timer);
    if (inFlight || !queue.length) return;
    inFlight = true;
    const act = queue[0];
    let answer = null;
    try {
      const body = new FormData();
      for (const [name, value] of Object.entries(act)) if (name !== "photo") body.append(name, value);
      if (act.photo) body.append("photo", await asFile(act.photo));
      answer = await fetch(location.pathname, {
        method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT),
      });
    } catch { /* no signal: kept */ }
    inFlight = false;
    if (!answer || answer.status >= 500 || answer.status === 429) {
      timer = setTimeout(send, pause);
      pause = Math.min(pause * 2, 60000);
      show();
      return;
    }
    pause = 3000;
    let said = {};
    try { said = await answer.json(); } catch { /* no words */ }
    queue = queue.filter((kept) => kept.key !== act.key);
    if (said.ok) taken.push(act);
    if (said.gone) {
      queue = [];
      keep();
      location.reload();
      return;
    }
    keep();
    if (!said.ok && said.words) refuse(said.words);
    show();
    if (queue.length) send();
    else refresh();
  }

  async function refresh() {
    let answer;
    let text;
    try {
      answer = await fetch(location.pathname, { cache: "no-store", headers: { Accept: "text/html" } });
      text = await answer.text();
    } catch { return; }
    // what the driver has begun meanwhile stays under the finger; the next round brings the page
    if (queue.length || inFlight || busy() || answer.headers.get("X-Kept")) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("trip");
    if (!fresh) { location.reload(); return; }
    const refused = document.getElementById("refused").textContent;
    const said = document.getElementById("said").textContent;
    const rest = document.querySelector(".rest.list").open;
    root().replaceWith(fresh);
    taken = [];
    document.querySelector(".rest.list").open = rest;
    refuse(refused);
    say(said);
    dress();
    show();
  }
  const busy = () => document.activeElement?.matches("input") || document.querySelector(".visit details[open], dialog[open], #to-accept details[open]");

  function dress() {
    const night = document.querySelector("[data-night]");
    night.hidden = false;
    follow();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.act");
    if (!form) return;
    event.preventDefault();
    press(form, event.submitter);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#take-back")) {
      queue.pop();
      keep();
      show();
      if (!queue.length) refresh();
    }
    if (event.target.closest("[data-sos-open]")) document.getElementById("sos").showModal();
    if (event.target.closest("[data-sos-close]")) document.getElementById("sos").close();
    if (event.target.closest("[data-night]")) {
      const style = document.documentElement.classList;
      const dark = style.contains("night") || (!style.contains("day") && matchMedia("(prefers-color-scheme: dark)").matches);
      localStorage.setItem("hotline.light", dark ? "day" : "night");
      style.remove("day", "night");
      style.add(dark ? "day" : "night");
    }
  });
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { send(); if (!queue.length && !busy()) refresh(); } });
  setInterval(() => { if (!document.hidden && !queue.length && !busy()) refresh(); }, 30000);

  const light = localStorage.getItem("hotline.light");
  if (light) document.documentElement.classList.add(light);
  if (navigator.serviceWorker && root().dataset.worker) navigator.serviceWorker.register(root().dataset.worker).catch(() => {});
  dress();
  show();
  send();
})();
