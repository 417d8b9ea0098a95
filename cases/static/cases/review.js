// Queue review by keyboard: up and down choose a row and show it beside, Enter opens it, X marks it; marks are counted.
(function () {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let chosen = null;
  let timer = null;

  function choose(row) {
    if (!row) return;
    for (const other of rows()) other.removeAttribute("aria-selected");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    chosen = row.dataset.peek;
    clearTimeout(timer);
    timer = setTimeout(() => htmx.ajax("GET", row.dataset.peek, { target: "#peek", swap: "innerHTML" }), 120);
  }
  function current() {
    return rows().find((row) => row.dataset.peek === chosen);
  }
  function count() {
    const place = document.getElementById("chosen");
    if (place) place.textContent = document.querySelectorAll("[data-row] input:checked").length;
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.target.closest("input:not([type=checkbox]),select,textarea,dialog[open]")) return;
    const all = rows();
    const at = all.indexOf(current());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(all[Math.max(0, Math.min(all.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]);
    } else if (event.key === "Enter" && current() && !event.target.closest("button,a")) {
      location.assign(current().dataset.open);
    } else if (event.key.toUpperCase() === "X" && current()) {
      const mark = current().querySelector("input");
      mark.checked = !mark.checked;
      count();
    }
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && !event.target.closest("a,input")) choose(row);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-row] input")) count();
  });
  // marks and the chosen row survive a refresh of the list
  let marked = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id === "rows") marked = [...document.querySelectorAll("[data-row] input:checked")].map((mark) => mark.value);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "rows") return;
    for (const mark of document.querySelectorAll("[data-row] input")) mark.checked = marked.includes(mark.value);
    current()?.setAttribute("aria-selected", "true");
    count();
  });
})();
