// Keys: a control says which one presses it (data-key="N", data-key="Ctrl+Enter") and what it does (data-key-words,
// else its own words). Without Ctrl a key never works inside a field. "?" lists what works on this page.
(function () {
  const inField = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable=true]");

  function pressed(event) {
    const parts = [];
    if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
    if (event.altKey) parts.push("Alt");
    if (event.shiftKey && event.key.length > 1) parts.push("Shift");
    parts.push(event.key.length === 1 ? event.key.toUpperCase() : event.key);
    return parts.join("+");
  }
  function scope() {
    const open = [...document.querySelectorAll("dialog[open]")];
    return open.length ? open[open.length - 1] : document;
  }
  function shown(control) {
    return control.getClientRects().length > 0;
  }
  function controlFor(key) {
    return [...scope().querySelectorAll("[data-key]")].find((control) => control.dataset.key.split(" ").includes(key) && shown(control));
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return; // 229: an input method is at work
    const key = pressed(event);
    if (!key.startsWith("Ctrl+") && !key.startsWith("Alt+") && key !== "Escape" && inField(event.target)) return;
    const control = controlFor(key);
    if (!control) return;
    event.preventDefault();
    if (control.matches("input:not([type=radio]):not([type=checkbox]),textarea,select")) {
      control.focus();
      control.select?.();
    } else if (control.getAttribute("aria-disabled") === "true" || control.disabled) {
      if (control.title) hotline.toast(control.title, { bad: true });
    } else {
      control.focus({ preventScroll: true });
      control.click();
    }
  });

  const sheet = document.getElementById("keys");
  const list = document.getElementById("keys-shown");
  function fill() {
    list.replaceChildren();
    const seen = new Set();
    for (const control of document.querySelectorAll("[data-key]")) {
      const key = control.dataset.key.split(" ")[0];
      const words = control.dataset.keyWords || control.getAttribute("aria-label") || control.textContent.replace(/\s+/g, " ").trim();
      if (!shown(control) || seen.has(key) || sheet.contains(control)) continue;
      seen.add(key);
      const term = document.createElement("dt");
      const mark = document.createElement("kbd");
      mark.textContent = key;
      term.append(mark);
      const said = document.createElement("dd");
      said.textContent = words;
      list.append(term, said);
    }
  }
  if (sheet) document.querySelector("[data-opens=keys]")?.addEventListener("click", fill, { capture: true });
})();
