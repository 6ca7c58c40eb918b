// Keeps an open page up to date. The server only says "changed"; the page then fetches itself and
// takes over the parts marked data-live (as a whole) and data-live-list (item by item). Focus,
// opened details and what somebody is about to enter stay as they are.

const HIDDEN_MS = 60_000; // a page in the background holds no connection and looks this often
const RETRY_MS = 5_000;

export function keepFresh(page) {
  const announcer = document.getElementById("announcer");
  const title = document.title;
  let source = null;
  let timer = null;
  let running = null;

  const refresh = () => (running ??= fetchPage().finally(() => (running = null)));

  async function fetchPage() {
    let answer;
    try {
      answer = await fetch(page.dataset.livePage, { headers: { Accept: "text/html" }, redirect: "follow" });
    } catch {
      return; // no network: the stream comes back by itself and says what was missed
    }
    if (answer.redirected && new URL(answer.url).pathname.endsWith("/login")) return location.reload();
    if (answer.status === 404) return location.reload();
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = takeOver(page, fresh);
    if (!news.length) return;
    announcer.textContent = news.join(". ");
    if (document.hidden) document.title = `● ${title}`;
  }

  function listen() {
    source?.close();
    source = new EventSource(page.dataset.liveStream);
    source.addEventListener("changed", refresh);
    source.addEventListener("gone", () => location.reload());
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      timer = setTimeout(async () => {
        await refresh();
        if (!document.hidden) listen();
      }, RETRY_MS);
    });
  }

  function follow() {
    clearTimeout(timer);
    clearInterval(timer);
    if (document.hidden) {
      // A browser allows only a few connections to a server: tabs in the background hold none.
      source?.close();
      timer = setInterval(refresh, HIDDEN_MS);
      return;
    }
    document.title = title;
    refresh();
    listen();
  }

  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && follow());
  if (document.hidden) follow();
  else listen();
}

function takeOver(page, fresh) {
  const news = [];
  const freshPage = fresh.querySelector("[data-live-page]");
  if (!freshPage) return news;
  page.dataset.liveStream = freshPage.dataset.liveStream;
  page.dataset.livePage = freshPage.dataset.livePage;
  for (const list of freshPage.querySelectorAll("[data-live-list]")) {
    const present = document.getElementById(list.id);
    if (present) news.push(...takeOverList(present, list));
  }
  for (const part of freshPage.querySelectorAll("[data-live]")) {
    const present = document.getElementById(part.id);
    if (present) takeOverPart(present, part, page.dataset.changed);
  }
  if (news.length) document.getElementById("no-messages")?.remove();
  return news;
}

function takeOverList(present, fresh) {
  const news = [];
  const wanted = new Set([...fresh.children].map((item) => item.id));
  for (const item of [...present.children]) if (!wanted.has(item.id)) item.remove();
  [...fresh.children].forEach((item, place) => {
    const old = document.getElementById(item.id);
    if (!old) {
      item.classList.add("fresh");
      present.insertBefore(item, present.children[place] ?? null);
      news.push(item.dataset.announce);
      reveal(item);
    } else if (!same(old, item)) {
      withFocus(old, () => old.replaceWith(item));
    }
  });
  return news;
}

function same(old, item) {
  const copy = old.cloneNode(true);
  copy.classList.remove("fresh");
  for (const details of copy.querySelectorAll("details")) details.open = false;
  return copy.isEqualNode(item);
}

// Who reads at the end goes on reading at the end; who reads elsewhere is left there.
function reveal(item) {
  const nearEnd = item.getBoundingClientRect().top < innerHeight + 200;
  const writing = document.activeElement?.tagName === "TEXTAREA";
  if (!nearEnd && !writing) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  item.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

function takeOverPart(present, fresh, changedWords) {
  for (const details of present.querySelectorAll("details")) {
    const twin = details.id ? fresh.querySelector(`#${details.id}`) : null;
    const alike = twin ?? fresh.querySelectorAll("details")[0];
    if (alike) alike.open = details.open;
  }
  if (present.isEqualNode(fresh)) return;
  if (isBeingEdited(present)) {
    // Not torn away from under somebody's hands; the server refuses what is out of date.
    if (present.querySelector(".changed-notice")) return;
    const notice = document.createElement("p");
    notice.className = "changed-notice";
    notice.setAttribute("role", "status");
    notice.textContent = changedWords;
    present.prepend(notice);
    return;
  }
  withFocus(present, () => present.replaceChildren(...fresh.childNodes));
  present.className = fresh.className;
}

function isBeingEdited(part) {
  return [...part.querySelectorAll("input, select, textarea")].some((field) => {
    if (field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      const standing = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
      return field.value !== standing?.value;
    }
    return field.value !== field.defaultValue;
  });
}

// Focus stays with the thing of the same name, when it is still there.
function withFocus(part, change) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  change();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
