// Sound while a call rings for this desk, by its level (cases.levels): two short tones every two seconds, urgent ones higher and
// quicker, soft ones low and single, or none. Made here, no file. The call is seen all the same.
(function () {
  let context = null;
  let timer = null;

  function tone(at, pitch) {
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    oscillator.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.25);
  }
  function ring() {
    const sound = document.querySelector("#call [data-ringing]")?.dataset.sound || "plain";
    if (sound === "none") return;
    context ||= new AudioContext();
    context.resume();
    tone(context.currentTime, { urgent: 880, soft: 440 }[sound] || 587);
    if (sound !== "soft") tone(context.currentTime + 0.28, sound === "urgent" ? 1108 : 740);
  }
  function look() {
    const ringing = document.querySelector("#call [data-ringing]");
    if (ringing && !timer) {
      ring();
      timer = setInterval(ring, ringing.dataset.sound === "urgent" ? 1200 : 2000);
      document.title = `☎ ${document.title.replace(/^☎ /, "")}`;
    } else if (!ringing && timer) {
      clearInterval(timer);
      timer = null;
      document.title = document.title.replace(/^☎ /, "");
    }
  }
  document.addEventListener("htmx:afterSettle", look);
  look();
})();
