// Reads prompts and other people's words aloud, when somebody switched it on. Chinese unless a line says otherwise.

let on = false;
let call = "";
let spoken = ""; // the time of the last line that was read

export const isAloud = () => on;

export function switchAloud() {
  on = !on && "speechSynthesis" in window;
  if (!on) window.speechSynthesis?.cancel();
  return on;
}

export function readAloud(now) {
  if (now.sid !== call) [call, spoken] = [now.sid, ""];
  const lines = now.heard.filter((line) => line.kind === "say" || line.kind === "person");
  const fresh = lines.filter((line) => line.at > spoken);
  spoken = lines.length ? lines[lines.length - 1].at : spoken;
  if (!on) return;
  for (const line of fresh.slice(-3)) {
    const words = new SpeechSynthesisUtterance(line.text);
    words.lang = line.language?.startsWith("en") ? "en-US" : "zh-CN";
    window.speechSynthesis.speak(words);
  }
}
