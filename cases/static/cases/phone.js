// The desk's side of the browser phone: opens its window, passes the key for picking up on, and says what the window says.
(function () {
  const opener = document.querySelector("[data-phone-window]");
  if (!opener || !window.BroadcastChannel) return;
  const words = (text) => (window.gettext ? window.gettext(text) : text);
  const phone = new BroadcastChannel(`hotline-phone-${opener.dataset.user}`);
  let heard = 0;
  let before = "";

  phone.addEventListener("message", (event) => {
    heard = Date.now();
    const { state, text } = event.data;
    if (!state) return;
    document.body.dataset.phone = state;
    if (state === "trouble" && text !== before) hotline.toast(`${words("Browser phone:")} ${text}`, { bad: true, seconds: 10 });
    if (state !== "connecting") before = state === "trouble" ? text : ""; // each trouble once, though it tries again and again
  });
  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-phone-window]");
    if (opens) {
      event.preventDefault();
      window.open(opens.href, "hotline-phone", "popup,width=420,height=420");
    }
    if (event.target.closest("[data-phone-answer]")) {
      const asked = Date.now();
      phone.postMessage({ act: "answer" });
      setTimeout(() => {
        if (heard < asked) hotline.toast(words("The browser phone's window is closed: open it again, or the call goes to the next agent."), { bad: true, seconds: 10 });
      }, 1500);
    }
  });
  phone.postMessage({ act: "who" });
})();
