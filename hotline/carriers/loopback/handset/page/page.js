// Small things the other modules share: elements, requests, times.

export const $ = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else if (name === "onclick") made.addEventListener("click", value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export async function ask(method, path, body) {
  const response = await fetch("/loopback" + path, {
    method, body: body ? JSON.stringify(body) : undefined, headers: { "Content-Type": "application/json" },
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer;
}

export const clockTime = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// Redraws a list only when what it shows has changed, and stays at its end if it was there.
export function redraw(list, rows, draw) {
  const now = JSON.stringify(rows);
  if (list.dataset.shown === now) return;
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.dataset.shown = now;
  list.replaceChildren(...rows.map(draw));
  if (atEnd) list.scrollTop = list.scrollHeight;
}
