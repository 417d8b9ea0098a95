// The browser phone's window: registers with the carrier, rings, talks, and says so to the server and to the desk. Whenever the
// microphone or the connection is not there it says that plainly, and the desk phone rings instead (the server forgets it).
(function () {
  const place = document.getElementById("soft-phone");
  const said = document.getElementById("phone-state");
  const instead = document.getElementById("phone-instead");
  const words = (text) => (window.gettext ? window.gettext(text) : text);
  const desk = new BroadcastChannel(`hotline-phone-${place.dataset.user}`);
  const THERE_EVERY = 20000;
  const AGAIN_AFTER = 5000;
  let device = null;
  let call = null;
  let wanted = false; // switched on by the agent, whatever the connection does
  let timer = null;

  const button = (what) => place.querySelector(`[data-phone=${what}]`);
  function show(state, text) {
    place.dataset.state = state;
    said.textContent = text;
    const there = ["ready", "ringing", "talking"].includes(state);
    instead.hidden = there || !wanted;
    button("on").hidden = wanted;
    button("off").hidden = !wanted || state === "talking";
    button("try").hidden = state !== "ready";
    button("answer").hidden = state !== "ringing";
    button("mute").hidden = state !== "talking";
    button("hang-up").hidden = state !== "talking" && state !== "ringing";
    desk.postMessage({ state, text });
  }
  function tell(there) {
    const url = there ? place.dataset.there : place.dataset.gone;
    return fetch(url, { method: "POST", headers: { "X-CSRFToken": document.body.dataset.csrf }, keepalive: true }).catch(() => null);
  }
  function sayThere() {
    clearInterval(timer);
    tell(true);
    timer = setInterval(() => tell(true), THERE_EVERY);
  }
  function lost(text) {
    clearInterval(timer);
    tell(false);
    show("trouble", text);
  }
  async function freshToken() {
    const answer = await fetch(place.dataset.token, { method: "POST", headers: { "X-CSRFToken": document.body.dataset.csrf } });
    if (!answer.ok) throw new Error(answer.status === 401 || answer.status === 403 ? words("You are logged out.") : words("The server does not answer."));
    return (await answer.json()).token;
  }
  async function microphone() {
    if (!navigator.mediaDevices) throw new Error(words("This page needs a secure connection (https) for the microphone."));
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      for (const track of stream.getTracks()) track.stop();
    } catch (error) {
      throw new Error(error.name === "NotAllowedError" ? words("The microphone is not allowed: allow it beside the address.") : words("No microphone is there: plug in a headset."));
    }
  }

  async function start() {
    wanted = true;
    show("connecting", words("Connecting…"));
    try {
      await microphone();
      if (!window.Twilio) throw new Error(words("The carrier's program did not load."));
      device?.destroy();
      device = new Twilio.Device(await freshToken(), { closeProtection: true, tokenRefreshMs: 60000, logLevel: "error" });
      listen(device);
      await device.register();
    } catch (error) {
      lost(error.message || words("No connection to the carrier."));
      setTimeout(() => { if (wanted && place.dataset.state === "trouble") start(); }, AGAIN_AFTER * 3);
    }
  }
  function stop() {
    wanted = false;
    device?.destroy();
    device = null;
    clearInterval(timer);
    tell(false);
    show("off", words("Off. Press the button and allow the microphone."));
  }
  function listen(one) {
    one.on("registered", () => { sayThere(); if (!call) show("ready", words("Ready. Calls ring here.")); });
    one.on("unregistered", () => { if (wanted && one === device) lost(words("No connection to the carrier.")); });
    one.on("error", (error) => { if (!call) lost(`${words("No connection to the carrier.")} (${error.code || ""})`); });
    one.on("tokenWillExpire", async () => {
      try { one.updateToken(await freshToken()); } catch (error) { lost(error.message); }
    });
    one.on("incoming", take);
  }
  function take(incoming) {
    call = incoming;
    show("ringing", words("It rings."));
    window.focus();
    incoming.on("accept", () => show("talking", words("You are on the telephone.")));
    for (const end of ["disconnect", "cancel", "reject", "error"]) incoming.on(end, over);
  }
  function over() {
    call = null;
    button("mute").setAttribute("aria-pressed", "false");
    if (device?.state === "registered") show("ready", words("Ready. Calls ring here."));
    else lost(words("No connection to the carrier."));
  }

  const acts = {
    on: start,
    off: stop,
    answer: () => call?.accept(),
    mute: () => {
      if (!call) return;
      call.mute(!call.isMuted());
      button("mute").setAttribute("aria-pressed", String(call.isMuted()));
    },
    "hang-up": () => (call && place.dataset.state === "ringing" ? call.reject() : call?.disconnect()),
    try: async () => {
      call = await device.connect();
      show("talking", words("You are on the telephone."));
      for (const end of ["disconnect", "cancel", "error"]) call.on(end, over);
    },
  };
  place.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-phone]");
    if (pressed) acts[pressed.dataset.phone]?.();
  });
  desk.addEventListener("message", (event) => {
    if (event.data.act === "answer") { acts.answer(); desk.postMessage({ state: place.dataset.state, text: said.textContent }); }
    if (event.data.act === "who") desk.postMessage({ state: place.dataset.state, text: said.textContent });
  });
  navigator.mediaDevices?.addEventListener("devicechange", async () => {
    if (!wanted || call) return;
    try { await microphone(); if (place.dataset.state === "trouble") start(); } catch (error) { lost(error.message); }
  });
  window.addEventListener("online", () => { if (wanted && !call) start(); });
  window.addEventListener("offline", () => { if (wanted) lost(words("No connection to the carrier.")); });
  window.addEventListener("pagehide", () => { if (wanted) tell(false); });
})();
