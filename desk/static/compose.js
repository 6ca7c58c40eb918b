// Writing a reply or a note: how much room is left, Ctrl+Enter, nothing lost, nothing sent twice.

export function keepWriting(form) {
  const area = form.querySelector("textarea");
  const left = form.querySelector(".left");
  const key = `draft ${form.dataset.keep}`;

  if (area.hasAttribute("data-draft")) sessionStorage.setItem(key, area.value);
  else if (sentJustNow(form)) sessionStorage.removeItem(key);
  else area.value = sessionStorage.getItem(key) ?? area.value;

  const changed = () => {
    grow(area);
    count(area, left);
    if (area.value) sessionStorage.setItem(key, area.value);
    else sessionStorage.removeItem(key);
  };
  area.addEventListener("input", changed);
  changed();
  if (area.value) form.closest("details")?.setAttribute("open", "");

  for (const hint of form.querySelectorAll("[data-keys]")) hint.hidden = false;
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-main]"));
  });

  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    sessionStorage.setItem("sending", form.dataset.keep);
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
  // Back in the browser's history: the form can be used again.
  addEventListener("pageshow", () => {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  });
}

// The page that comes after a form was taken says so in a notice.
function sentJustNow(form) {
  const sent = sessionStorage.getItem("sending") === form.dataset.keep;
  if (sent) sessionStorage.removeItem("sending");
  return sent && document.querySelector("[data-toast]") !== null;
}

function grow(area) {
  area.rows = Math.min(10, Math.max(2, area.value.split("\n").length + Math.floor(area.value.length / 90)));
}

function count(area, left) {
  // Counted like the server does: in characters, an emoji being one.
  const limit = Number(area.dataset.limit);
  const room = limit - [...area.value.trim()].length;
  const number = new Intl.NumberFormat(document.documentElement.lang).format(Math.abs(room));
  left.textContent = (room < 0 ? left.dataset.over : left.dataset.left).replace("#", number);
  left.classList.toggle("over", room < 0);
  area.setAttribute("aria-invalid", String(room < 0));
}
