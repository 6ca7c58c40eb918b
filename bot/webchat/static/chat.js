// The chat's page: shows what was said, sends what is written, and waits for answers.
"use strict";
(() => {
  const body = document.body;
  const path = body.dataset.path;
  const limit = Number(body.dataset.limit);
  const words = JSON.parse(body.dataset.words);
  const $ = (id) => document.getElementById(id);
  const [log, notice, text, compose, newest] = ["log", "notice", "text", "compose", "newest"].map($);

  let last = 0;            // the newest answer shown
  let stream = null;       // the open stream of answers
  let waiting = null;      // the line that says "one moment"
  let waitingEnds = 0;
  let offlineSoon = 0;
  let sending = false;
  const unsent = [];       // what is still to go out, in order
  const RETRY = [1000, 2000, 5000, 10000];
  const PATIENCE = 20000;

  // --- showing ------------------------------------------------------------------------------

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== "" && value != null) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  // Addresses become links; everything else stays plain text.
  const linked = (plain) => {
    const parts = plain.split(/(https:\/\/[^\s\u2066-\u2069]+)/);
    return parts.map((part, at) => at % 2
      ? element("a", { href: part, rel: "noopener noreferrer", target: "_blank", dir: "ltr" }, part)
      : part);
  };

  const paragraph = ({ text, style, lang, dir }) =>
    element("p", { class: style === "plain" ? "" : style, lang, dir }, ...linked(text));

  const choices = (rows) => {
    const list = element("ul", { class: "choices", "aria-label": words.choices });
    for (const { label, data } of rows.flat()) {
      const button = element("button", { type: "button", "data-data": data, dir: "auto" }, label);
      list.append(element("li", {}, button));
    }
    return list;
  };

  const show = ({ id, author, paragraphs, rows }, fresh) => {
    if (id != null && document.querySelector(`[data-id="${id}"]`)) return null;
    const line = element("div", { class: `line ${author}${fresh ? " fresh" : ""}`, "data-id": id });
    const previous = [...log.querySelectorAll(".line:not(.waiting)")].pop();
    const repeated = previous && previous.classList.contains(author);
    line.append(element("p", { class: repeated ? "who unseen" : "who" }, words[author] || words.bot));
    line.append(element("div", { class: "bubble" }, ...paragraphs.map(paragraph)));
    if (rows && rows.length) line.append(choices(rows));
    const near = log.scrollHeight - log.scrollTop - log.clientHeight < 160;
    log.insertBefore(line, waiting);
    if (near || author === "you") toEnd(); else newest.hidden = false;
    return line;
  };

  // A long answer is read from its beginning, so the scroll stops there.
  const toEnd = () => {
    newest.hidden = true;
    const lines = log.querySelectorAll(".line:not(.waiting)");
    const line = lines[lines.length - 1];
    const tall = line && line.offsetHeight > log.clientHeight - 40;
    log.scrollTop = tall ? line.offsetTop - log.offsetTop - 12 : log.scrollHeight;
  };

  // Buttons of a question that has been answered would only mislead.
  const forgetQuestions = () => {
    for (const button of log.querySelectorAll('.choices button[data-data*="#"]')) {
      button.closest("li").remove();
    }
    for (const list of log.querySelectorAll(".choices:empty")) list.remove();
  };

  const wait = (on) => {
    clearTimeout(waitingEnds);
    if (!on && waiting) { waiting.remove(); waiting = null; }
    if (!on) return;
    waitingEnds = setTimeout(() => wait(false), PATIENCE);
    if (waiting) return;
    const dots = element("span", { class: "dots", "aria-hidden": "true" },
      element("i"), element("i"), element("i"));
    waiting = element("div", { class: "line bot waiting" },
      element("div", { class: "bubble" }, dots, element("span", {}, words.waiting)));
    log.append(waiting);
    toEnd();
    log.scrollTop = log.scrollHeight;
  };

  const say = (message) => { notice.textContent = message; notice.hidden = !message; };

  // --- sending ------------------------------------------------------------------------------

  const freshId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");

  const put = (message) => {
    forgetQuestions();
    const line = show({
      author: "you", rows: [],
      paragraphs: [{ text: message.text, style: "plain", lang: "", dir: "auto" }],
    }, true);
    message.state = element("p", { class: "state" });
    line.append(message.state);
    unsent.push(message);
    flush();
  };

  const mark = (message, state) => {
    message.state.replaceChildren();
    message.state.classList.toggle("failed", state === "failed");
    if (state === "sending") message.state.append(words.sending);
    if (state !== "failed") return;
    const again = element("button", { type: "button" }, words.retry);
    again.addEventListener("click", () => { unsent.push(message); flush(); text.focus(); });
    message.state.append(words.not_sent, " ", again);
  };

  const flush = async () => {
    if (sending) return;
    sending = true;
    for (let tries = 0; unsent.length;) {
      const message = unsent[0];
      const slow = setTimeout(() => mark(message, "sending"), 600);
      const problem = await post(message);
      clearTimeout(slow);
      if (problem === "network") {
        say(words.offline);
        mark(message, "sending");
        await new Promise((done) => {
          setTimeout(done, RETRY[Math.min(tries, RETRY.length - 1)]);
          addEventListener("online", done, { once: true });
        });
        tries += 1;
        continue;
      }
      tries = 0;
      unsent.shift();
      mark(message, problem ? "failed" : "sent");
      say(problem ? words[problem] || words.trouble : "");
      if (!problem) { wait(true); listen(); }
    }
    sending = false;
  };

  // Returns what went wrong: nothing, "network", or the server's word for it.
  const post = async ({ id, text, data }) => {
    try {
      const answer = await fetch(`${path}/messages`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ id, text, data }),
      });
      if (answer.ok) return "";
      if (answer.status >= 500) return "network";
      return (await answer.json()).problem || "trouble";
    } catch {
      return "network";
    }
  };

  const write = () => {
    const written = text.value.trim();
    if (!written) { text.focus(); return; }
    if ([...written].length > limit) { say(words.too_long); return; }
    say("");
    text.value = "";
    grow();
    put({ id: freshId(), text: written, data: "" });
    text.focus();
  };

  const press = (button) => {
    put({ id: freshId(), text: button.textContent.trim(), data: button.dataset.data });
    text.focus({ preventScroll: true });
  };

  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 3}px`;
  };

  // --- listening ----------------------------------------------------------------------------

  const listen = () => {
    if (stream && stream.readyState !== EventSource.CLOSED) return;
    stream = new EventSource(`${path}/answers?after=${last}`);
    stream.addEventListener("ready", () => {
      clearTimeout(offlineSoon);
      offlineSoon = 0;
      if (!unsent.length && notice.textContent === words.offline) {
        say(words.online);
        setTimeout(() => { if (notice.textContent === words.online) say(""); }, 4000);
      }
    });
    stream.addEventListener("message", (event) => {
      wait(false);
      const message = JSON.parse(event.data);
      last = Math.max(last, Number(event.lastEventId));
      show(message, true);
    });
    stream.addEventListener("error", () => {
      // The browser tries again by itself; a closed stream is opened anew with the next message.
      offlineSoon ||= setTimeout(() => {
        offlineSoon = 0;
        if (stream.readyState !== EventSource.OPEN) say(words.offline);
        if (stream.readyState === EventSource.CLOSED) listen();
      }, 4000);
    });
  };

  const begin = async () => {
    try {
      const answer = await fetch(`${path}/history`);
      const { messages, last: newestId, known } = await answer.json();
      log.setAttribute("aria-live", "off");
      messages.forEach((message, at) => {
        if (at && messages[at].author === "you") forgetQuestions();
        show(message, false);
      });
      last = newestId;
      log.style.scrollBehavior = "auto";
      toEnd();
      log.style.scrollBehavior = "";
      if (known) listen();
    } catch {
      say(words.offline);
      setTimeout(begin, 3000);
      return;
    }
    log.removeAttribute("aria-busy");
    setTimeout(() => log.setAttribute("aria-live", "polite"), 100);
  };

  compose.addEventListener("submit", (event) => { event.preventDefault(); write(); });
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    write();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-data]");
    if (button) press(button);
  });
  newest.addEventListener("click", () => { toEnd(); text.focus(); });
  log.addEventListener("scroll", () => {
    if (log.scrollHeight - log.scrollTop - log.clientHeight < 60) newest.hidden = true;
  });
  $("language").addEventListener("change", (event) => event.target.form.submit());
  addEventListener("offline", () => say(words.offline));
  addEventListener("online", listen);
  begin();
})();
