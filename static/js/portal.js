// What the pages do a little better with JavaScript than without. Nothing here is needed to use them.

// Menus close when one looks away: by Escape (the focus goes back to the menu's own button) or by a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The address of a filtered list names the filters in force and no others.
document.addEventListener("htmx:configRequest", (event) => {
  for (const [name, value] of [...event.detail.formData]) {
    if (value === "") event.detail.formData.delete(name);
  }
});

// A list that has been filtered in place says its new count to a screen reader.
document.addEventListener("htmx:afterSettle", () => {
  const count = document.querySelector("[data-count]");
  const voice = document.querySelector("[data-voice]");
  if (count && voice) voice.textContent = count.textContent.replace(/\s+/g, " ").trim();
});
