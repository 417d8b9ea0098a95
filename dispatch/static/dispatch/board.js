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
  document.addEventListener("click", async (event) => {
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
