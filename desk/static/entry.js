// Editing an entry: room that is left, a preview beside the form, nothing lost by leaving the page.

export function keepEntry(form) {
  for (const field of form.querySelectorAll("[data-room]")) watchRoom(form, field);
  guard(form);
  form.querySelector("[data-preview]")?.addEventListener("click", (event) => preview(event, form));
}

function watchRoom(form, field) {
  const left = document.getElementById(`${field.id}-left`);
  const others = (field.dataset.with ?? "").split(" ").filter(Boolean).map((id) => document.getElementById(id));
  const count = () => {
    // Counted like Telegram does, in UTF-16 units: what a string's length is here.
    const used = [field, ...others].reduce((sum, one) => sum + one.value.trim().length, 0);
    const room = Number(field.dataset.room) - used;
    const number = new Intl.NumberFormat(document.documentElement.lang).format(Math.abs(room));
    left.textContent = (room < 0 ? left.dataset.over : left.dataset.left).replace("#", number);
    left.classList.toggle("over", room < 0);
  };
  for (const one of [field, ...others]) one.addEventListener("input", count);
  count();
}

function guard(form) {
  const note = form.querySelector("[data-unsaved-note]");
  const before = fingerprint(form);
  let sending = false;
  // A form that came back with what was typed is not saved either.
  const refused = form.hasAttribute("data-typed");
  const changed = () => refused || fingerprint(form) !== before;
  const tell = () => note.hidden = !changed();
  form.addEventListener("input", tell);
  form.addEventListener("submit", () => (sending = true));
  addEventListener("pageshow", () => (sending = false));
  addEventListener("beforeunload", (event) => {
    if (!sending && changed()) event.preventDefault();
  });
  tell();
}

function fingerprint(form) {
  return JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));
}

async function preview(event, form) {
  event.preventDefault();
  const button = event.currentTarget;
  let answer;
  try {
    answer = await fetch(button.formAction, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  } catch {
    return; // no network: what was typed stays where it is
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview");
  if (!answer.ok || !fresh) {
    // The page itself says what is wrong, beside the fields.
    form.requestSubmit(plain(button));
    return;
  }
  const present = document.getElementById("preview");
  present.replaceWith(document.adoptNode(fresh));
  fresh.scrollIntoView({ block: "nearest" });
  fresh.focus({ preventScroll: true });
}

function plain(button) {
  const other = button.cloneNode(true);
  delete other.dataset.preview;
  other.formAction = other.formAction.split("#")[0]; // a fragment would take the focus away
  other.hidden = true;
  button.after(other);
  return other;
}
