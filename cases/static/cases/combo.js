// A field that looks things up while typing: <input data-combo=URL [data-combo-with=NAME]>. The answer is a list of
// <li role=option data-value=... data-fill='{"field": "value"}'>; choosing one fills the field and the named ones beside it.
(function () {
  let timer = null;
  let count = 0;

  function close(input) {
    input.parentElement.querySelector(".options")?.remove();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  async function look(input) {
    const asked = input.value.trim();
    if (asked.length < Number(input.dataset.comboFrom || 1)) return close(input);
    const form = input.form;
    const query = new URLSearchParams({ q: asked });
    for (const name of (input.dataset.comboWith || "").split(" ").filter(Boolean)) query.set(name, form.elements[name]?.value || "");
    let html = "";
    try {
      const answer = await fetch(`${input.dataset.combo}?${query}`, { headers: { "HX-Request": "true" } });
      html = answer.ok ? await answer.text() : "";
    } catch {
      return; // the field itself still takes what is typed
    }
    if (document.activeElement !== input || input.value.trim() !== asked) return;
    close(input);
    if (!html.includes("role=\"option\"")) return;
    const list = document.createElement("ul");
    list.className = "options plain";
    list.setAttribute("role", "listbox");
    list.id = `options-${++count}`;
    list.innerHTML = html;
    list.querySelectorAll("[role=option]").forEach((option, i) => { option.id = `${list.id}-${i}`; option.classList.add("option"); });
    input.after(list);
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "true");
    if (input.dataset.comboFirst) mark(input, list.querySelector("[role=option]"));
  }
  function mark(input, option) {
    for (const other of option.parentElement.children) other.setAttribute("aria-selected", String(other === option));
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  function choose(input, option) {
    if (option.dataset.href) { location.assign(option.dataset.href); return; }
    input.value = option.dataset.value;
    const prefix = input.name.match(/^(?:need|row)-\d+-/)?.[0] || "";
    for (const [name, value] of Object.entries(JSON.parse(option.dataset.fill || "{}"))) {
      const control = input.form.elements[prefix + name] || input.form.elements[name];
      if (!control) continue;
      if (control.type === "checkbox") control.checked = Boolean(value);
      else if (!prefix || !control.value) control.value = value;
    }
    close(input);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
  }
  document.addEventListener("focusin", (event) => {
    if (!event.target.matches?.("[data-combo]")) return;
    event.target.setAttribute("role", "combobox");
    event.target.setAttribute("aria-autocomplete", "list");
    if (!event.target.hasAttribute("aria-expanded")) event.target.setAttribute("aria-expanded", "false");
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-combo]")) return;
    const hidden = event.target.parentElement.querySelector("input[type=hidden]");
    if (hidden && event.isTrusted) hidden.value = ""; // typed over: no longer the chosen one
    clearTimeout(timer);
    timer = setTimeout(() => look(event.target), 150);
  });
  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-combo]") || event.isComposing) return;
    const list = input.parentElement.querySelector(".options");
    if (!list) return;
    const now = list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = [...list.children];
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(input, all[(all.indexOf(now) + step + all.length) % all.length]);
      event.preventDefault();
    } else if ((event.key === "Enter" || event.key === "Tab") && now && !event.ctrlKey) {
      choose(input, now);
      if (event.key === "Enter") event.preventDefault();
    } else if (event.key === "Escape") {
      close(input);
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".options [role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option.closest(".combo").querySelector("[data-combo]"), option);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-combo]")) setTimeout(() => close(event.target), 150);
  });
})();
