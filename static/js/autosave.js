// Long forms: what is typed is kept whenever one leaves a field or pauses, and "Saved 14:02" says so. A page that loads
// this file has one such form, with the version of its draft, and the note that the component "saved" draws.
// The server answers a save with the page itself; only the notes and the version of the draft are taken from it.
const form = document.querySelector("main form.form");
const PAUSE = 2000;
let timer;
let saving = null;
let overtaken = false;

async function save(options = {}) {
  if (overtaken) return;
  const body = new FormData(form);
  for (const field of form.querySelectorAll("[type=file]")) body.delete(field.name); // files go with the form itself
  body.set("then", "stay");
  const answer = await fetch(location.href, { method: "POST", body, ...options });
  // 422: kept as typed, something is still to correct. 409: a colleague was quicker, which is said at once, with what
  // was saved. Anything else (signed out, closed meanwhile) is said in words when the person sends the form.
  if (answer.redirected || ![200, 409, 422].includes(answer.status)) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const version = page.querySelector("main form.form [name=version]");
  if (!version) return;
  form.elements.version.value = version.value;
  if (answer.status === 409) {
    overtaken = true;
    document.querySelector("main .section-kept")?.remove();
    form.before(page.querySelector("main .section-kept"));
  } else {
    document.querySelector("[data-saved]").replaceChildren(...page.querySelector("[data-saved]").childNodes);
  }
}

function saveIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    timer = null;
    // One save after the other, each with the version that the one before brought back.
    const mine = (saving = (saving ?? Promise.resolve()).then(save).catch(() => {}));
    await mine;
    if (saving === mine) saving = null;
  }, milliseconds);
}

form?.addEventListener("change", () => saveIn(400));
form?.addEventListener("input", () => saveIn(PAUSE));

// Somebody who puts the page away has no pause left.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || !timer || saving) return;
  clearTimeout(timer);
  timer = null;
  saving = save({ keepalive: true })
    .catch(() => {})
    .finally(() => (saving = null));
});

// A form sent while it is being saved would meet its own newer version: it goes out right after.
form?.addEventListener("submit", (event) => {
  clearTimeout(timer);
  timer = null;
  if (!saving) return;
  event.preventDefault();
  const button = event.submitter;
  saving.then(() => setTimeout(() => form.requestSubmit(button)));
});
