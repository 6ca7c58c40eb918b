// What the desk's pages do beyond plain HTML. Every page works without it.
import { keepWriting } from "./compose.js";
import { keepEntry } from "./entry.js";
import { keepFresh } from "./live.js";

document.documentElement.classList.add("js");

for (const button of document.querySelectorAll("[data-nojs]")) button.hidden = true;

for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", () => form.requestSubmit());
  form.addEventListener("submit", () => {
    // An address without empty fields can be read and kept.
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
}

for (const toast of document.querySelectorAll("[data-toast]")) {
  const close = toast.querySelector("[data-dismiss]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
  setTimeout(() => toast.contains(document.activeElement) || toast.remove(), 12000);
}

document.querySelector("[data-focus]")?.focus();

// On a narrow screen tabs lie beside the screen: the present one is brought into it.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

for (const form of document.querySelectorAll("form[data-logout]")) {
  form.addEventListener("submit", () => sessionStorage.clear());
}

for (const form of document.querySelectorAll("form[data-compose]")) keepWriting(form);

for (const form of document.querySelectorAll("form[data-entry]")) keepEntry(form);

const page = document.querySelector("[data-live-page]");
if (page) keepFresh(page);
