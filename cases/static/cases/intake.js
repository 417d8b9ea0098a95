// The intake form: kept while typing (here at once, on the server a moment later), one case however often Save is pressed,
// typing goes on when the connection is lost. The right column comes back with every keeping.
(function () {
  const words = (text) => (window.gettext ? window.gettext(text) : text);
  const PAUSE = 500;
  let timer = null;
  let keeping = false;
  let again = false;

  const form = () => document.getElementById("intake");
  const stored = (key) => `draft:${key}`;

  function serialize(from) {
    return new URLSearchParams(new FormData(from)).toString();
  }
  function state(text) {
    const place = document.getElementById("draft-state");
    if (place) place.textContent = text;
  }
  function keepHere(from) {
    try {
      localStorage.setItem(stored(from.dataset.draft), JSON.stringify({ at: Date.now(), fields: serialize(from) }));
    } catch { /* a full or forbidden storage: the server's copy remains */ }
  }
  function changed() {
    const from = form();
    if (!from) return;
    keepHere(from);
    state(hotline.connectionLost ? words("kept on this computer; sent when the connection is back") : "…");
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  }

  async function keep() {
    const from = form();
    if (!from || hotline.connectionLost) return;
    if (keeping) { again = true; return; }
    keeping = true;
    const sent = serialize(from);
    const key = from.dataset.draft;
    try {
      const answer = await fetch(from.dataset.autosave, {
        method: "POST", body: new URLSearchParams(sent), headers: { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf }, signal: AbortSignal.timeout(8000),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (form()?.dataset.draft === key) {
        show(html);
        if (serialize(form()) === sent) {
          localStorage.removeItem(stored(key));
          state(words("kept") + " " + new Date().toTimeString().slice(0, 8));
        }
      }
    } catch {
      state(words("kept on this computer; sent when the connection is back"));
      document.dispatchEvent(new CustomEvent("hotline:unreachable"));
    } finally {
      keeping = false;
      if (again) { again = false; keep(); }
    }
  }

  // The answer carries the right column, the tabs, and the questions when the category or an answer changed them.
  function show(html) {
    const parts = new DOMParser().parseFromString(html, "text/html");
    for (const part of parts.querySelectorAll("[data-into]")) {
      const place = document.getElementById(part.dataset.into);
      if (!place) continue;
      if (part.dataset.same && part.dataset.same === place.dataset.same) continue;
      const focused = place.contains(document.activeElement) ? document.activeElement.name : null;
      const focusedKey = place.contains(document.activeElement) ? document.activeElement.dataset?.key : null;
      if (part.dataset.same) place.dataset.same = part.dataset.same;
      place.replaceChildren(...document.importNode(part, true).childNodes);
      htmx.process(place);
      if (focused) place.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
      else if (focusedKey) place.querySelector(`[data-key="${CSS.escape(focusedKey)}"]`)?.focus();
    }
    document.dispatchEvent(new CustomEvent("htmx:afterSwap"));
  }

  // A newer copy that only this computer has (the laptop was closed, the line was down) comes back into the form.
  function opened() {
    const from = form();
    if (!from || from.dataset.opened) return;
    from.dataset.opened = "yes";
    const copy = localStorage.getItem(stored(from.dataset.draft));
    if (copy) restore(from, new URLSearchParams(JSON.parse(copy).fields));
    for (const area of from.querySelectorAll("[data-grows]")) grow(area);
    if (from.dataset.pending || !from.dataset.savedAt || copy) { clearTimeout(timer); timer = setTimeout(keep, 50); }
    focusFirstEmpty(from);
  }
  function restore(from, fields) {
    const lines = [...fields.keys()].filter((name) => /^need-\d+-item$/.test(name)).length;
    while (from.querySelectorAll("[data-need]").length < lines) addNeed(from, false);
    for (const control of from.elements) {
      if (!control.name || control.type === "hidden" && control.name === "csrfmiddlewaretoken") continue;
      const values = fields.getAll(control.name);
      if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
      else if (values.length) control.value = values[0];
    }
    showParts(from);
    state(words("brought back what was typed on this computer"));
  }
  function focusFirstEmpty(from) {
    const empty = [...from.querySelectorAll("[data-first]")].find((control) => !control.value && control.offsetParent);
    (empty || from.querySelector("[data-first]"))?.focus();
  }
  function grow(area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 130)}px`;
  }
  function showParts(from) {
    for (const part of from.querySelectorAll("[data-part]")) {
      part.hidden = !from.querySelector(`[data-shows="${part.dataset.part}"]:checked`);
    }
  }

  function addNeed(from, focus = true) {
    const places = [...from.querySelectorAll("[data-need]")];
    const next = Math.max(-1, ...places.map((p) => Number(p.querySelector("input").name.split("-")[1]))) + 1;
    const html = document.getElementById("need-line").innerHTML.replaceAll("__i__", String(next));
    const holder = document.createElement("div");
    holder.innerHTML = html;
    const line = holder.querySelector("[data-need]");
    places[places.length - 1] ? places[places.length - 1].after(line) : document.getElementById("needs").prepend(line);
    if (focus) line.querySelector("[data-first]").focus();
    return line;
  }
  function localTime(date) {
    const two = (n) => String(n).padStart(2, "0");
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
  }
  function leftUntil(button) {
    const at = new Date();
    if (button.dataset.left === "tonight") at.setHours(20, 0);
    else if (button.dataset.left !== "0") { at.setDate(at.getDate() + Number(button.dataset.left)); if (button.dataset.left === "1") at.setHours(10, 0); }
    const field = button.parentElement.querySelector(".left-until");
    field.value = localTime(at);
    changed();
  }
  // A reading of the words, taken over by the agent: [{"name": ..., "value": ...}], a need line each when there are several.
  function take(button) {
    const from = form();
    for (const [i, need] of JSON.parse(button.dataset.needs || "[]").entries()) {
      const lines = [...from.querySelectorAll("[data-need]")];
      const empty = lines.find((l) => !l.querySelector("[name$=-item]").value);
      const line = lines.find((l) => l.querySelector("[name$=-item]").value === need.item) || empty || addNeed(from, false);
      for (const [name, value] of Object.entries(need)) {
        const control = line.querySelector(`[name$="-${name}"]`);
        if (control && (!control.value || control.type === "checkbox")) fill(control, value);
      }
      if (i > 10) break;
    }
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill || "{}"))) {
      for (const control of from.elements) if (control.name === name) fill(control, value); // also those beside the form
    }
    showParts(from);
    changed();
  }
  function fill(control, value) {
    const values = [].concat(value).map(String);
    if (control.type === "radio") control.checked = values.includes(control.value);
    else if (control.type === "checkbox") control.checked = values.includes(control.value) || control.checked;
    else { control.value = value; control.classList.add("filled"); }
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-add-need],[data-remove-need],[data-left],[data-take],[data-set-version]");
    if (!target) return;
    if (target.matches("[data-set-version]")) { // theirs was seen: this form is saved over it
      form().elements.version.value = target.dataset.setVersion;
      form().requestSubmit();
    }
    if (target.matches("[data-add-need]")) addNeed(form());
    if (target.matches("[data-left]")) leftUntil(target);
    if (target.matches("[data-take]")) take(target);
    if (target.matches("[data-remove-need]")) {
      const line = target.closest("[data-need]");
      const next = line.nextElementSibling?.matches("[data-need]") ? line.nextElementSibling : line.previousElementSibling;
      line.remove();
      if (!document.querySelector("[data-need]")) addNeed(form());
      else next?.querySelector("[data-first]")?.focus();
      changed();
    }
  });
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#intake")) return;
    if (event.target.matches("[data-grows]")) grow(event.target);
    showParts(form());
    changed();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest("#intake") && !event.defaultPrevented && event.target.matches("input,textarea,select")) {
      event.target.blur(); // now the single keys work
      document.getElementById("intake").setAttribute("tabindex", "-1");
      document.getElementById("intake").focus({ preventScroll: true });
    }
    // Enter goes on to the next field, as Tab does; saving is Ctrl+Enter
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing && event.target.matches("#intake input:not([type=radio]):not([type=checkbox])") && !event.defaultPrevented) event.preventDefault();
  });

  async function save(from) {
    if (from.dataset.saving) return;
    keepHere(from);
    if (hotline.connectionLost) {
      from.dataset.pending = "yes";
      state(words("will be saved as soon as the connection is back"));
      return;
    }
    from.dataset.saving = "yes";
    clearTimeout(timer);
    const key = from.dataset.draft;
    const button = from.querySelector(".primary");
    button.disabled = true;
    try {
      const answer = await fetch(from.action, {
        method: "POST", body: new URLSearchParams(serialize(from)), headers: { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf }, signal: AbortSignal.timeout(15000),
      });
      const html = await answer.text();
      if (answer.ok) localStorage.removeItem(stored(key));
      if (answer.ok || answer.status === 409 || answer.status === 422) show(html);
      else state(words("The server could not save this. Nothing was lost; please press once more.") + ` (${answer.status})`);
      if (answer.ok) document.body.dispatchEvent(new CustomEvent("work-changed"));
    } catch {
      from.dataset.pending = "yes"; // asked again when the connection is back: the key makes it one case
      state(words("will be saved as soon as the connection is back"));
      document.dispatchEvent(new CustomEvent("hotline:unreachable"));
    } finally {
      delete from.dataset.saving;
      button.disabled = false;
    }
  }
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "intake") return;
    event.preventDefault();
    save(event.target);
  });
  document.addEventListener("hotline:back", () => {
    const from = form();
    if (!from) return;
    if (from.dataset.pending) { delete from.dataset.pending; save(from); } else keep();
  });
  window.addEventListener("pagehide", () => {
    const from = form();
    if (from && localStorage.getItem(stored(from.dataset.draft))) {
      const fields = new URLSearchParams(serialize(from));
      navigator.sendBeacon(from.dataset.autosave, fields);
    }
  });

  // The resident of the open case has written: what they ask for comes beside the form with the next keeping.
  document.body.addEventListener("live:desk:message", (event) => {
    if (form()?.dataset.case === String(event.detail.case)) keep();
  });

  // A call that has been answered opens its form; what was being typed is kept and becomes a tab.
  let openedFor = null;
  function callChanged() {
    const call = document.querySelector("#call [data-opens-draft]");
    const url = call?.dataset.opensDraft;
    if (!url || url === openedFor) return;
    openedFor = url;
    const before = form();
    if (before && before.dataset.draft === call.dataset.draftKey) return;
    Promise.resolve(before ? keep() : null).then(() => htmx.ajax("GET", url, { target: "#form", swap: "innerHTML" }));
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "call") callChanged();
    opened();
  });
  opened();
  callChanged();
})();
