// The page of the stand-in for Telegram. Shows what /demo/state tells and sends what is done.

const byId = (id) => document.getElementById(id);
const shown = { person: null, editing: null, answered: new Set(), first: true, drawn: "" };
const drafts = new Map();

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter((child) => child !== null));
  return node;
}

async function act(what, values = {}) {
  const form = new FormData();
  form.set("person", shown.person);
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  const answer = await fetch(`/demo/do/${what}`, { method: "POST", body: form });
  if (!answer.ok) toast((await answer.json()).problem ?? "That did not work.");
  await refresh();
}

function toast(text) {
  const node = make("div", { className: "toast", textContent: text, dir: "auto" });
  byId("toasts").append(node);
  setTimeout(() => node.remove(), 4500);
}

// Text with entities. Offsets are UTF-16 code units, as in JavaScript.

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

function wrapper(entity, text) {
  const link = { url: text.includes("://") ? text : `https://${text}`, email: `mailto:${text}`, text_link: entity.url }[entity.type];
  if (link) return make("a", { href: link, target: "_blank", rel: "noopener noreferrer" });
  if (entity.type === "bot_command") {
    const command = make("a", { href: "#", dir: "ltr" });
    command.addEventListener("click", (event) => { event.preventDefault(); act("send", { text }); });
    return command;
  }
  if (entity.type === "spoiler") return make("span", { className: "spoiler" });
  return make(TAGS[entity.type] ?? "span");
}

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

function formatted(text, entities, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; i++) {
    const entity = entities[i];
    const end = entity.offset + entity.length;
    if (entity.offset < at || end > to) continue;
    const block = BLOCKS.has(entity.type);
    // A block begins and ends its own line: the line break beside it would be a second one.
    nodes.push(text.slice(at, entity.offset).replace(block ? /\n$/ : /(?!)/, ""));
    const node = wrapper(entity, text.slice(entity.offset, end));
    node.append(...formatted(text, entities.slice(i + 1), entity.offset, end));
    nodes.push(node);
    at = block && text[end] === "\n" ? end + 1 : end;
  }
  nodes.push(text.slice(at, to));
  return nodes.filter((node) => node !== "");
}

const ICONS = {
  document: "M7 3h7l4 4v14H7zM14 3v5h4",
  voice: "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3",
  location: "M12 21s6-5.6 6-10.5a6 6 0 0 0-12 0C6 15.4 12 21 12 21zM12 8.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  contact: "M12 4a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM5 20c0-4 3-6 7-6s7 2 7 6",
};

function attachment(icon, title, line) {
  const picture = make("span", { className: "icon", ariaHidden: "true" });
  picture.innerHTML = `<svg viewBox="0 0 24 24"><path d="${ICONS[icon]}"/></svg>`;
  return make("div", { className: "attachment" },
    picture,
    make("span", {}, make("span", { textContent: title, dir: "auto" }), make("small", { textContent: line, dir: "auto" })));
}

function content(message) {
  const parts = [];
  if (message.reply_to_message) {
    const quoted = message.reply_to_message.text ?? message.reply_to_message.caption ?? "…";
    parts.push(make("div", { className: "words" }, make("blockquote", { textContent: quoted.slice(0, 120), dir: "auto" })));
  }
  if (message.photo) {
    const file = message.photo.at(-1).file_id;
    parts.push(make("img", { src: `/demo/file/${encodeURIComponent(file)}`, alt: message.caption ?? "Photo" }));
  }
  if (message.document) parts.push(attachment("document", message.document.file_name ?? "Document", `${message.document.mime_type ?? ""} ${message.document.file_size} bytes`));
  if (message.voice) parts.push(attachment("voice", "Voice message", `${message.voice.duration} s`));
  if (message.location) parts.push(attachment("location", "Location", `${message.location.latitude}, ${message.location.longitude}`));
  if (message.contact) parts.push(attachment("contact", message.contact.first_name, message.contact.phone_number));
  if (message.sticker) parts.push(make("div", { className: "sticker", textContent: message.sticker.emoji }));
  const text = message.text ?? message.caption;
  if (text) parts.push(make("div", { className: "words", dir: "auto" }, ...formatted(text, message.entities ?? message.caption_entities ?? [])));
  return parts;
}

function keyboard(message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return make("div", { className: "keyboard" }, ...rows.map((row) =>
    make("div", { className: "row" }, ...row.map((button) => {
      if (button.url) return make("a", { href: button.url, textContent: button.text, target: "_blank", rel: "noopener noreferrer", dir: "auto" });
      const node = make("button", { type: "button", textContent: button.text, dir: "auto", title: button.callback_data ?? "" });
      node.addEventListener("click", () => {
        node.classList.add("waiting");
        act("press", { message: message.message_id, data: button.callback_data });
      });
      return node;
    }))));
}

function bubble(message, mine) {
  const time = new Date(message.date * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const meta = make("div", { className: "meta" });
  if (mine && (message.text || message.caption)) {
    const edit = make("button", { type: "button", textContent: "Edit" });
    edit.addEventListener("click", () => beginEdit(message));
    meta.append(edit);
  }
  meta.append(make("span", { textContent: (message.edit_date ? "edited " : "") + time, dir: "ltr" }));
  return make("article", { className: mine ? "message mine" : "message" },
    make("div", { className: "bubble" }, ...content(message), meta), keyboard(message));
}

function drawMessages(chat) {
  const drawn = JSON.stringify([chat.person, chat.messages, chat.typing]);
  if (drawn === shown.drawn) return;
  shown.drawn = drawn;
  const list = byId("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const nodes = [];
  let day = "";
  for (const message of chat.messages) {
    const its = new Date(message.date * 1000).toLocaleDateString([], { day: "numeric", month: "long" });
    if (its !== day) nodes.push(make("div", { className: "day", textContent: (day = its) }));
    nodes.push(bubble(message, message.from?.id === chat.person));
  }
  if (chat.typing) nodes.push(make("div", { className: "typing", textContent: "typing …" }));
  list.replaceChildren(...nodes);
  if (atEnd || shown.first) list.scrollTop = list.scrollHeight;
  shown.first = false;
}

function drawPeople(people) {
  byId("people").replaceChildren(...people.map((person) => {
    const line = person.status === "kicked" ? "has blocked the bot" : person.last ?? "has not pressed Start";
    const node = make("button", { type: "button" },
      make("span", { className: "avatar", textContent: [...person.name][0], style: `--hue:${(person.id * 47) % 360}`, ariaHidden: "true" }),
      make("span", { className: "name", textContent: person.name, dir: "auto" }),
      make("span", { className: "last" },
        make("bdi", { textContent: person.language_name }), " · ",
        make("span", { className: "line", textContent: line, dir: "auto" })));
    if (person.id === shown.person) node.setAttribute("aria-current", "true");
    node.addEventListener("click", () => choose(person.id));
    return make("li", {}, node);
  }));
}

function drawChat(chat, bot, person) {
  const never = person.status === "never";
  const blocked = person.status === "kicked";
  for (const id of ["messages", "reply-keyboard", "composer"]) byId(id).dir = person.rtl ? "rtl" : "ltr";
  byId("bot-name").textContent = chat.name;
  byId("bot-line").textContent = chat.short_description || `@${bot.username}`;
  byId("as-person").replaceChildren("as ", make("bdi", { textContent: person.name }));
  byId("block").textContent = blocked ? "Unblock" : "Block";
  byId("block").hidden = never;
  byId("welcome").hidden = !never;
  byId("messages").hidden = never;
  byId("welcome-name").textContent = chat.name;
  byId("welcome-text").textContent = chat.description || "The bot has not published a description for this language.";
  byId("composer").classList.toggle("blocked", blocked);
  byId("composer").hidden = never;
  const commands = chat.commands.map((one) => {
    const node = make("button", { type: "button", role: "menuitem" },
      make("span", { className: "command", textContent: `/${one.command}`, dir: "ltr" }),
      make("span", { textContent: one.description, dir: "auto" }));
    node.addEventListener("click", () => { closePopups(); act("send", { text: `/${one.command}` }); });
    return make("li", {}, node);
  });
  if (!commands.length) commands.push(make("li", { className: "none", textContent: "The bot has published no commands." }));
  byId("commands").replaceChildren(...commands);
  const keys = chat.keyboard.map((row) => make("div", { className: "row" }, ...row.map((label) => {
    const key = make("button", { type: "button", textContent: label, dir: "auto" });
    key.addEventListener("click", () => act("tap", { label }));
    return key;
  })));
  byId("reply-keyboard").hidden = !keys.length;
  byId("reply-keyboard").replaceChildren(make("div", { className: "keyboard" }, ...keys));
  drawMessages(chat);
  for (const { id, answer } of chat.answers) {
    if (answer?.text && !shown.answered.has(id)) toast(answer.text);
    if (answer) shown.answered.add(id);
  }
}

function excerpt(parameters) {
  const { text, description, short_description, language_code, commands } = parameters;
  const words = text ?? description ?? short_description ?? (commands ? `${commands.length} commands` : "");
  return [language_code, words].filter(Boolean).join(": ").slice(0, 60);
}

function drawCalls(calls) {
  if (byId("log").hidden) return;
  const open = new Set([...document.querySelectorAll("#calls details[open]")].map((node) => node.dataset.key));
  byId("calls").replaceChildren(...calls.map((call, index) => {
    const key = JSON.stringify([call.method, call.parameters]);
    const status = make("span", { className: call.status === 200 ? "ok" : "refused", textContent: call.status || "…" });
    const node = make("details", { open: open.has(key) },
      make("summary", {}, make("span", { className: "method", textContent: call.method }),
        make("bdi", { className: "excerpt", textContent: excerpt(call.parameters) }), status),
      call.description ? make("div", { className: call.status === 200 ? "" : "refused", textContent: call.description }) : null,
      make("pre", { textContent: JSON.stringify(call.parameters, null, 1), dir: "ltr" }));
    node.dataset.key = key;
    if (call.status >= 400) node.open = true;
    return make("li", {}, node);
  }).reverse());
}

let running = false;
let again = false;

async function refresh() {
  if (running) { again = true; return; }
  running = true;
  try {
    do {
      again = false;
      const query = shown.person === null ? "" : `?person=${shown.person}`;
      const state = await (await fetch(`/demo/state${query}`)).json();
      if (shown.person !== null && state.chat.person !== shown.person) { again = true; continue; }
      shown.person = state.chat.person;
      drawPeople(state.people);
      drawChat(state.chat, state.bot, state.people.find((one) => one.id === shown.person));
      drawCalls(state.calls);
      setOnline(state.bot.online ? "The bot is there" : "No bot is there yet", state.bot.online);
    } while (again);
  } catch {
    setOnline("The server has ended", false);
  } finally {
    running = false;
  }
}

function setOnline(text, online) {
  byId("bot-state").textContent = text;
  byId("bot-state").classList.toggle("online", online);
}

function choose(id) {
  drafts.set(shown.person, byId("text").value);
  endEdit();
  shown.person = id;
  shown.first = true;
  byId("text").value = drafts.get(id) ?? "";
  document.body.classList.remove("choosing");
  history.replaceState(null, "", `#${id}`);
  closePopups();
  refresh().then(() => byId(byId("welcome").hidden ? "text" : "start").focus());
}

// Writing

function grow() {
  const field = byId("text");
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function beginEdit(message) {
  shown.editing = message.message_id;
  byId("edit-note").hidden = false;
  byId("text").value = message.text ?? message.caption;
  byId("text").focus();
  grow();
}

function endEdit() {
  shown.editing = null;
  byId("edit-note").hidden = true;
  byId("text").value = "";
  grow();
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value;
  if (!text.trim()) return;
  const list = byId("messages");
  list.scrollTop = list.scrollHeight;
  if (shown.editing === null) act("send", { text });
  else act("edit", { text, message: shown.editing });
  endEdit();
});
byId("text").addEventListener("input", grow);
byId("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId("composer").requestSubmit();
  }
  if (event.key === "Escape") endEdit();
});
byId("edit-cancel").addEventListener("click", endEdit);
byId("start").addEventListener("click", () => act("start", { payload: byId("payload").value.trim() }));
byId("block").addEventListener("click", () => act(byId("block").textContent === "Block" ? "block" : "unblock"));
byId("back").addEventListener("click", () => document.body.classList.add("choosing"));

// Menus

function closePopups() {
  for (const [button, popup] of POPUPS) {
    popup.hidden = true;
    button.setAttribute("aria-expanded", "false");
  }
}

const POPUPS = [[byId("menu"), byId("commands")], [byId("attach"), byId("attachments")]];
for (const [button, popup] of POPUPS) {
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    const open = popup.hidden;
    closePopups();
    popup.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  });
}
document.addEventListener("click", closePopups);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closePopups(); });

byId("attachments").addEventListener("click", (event) => {
  const { what, file } = event.target.dataset;
  if (what) act(what);
  if (!file) return;
  byId("file").dataset.what = file;
  byId("file").accept = file === "photo" ? "image/*" : "";
  byId("file").click();
});
byId("file").addEventListener("change", async () => {
  const [file] = byId("file").files;
  if (file) await act(byId("file").dataset.what, { file, caption: byId("text").value });
  byId("file").value = "";
  endEdit();
});

byId("toggle-log").addEventListener("click", () => {
  byId("log").hidden = !byId("log").hidden;
  byId("toggle-log").setAttribute("aria-expanded", String(!byId("log").hidden));
  refresh();
});
byId("new-person").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/demo/people", { method: "POST", body: new FormData(event.target) });
  event.target.reset();
  choose((await answer.json()).id);
});

// News

const wanted = Number(location.hash.slice(1));
if (wanted) shown.person = wanted;
new EventSource("/demo/news").addEventListener("message", refresh);
setInterval(refresh, 6000);
refresh();
