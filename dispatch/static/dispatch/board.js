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
  const box = (map) => (view || map.dataset.start.split(" ").map(Number));
  function look(map, next) {
    const [, , width, height] = map.dataset.whole.split(" ").map(Number);
    view = next[2] >= width ? [0, 0, width, height] : [clamp(next[0], -60, width - next[2] + 60), clamp(next[1], -60, height - next[3] + 60), next[2], next[3]];
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
    if (map) dragged = { map, from: within(map, event), view: [...box(map)] };
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

  // A stop is dragged to another vehicle or place: what that costs and breaks is shown before it is dropped. The drop opens
  // the same sheet that the keyboard opens (M on a stop, Enter on a button); nothing happens without the press in it.
  const sheet = () => document.getElementById("decide");
  const hint = () => document.getElementById("drag-hint");
  let drag = null;
  let asked = "";
  function url(aim) {
    const query = new URLSearchParams({ trip: aim.trip, kind: aim.kind });
    if (aim.before) query.set("before", aim.before);
    return `/dispatch/cases/${aim.case}/place/?${query}`;
  }
  function aimAt(row, x) {
    const stops = [...row.querySelectorAll(".block.stop[data-stop]:not([data-stop=''])")];
    const behind = stops.find((stop) => stop.getBoundingClientRect().left + 8 > x && stop.dataset.stop !== drag.stop);
    const inside = stops.some((stop) => stop.dataset.stop === drag.stop);
    return { case: drag.case, trip: row.dataset.drop, before: behind?.dataset.stop || "", kind: inside ? drag.kind : "delivery" };
  }
  async function show(aim, event) {
    const box = hint();
    box.style.left = `${Math.min(event.clientX + 14, innerWidth - 380)}px`;
    box.style.top = `${Math.min(event.clientY + 14, innerHeight - 160)}px`;
    const address = `${url(aim)}&hint=1`;
    if (asked === address) return;
    asked = address;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || asked !== address || !drag) return;
    box.innerHTML = await answer.text();
    box.hidden = false;
  }
  function open(address) {
    htmx.ajax("GET", address, { target: "#decide-body" });
    if (!sheet().open) sheet().showModal();
  }
  document.addEventListener("dragstart", (event) => {
    const stop = event.target.closest?.("[data-case][draggable]");
    if (!stop) return;
    drag = { case: stop.dataset.case, stop: stop.dataset.stop, kind: stop.dataset.kind };
    event.dataTransfer.setData("text/plain", stop.dataset.number);
    event.dataTransfer.effectAllowed = "move";
    stop.classList.add("is-dragged");
    document.body.classList.add("is-dragging");
  });
  document.addEventListener("dragover", (event) => {
    const row = drag && event.target.closest?.("[data-drop]");
    for (const other of document.querySelectorAll(".chart-row.over")) if (other !== row) other.classList.remove("over");
    if (!row) return;
    event.preventDefault();
    row.classList.add("over");
    show(aimAt(row, event.clientX), event);
  });
  document.addEventListener("drop", (event) => {
    const row = drag && event.target.closest?.("[data-drop]");
    if (!row) return;
    event.preventDefault();
    open(url(aimAt(row, event.clientX)));
  });
  document.addEventListener("dragend", () => {
    drag = null;
    asked = "";
    hint().hidden = true;
    document.body.classList.remove("is-dragging");
    for (const one of document.querySelectorAll(".is-dragged, .over")) one.classList.remove("is-dragged", "over");
  });
  document.addEventListener("keydown", (event) => {
    const stop = document.activeElement?.closest?.("[data-case]");
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !document.activeElement?.matches("input, select, textarea");
    if (event.key.toLowerCase() === "m" && stop && plain && !sheet().open) {
      event.preventDefault();
      open(`/dispatch/cases/${stop.dataset.case}/place/?kind=${stop.dataset.kind}`);
    }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const busy = drag || sheet()?.open || document.querySelector("#unserved input:checked");
    if (busy && event.detail.target.matches?.("[data-keep-open]")) event.detail.shouldSwap = false; // somebody is deciding
  });
})();
