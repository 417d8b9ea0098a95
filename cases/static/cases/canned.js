// A canned reply: one press puts its words into the field, to be looked at and sent; what goes along with it is done on sending.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-canned]");
  if (!button) return;
  const form = button.form;
  const field = form.elements.body;
  field.value = button.dataset.words;
  form.elements.reply.value = button.dataset.canned;
  for (const other of form.querySelectorAll("[data-canned]")) other.setAttribute("aria-pressed", String(other === button));
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
});
document.addEventListener("input", (event) => {
  // emptied: the words, and what would have gone along with them, are no longer meant
  if (event.target.id === "text-body" && !event.target.value.trim()) event.target.form.elements.reply.value = "";
});
