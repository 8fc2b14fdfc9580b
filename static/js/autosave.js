// Long forms: what is typed is kept whenever one leaves a field, and "Saved 14:02" says so. A page that loads this file
// has one such form, with the version of its draft, and the note that the component "saved" draws.
// The server answers a save with the page itself; only the note and the version of the draft are taken from it.
const form = document.querySelector("main form.form");
let timer;
let saving = null;

async function save() {
  const body = new FormData(form);
  body.set("then", "stay");
  const answer = await fetch(location.href, { method: "POST", body });
  // 422: kept as typed, something is still to correct. Anything else (signed out, a colleague was quicker) is said
  // in words when the person sends the form.
  if (answer.redirected || (answer.status !== 200 && answer.status !== 422)) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  form.elements.version.value = page.querySelector("main form.form [name=version]").value;
  document.querySelector("[data-saved]").replaceChildren(...page.querySelector("[data-saved]").childNodes);
}

form?.addEventListener("change", () => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    // One save after the other, each with the version that the one before brought back.
    const mine = (saving = (saving ?? Promise.resolve()).then(save).catch(() => {}));
    await mine;
    if (saving === mine) saving = null;
  }, 400);
});

// A form sent while it is being saved would meet its own newer version: it goes out right after.
form?.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (!saving) return;
  event.preventDefault();
  const button = event.submitter;
  saving.then(() => setTimeout(() => form.requestSubmit(button)));
});
