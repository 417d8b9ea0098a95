// Sound while a call rings for this desk: two short tones every two seconds, level 1 higher and quicker. Made here, no file.
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
    const urgent = document.querySelector("#call [data-ringing='1']");
    context ||= new AudioContext();
    context.resume();
    tone(context.currentTime, urgent ? 880 : 587);
    tone(context.currentTime + 0.28, urgent ? 1108 : 740);
  }
  function look() {
    const ringing = document.querySelector("#call [data-ringing]");
    if (ringing && !timer) {
      ring();
      timer = setInterval(ring, ringing.dataset.ringing === "1" ? 1200 : 2000);
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
