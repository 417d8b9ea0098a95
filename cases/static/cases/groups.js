// A table typed like a spreadsheet: Tab goes right, Enter goes down and makes a new line, a pasted list becomes lines. What is
// typed is kept on this computer until it is saved. On the page of a group: mark all, and count what is marked.
(function () {
  const words = (text) => (window.gettext ? window.gettext(text) : text);
  const form = document.getElementById("group");
  const rows = document.getElementById("group-rows");
  const STORED = "group-table";

  function lines() {
    return [...rows.querySelectorAll("[data-row-id]")];
  }
  function lastId() {
    return Math.max(Number(rows.dataset.next || 0) - 1, ...lines().map((line) => Number(line.dataset.rowId)));
  }
  function isEmpty(line) {
    return [...line.querySelectorAll("input")].every((input) => !input.value.trim());
  }
  function addRow() {
    const line = lines()[0].cloneNode(true);
    const id = lastId() + 1;
    line.dataset.rowId = String(id);
    line.classList.remove("wrong");
    line.querySelectorAll(".tag, .options").forEach((mark) => mark.remove());
    for (const input of line.querySelectorAll("input")) {
      input.name = input.name.replace(/^row-\d+-/, `row-${id}-`);
      input.value = "";
    }
    rows.append(line);
    return line;
  }
  function below(input) {
    const line = input.closest("[data-row-id]");
    const column = [...line.querySelectorAll("input")].indexOf(input);
    const next = line.nextElementSibling || addRow();
    next.querySelectorAll("input")[column].focus();
  }
  async function readList(text) {
    const answer = await fetch(form.dataset.read, {
      method: "POST",
      body: new URLSearchParams({ text, after: String(lastId()) }),
      headers: { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf },
    });
    if (!answer.ok) return hotline.toast(words("The list could not be read. Nothing was lost."), { bad: true });
    const told = JSON.parse(answer.headers.get("HX-Trigger") || "{}").toast;
    const holder = document.createElement("tbody");
    holder.innerHTML = await answer.text();
    const found = [...holder.children];
    if (found.length) lines().filter(isEmpty).forEach((line) => line.remove());
    rows.append(...found);
    if (!lines().length) return;
    if (told) hotline.toast(told.text, told);
    found[0]?.querySelector("input")?.focus();
    keep();
  }
  function keep() {
    try {
      localStorage.setItem(STORED, new URLSearchParams(new FormData(form)).toString());
    } catch { return; }
    document.getElementById("group-state").textContent = words("kept on this computer");
  }

  // A reload or a closed lid loses nothing: an untouched table takes up what was typed here, with its key.
  function restore() {
    const copy = localStorage.getItem(STORED);
    if (!copy || !lines().every(isEmpty)) return;
    const fields = new URLSearchParams(copy);
    const last = Math.max(0, ...[...fields.keys()].map((name) => Number(name.match(/^row-(\d+)-/)?.[1] || 0)));
    while (lastId() < last) addRow();
    for (const [name, value] of fields) {
      const control = form.elements[name];
      if (control && name !== "csrfmiddlewaretoken") control.value = value;
    }
    document.getElementById("group-state").textContent = words("brought back what was typed on this computer");
  }

  if (form && rows) {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || !event.target.matches("input")) return;
      event.preventDefault();
      if (event.target.closest("#group-rows") && event.target.getAttribute("aria-expanded") !== "true") below(event.target);
    });
    rows.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text");
      if (!/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      readList(text);
    });
    form.addEventListener("input", keep);
    restore();
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-discard]")) localStorage.removeItem(STORED);
      if (event.target.closest("[data-add-row]")) addRow().querySelector("input").focus();
      if (event.target.closest("[data-read-list]")) {
        const list = document.getElementById("group-list");
        readList(list.value).then(() => { list.value = ""; });
      }
    });
  }

  if (document.getElementById("group-table")) localStorage.removeItem(STORED); // it is saved

  function count() {
    const place = document.querySelector("[data-marked]");
    if (place) place.textContent = document.querySelectorAll("[name=case]:checked").length;
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-mark-all]")) {
      for (const mark of document.querySelectorAll("[name=case]:not(:disabled)")) mark.checked = event.target.checked;
    }
    count();
  });
})();
