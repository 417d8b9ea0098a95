// What every page does: menus and sheets, toasts with undo, times that stay true, answers of the server to htmx.
(function () {
  const words = (text) => (window.gettext ? window.gettext(text) : text);
  const csrf = () => document.body.dataset.csrf;

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const sheet = document.getElementById(opener.dataset.opens);
      if (sheet && !sheet.open) sheet.showModal();
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
    if (event.target.closest("[data-theme-switch]")) hotline.toggleTheme();
    if (event.target.matches("dialog.sheet")) event.target.close(); // a click beside it
    for (const drop of document.querySelectorAll("details.drop[open]")) {
      if (!drop.contains(event.target)) drop.open = false;
    }
  });

  // Says what happened; with undo, a form that is posted when pressed within ten seconds.
  hotline.toast = function (text, { bad = false, undo = null, seconds = undo ? 10 : 5 } = {}) {
    const toast = document.createElement("div");
    toast.className = bad ? "toast bad" : "toast";
    toast.append(text);
    if (undo) {
      const button = document.createElement("button");
      button.textContent = words("Undo");
      button.addEventListener("click", async () => {
        toast.remove();
        await hotline.post(undo);
      });
      toast.append(button);
    }
    document.getElementById("toasts").append(toast);
    setTimeout(() => toast.remove(), seconds * 1000);
  };

  // Posts and lets the server's HX-* headers speak, as htmx would. Answers the Response, or null when nobody answered.
  hotline.post = async function (url, fields = {}) {
    const body = new URLSearchParams(fields);
    try {
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrf(), "HX-Request": "true" },
      });
      obey(answer.headers);
      return answer;
    } catch {
      document.dispatchEvent(new CustomEvent("hotline:unreachable"));
      return null;
    }
  };
  function obey(headers) {
    const trigger = headers.get("HX-Trigger");
    if (trigger) {
      const events = trigger.startsWith("{") ? JSON.parse(trigger) : { [trigger]: {} };
      for (const [name, detail] of Object.entries(events)) {
        document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
      }
    }
    if (headers.get("HX-Redirect")) location.assign(headers.get("HX-Redirect"));
    if (headers.get("HX-Refresh")) location.reload();
  }
  document.addEventListener("toast", (event) => {
    const said = event.detail;
    hotline.toast(said.text, said);
  });

  // A press that asks first (HX-Trigger "ask-first"): repeated with sure=yes when they say so.
  document.addEventListener("ask-first", (event) => {
    const pressed = event.target;
    const { question, yes } = event.detail;
    const sheet = document.createElement("dialog");
    sheet.className = "sheet";
    const said = document.createElement("p");
    said.textContent = question;
    const row = document.createElement("p");
    row.className = "row";
    const go = document.createElement("button");
    go.className = "btn primary";
    go.dataset.key = "Y";
    go.textContent = yes;
    const mark = document.createElement("kbd");
    mark.textContent = "Y";
    go.append(" ", mark);
    const leave = document.createElement("button");
    leave.className = "btn";
    leave.textContent = words("Not now");
    row.append(go, leave);
    sheet.append(said, row);
    document.body.append(sheet);
    sheet.addEventListener("close", () => sheet.remove());
    leave.addEventListener("click", () => sheet.close());
    go.addEventListener("click", () => {
      sheet.close();
      const source = pressed.closest("[hx-post]") || pressed;
      htmx.ajax("POST", source.getAttribute("hx-post"), { source, values: { sure: "yes" } });
    });
    sheet.showModal();
  });

  // htmx: a refusal (409, 422) carries words to show in place; what broke says so, and that nothing was lost.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401 || status === 403) hotline.toast(words("You are logged out or may not do this. Nothing was lost: log in again in another tab and press once more."), { bad: true, seconds: 12 });
    else hotline.toast(words("The server could not do this. Nothing was lost; please press once more.") + ` (${status} ${event.detail.xhr.getResponseHeader("X-Request-ID") || ""})`, { bad: true, seconds: 12 });
  });
  document.addEventListener("htmx:sendError", () => document.dispatchEvent(new CustomEvent("hotline:unreachable")));
  document.addEventListener("htmx:timeout", () => document.dispatchEvent(new CustomEvent("hotline:unreachable")));
  // A part that is fetched again and has not changed stays: a press on it is never lost to a swap.
  const shown = new WeakMap();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse, requestConfig } = event.detail;
    if (!event.detail.shouldSwap) return;
    if (requestConfig.verb === "get" && requestConfig.elt === target && shown.get(target) === serverResponse) event.detail.shouldSwap = false;
    shown.set(target, serverResponse);
  });
  // What an answer brings for another part of the page finds it even when what was pressed has been replaced meanwhile.
  document.addEventListener("htmx:oobErrorNoTarget", (event) => {
    const brought = event.detail.content;
    const place = brought?.id && document.getElementById(brought.id);
    if (!place) return;
    place.replaceChildren(...brought.childNodes);
    htmx.process(place);
  });
  // A part that refreshes itself must not take away what somebody is typing or has under the focus.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    const busy = target.matches?.("[data-keep-focus]") && target.contains(document.activeElement) && document.activeElement.matches("input,textarea,select");
    if (busy && event.detail.requestConfig.triggeringEvent?.type !== "submit") event.detail.shouldSwap = false;
  });

  // Times: "in 12 min" kept true, red when past and style says it matters.
  function amount(seconds) {
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return interpolate(words("%s min"), [minutes]);
    const hours = Math.floor(minutes / 60);
    if (hours < 10) return interpolate(words("%s h %s"), [hours, String(minutes % 60).padStart(2, "0")]);
    if (hours < 48) return interpolate(words("%s h"), [hours]);
    return interpolate(words("%s d %s h"), [Math.floor(hours / 24), hours % 24]);
  }
  function interpolate(text, values) {
    let i = 0;
    return text.replace(/%s/g, () => values[i++]);
  }
  function tick() {
    const now = Date.now();
    for (const time of document.querySelectorAll("time.when")) {
      const seconds = (Date.parse(time.dateTime) - now) / 1000;
      const near = time.querySelector(".when-near");
      const due = time.dataset.style === "due";
      let text = words("now");
      if (seconds >= 60) text = interpolate(words("in %s"), [amount(seconds)]);
      if (seconds <= -60) text = interpolate(due ? words("%s late") : words("%s ago"), [amount(-seconds)]);
      if (near.textContent !== text) near.textContent = text;
      time.classList.toggle("late", due && seconds <= 0);
      time.classList.toggle("soon", due && seconds > 0 && seconds < 1800);
    }
    for (const running of document.querySelectorAll("[data-since], [data-until]")) {
      const from = running.dataset.since ? now - Date.parse(running.dataset.since) : Date.parse(running.dataset.until) - now;
      const seconds = Math.max(0, Math.floor(from / 1000));
      const text = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
      if (running.textContent !== text) running.textContent = text;
    }
  }
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", tick);
})();
