// Live pages. Elements name their channels (data-live="queue desk:7"); what arrives becomes DOM events on the body,
// "live:queue" and "live:queue:<event>", which htmx can take as triggers. When the stream is down pages still poll. A lost
// connection is said within five seconds, in a bar; when it is back the bar says so and "hotline:back" lets forms send.
(function () {
  const SILENCE = 4000; // the server says something at least every 3 s
  const bar = document.getElementById("connection");
  const words = (text) => (window.gettext ? window.gettext(text) : text);
  let lost = false;
  let probing = false;

  function say(text, back) {
    bar.textContent = text;
    bar.classList.toggle("back", back);
    bar.hidden = false;
  }
  function setLost(now) {
    if (now === lost) return;
    lost = now;
    hotline.connectionLost = now;
    document.body.classList.toggle("is-lost", now);
    if (now) {
      say(words("Connection lost. Keep typing: nothing is lost, it is kept here and sent as soon as the connection is back."), false);
      document.body.dispatchEvent(new CustomEvent("hotline:lost", { bubbles: true }));
    } else {
      say(words("The connection is back."), true);
      setTimeout(() => { if (!lost) bar.hidden = true; }, 4000);
      document.body.dispatchEvent(new CustomEvent("hotline:back", { bubbles: true }));
    }
  }
  async function probe() {
    if (probing) return;
    probing = true;
    try {
      const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(2500) });
      setLost(!answer.ok);
    } catch {
      setLost(true);
    } finally {
      probing = false;
    }
  }
  window.addEventListener("offline", () => setLost(true));
  window.addEventListener("online", probe);
  document.addEventListener("hotline:unreachable", probe);
  setInterval(() => { if (lost) probe(); }, 2000);

  function announce(channel, event, data) {
    const kind = channel.split(":")[0];
    for (const name of [`live:${kind}`, `live:${kind}:${event}`]) {
      document.body.dispatchEvent(new CustomEvent(name, { detail: data }));
    }
  }
  function take(frame) {
    let event = "message";
    let data = "";
    for (const line of frame.split("\n")) {
      if (line.startsWith("event:")) event = line.slice(6).trim();
      if (line.startsWith("data:")) data += line.slice(5).trim();
    }
    if (!data) return;
    let parsed = {};
    try { parsed = JSON.parse(data); } catch { parsed = { text: data }; }
    announce(parsed.channel || "", event, parsed);
  }
  async function listen(channels) {
    let heard = Date.now();
    const stop = new AbortController();
    const watch = setInterval(() => { if (Date.now() - heard > SILENCE) { probe(); heard = Date.now(); } }, 1000);
    try {
      const answer = await fetch(`/live/${channels.join(",")}/`, { headers: { Accept: "text/event-stream" }, cache: "no-store", signal: stop.signal });
      if (!answer.ok) return answer.status === 401 || answer.status === 403 || answer.status === 404 ? "refused" : "broken";
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let kept = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return "broken";
        heard = Date.now();
        setLost(false);
        kept += value;
        let end;
        while ((end = kept.indexOf("\n\n")) >= 0) {
          take(kept.slice(0, end));
          kept = kept.slice(end + 2);
        }
      }
    } catch {
      return "broken";
    } finally {
      clearInterval(watch);
    }
  }
  async function keepListening(channels) {
    let pause = 1000;
    for (;;) {
      const started = Date.now();
      if ((await listen(channels)) === "refused") return;
      probe();
      if (Date.now() - started > 10000) pause = 1000;
      await new Promise((wake) => setTimeout(wake, pause + Math.random() * 500));
      pause = Math.min(pause * 2, 15000);
      for (const channel of channels) announce(channel, "again", {}); // what was missed meanwhile is fetched anew
    }
  }
  const channels = new Set();
  for (const element of document.querySelectorAll("[data-live]")) {
    for (const channel of element.dataset.live.split(" ").filter(Boolean)) channels.add(channel);
  }
  if (channels.size) keepListening([...channels]); // one stream for all: browsers allow few connections to a host
})();
