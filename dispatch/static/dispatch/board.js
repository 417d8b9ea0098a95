// What the dispatcher has opened stays open when the board refreshes itself; links are copied by one press.
(function () {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (!target.matches?.("[data-keep-open]")) return;
    if (target.querySelector("details.drop[open]")) { event.detail.shouldSwap = false; return; } // somebody is choosing
    target.dataset.opened = [...target.querySelectorAll("details[open][id]")].map((d) => d.id).join(" ");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const id of (event.detail.target.dataset?.opened || "").split(" ").filter(Boolean)) {
      document.getElementById(id)?.setAttribute("open", "");
    }
  });
  // The map: closer and farther by button or wheel, moved by dragging; what was chosen outlasts a refresh.
  let view = null;
  const box = (map) => (view || map.dataset.whole.split(" ").map(Number));
  function look(map, next) {
    const [, , width, height] = map.dataset.whole.split(" ").map(Number);
    view = next[2] >= width ? null : [clamp(next[0], 0, width - next[2]), clamp(next[1], 0, height - next[3]), next[2], next[3]];
    map.setAttribute("viewBox", box(map).join(" "));
    map.style.setProperty("--size", String(box(map)[2] / width));
  }
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  function zoom(map, factor, at) {
    const [x, y, w, h] = box(map);
    const width = Math.max(w * factor, 60);
    const height = h * (width / w);
    look(map, [x + (w - width) * at[0], y + (h - height) * at[1], width, height]);
  }
  function within(map, event) {
    const area = map.getBoundingClientRect();
    return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
  }
  document.addEventListener("wheel", (event) => {
    const map = event.target.closest("#map");
    if (!map || !(event.ctrlKey || view)) return;
    event.preventDefault();
    zoom(map, event.deltaY > 0 ? 1.25 : 0.8, within(map, event));
  }, { passive: false });
  let dragged = null;
  document.addEventListener("pointerdown", (event) => {
    const map = event.target.closest("#map");
    if (map && view) dragged = { map, from: within(map, event), view: [...view] };
  });
  document.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const [x, y] = within(dragged.map, event);
    const [left, top, w, h] = dragged.view;
    look(dragged.map, [left - (x - dragged.from[0]) * w, top - (y - dragged.from[1]) * h, w, h]);
  });
  document.addEventListener("pointerup", () => { dragged = null; });
  document.addEventListener("htmx:afterSwap", () => {
    const map = document.getElementById("map");
    if (map && view) look(map, view);
  });

  document.addEventListener("click", async (event) => {
    const step = event.target.closest("[data-zoom]");
    if (step) zoom(document.getElementById("map"), Number(step.dataset.zoom), [0.5, 0.5]);
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      try {
        await navigator.clipboard.writeText(copy.dataset.copy);
        hotline.toast("✓");
      } catch {
        copy.parentElement.querySelector("[data-select]")?.select();
      }
    }
    // a stop on the map or the time line opens the card it is on
    const link = event.target.closest("a[href^='#stop-'], a[href^='#trip-']");
    const aim = link && document.querySelector(link.getAttribute("href") || link.href.baseVal);
    for (let up = aim; up; up = up.parentElement) if (up.matches("details")) up.open = true;
    const stops = aim?.matches("article") && aim.querySelector("details:not(.drop)");
    if (stops) stops.open = true;
  });
})();
