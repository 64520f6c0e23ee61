/** What the browser adds where it can: a length bar that follows the typing, and drafts that are never lost. */

const DRAFT = "dnk-draft:";
const SENT = "dnk-sent";

// ---- Guide length: <div data-length-for="ID" data-min="500" data-max="3000"> beside a textarea.

// Four digits stand without a separator, as on the server.
const grouped = (number) => (number < 10000 ? String(number) : number.toLocaleString(document.documentElement.lang));

function watchLength(box) {
  const area = document.getElementById(box.dataset.lengthFor);
  if (!area) return;
  const [low, high] = [Number(box.dataset.min), Number(box.dataset.max)];
  const show = () => {
    const length = [...area.value].length;
    box.dataset.state = length > high ? "over" : length < low ? "short" : "good";
    box.querySelector("[data-length-count]").textContent = grouped(length);
    box.querySelector("[data-length-fill]").setAttribute("width", `${Math.min(100, (length / high) * 100)}%`);
  };
  area.addEventListener("input", show);
  show();
}

// ---- Reasons: a ready-made one is chosen with one click, and its sentence stands in the box until somebody writes.

const has = (field, name) => field.name?.endsWith(`-${name}`);
const touch = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

function explainAtOnce(event) {
  const quick = event.target.closest("[data-reason]");
  if (!quick) return;
  event.preventDefault();
  const all = [...quick.closest("fieldset").querySelectorAll("input")];
  const reason = all.find((field) => has(field, "reason") && field.value === quick.dataset.reason);
  const explains = all.find((field) => "explain" in field.dataset);
  explains.checked = reason.checked = true;
  explains.focus();
  putSentence({ target: reason });
  touch(reason);
}

function putSentence({ target }) {
  if (!has(target, "reason") || target.type !== "radio") return;
  const block = target.closest(".dnk-disclosure__block"), box = block.querySelector("textarea");
  const sentence = ({ id }) => document.getElementById(`${id}-item-hint`)?.textContent ?? "";
  const ready = [...block.querySelectorAll("input[type=radio]")].map(sentence);
  // In another language than the declaration's the server puts it.
  if (box.lang !== document.documentElement.lang || (box.value && !ready.includes(box.value))) return;
  box.value = sentence(target);
  document.getElementsByName(target.name.replace(/reason$/, "taken"))[0].value = target.value; // emptied, it stays empty
  touch(box);
}

// ---- Local drafts: one per field, written on each key, gone once the server has the same words.

const UNSAVED_TYPES = new Set(["hidden", "password", "file", "submit", "button", "reset", "fieldset", "output"]);

class Drafts {
  constructor(form) {
    this.form = form;
    this.prefix = `${DRAFT}${form.dataset.draftKey}:`;
    this.loaded = this.values(); // what the server knew when it sent this page
  }

  /** The fields' present values as {name: '["text"]'}: one shape for texts, radios and checkboxes alike. */
  values() {
    const data = new FormData(this.form);
    const names = [...this.form.elements].filter((el) => el.name && !UNSAVED_TYPES.has(el.type)).map((el) => el.name);
    return Object.fromEntries(names.map((name) => [name, JSON.stringify(data.getAll(name))]));
  }

  // A browser may forbid storage, or it may be full: then the server alone keeps the text. Where and how a person
  // reads it is for the question before a sign-out.
  put(name) {
    const words = this.named(name).map(wordsOf).filter(Boolean).join("\n");
    const where = { path: location.pathname, title: document.title, words };
    const draft = { value: this.values()[name], base: this.loaded[name], at: Date.now(), ...where };
    attempt(() => localStorage.setItem(this.prefix + name, JSON.stringify(draft)));
  }

  get(name) {
    return attempt(() => JSON.parse(localStorage.getItem(this.prefix + name)));
  }

  drop(name) {
    attempt(() => localStorage.removeItem(this.prefix + name));
  }

  named(name) {
    return [...this.form.elements].filter((el) => el.name === name);
  }

  /** The server has `sent`: drafts of fields that still read the same are done with. Whether there is more to send. */
  saved(sent) {
    const now = this.values();
    let more = false;
    for (const name of Object.keys(sent)) {
      this.loaded[name] = sent[name];
      const isSame = now[name] === sent[name];
      this[isSame ? "drop" : "put"](name);
      more ||= !isSame;
    }
    return more;
  }

  /** Drafts worth offering: they differ, and the server has nothing newer. A wrong clock alone loses nothing. */
  lost() {
    const since = Date.parse(this.form.dataset.loadedAt) || 0;
    return Object.entries(this.loaded).flatMap(([name, value]) => {
      const draft = this.get(name);
      if (!draft) return [];
      const fresh = draft.at > since;
      if (draft.value !== value && (fresh || draft.base === value)) return [{ name, value: draft.value }];
      if (!fresh) this.drop(name);
      return [];
    });
  }

  /** The form goes out with its page, which has no time to hear the answer: the next page does. */
  sending() {
    const sent = { from: withoutHash(location.href), prefix: this.prefix, values: this.values() };
    attempt(() => sessionStorage.setItem(SENT, JSON.stringify(sent)));
  }

  restore({ name, value }) {
    const values = JSON.parse(value);
    this.named(name).forEach((el, index) => {
      if (isChoice(el)) el.checked = values.includes(el.value);
      else if (el.type !== "hidden") el.value = values[index] ?? "";
      el.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

/**
 * What went out with the last page is saved if the server led on from there, and the same person is still signed in. A
 * refusal answers with the page itself, and no draft is dropped that was changed since. An address that was typed after
 * a save without an answer leads on from nowhere.
 */
function forgetSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
  const [way] = performance.getEntriesByType("navigation");
  if (!way?.redirectCount || withoutHash(document.referrer) !== sent?.from) return;
  const [person] = sent.prefix.slice(DRAFT.length).split("-");
  if (!document.querySelector(`form[data-sign-out="${person}"]`)) return;
  for (const [name, value] of Object.entries(sent.values)) {
    const key = sent.prefix + name;
    if (JSON.parse(localStorage.getItem(key))?.value === value) localStorage.removeItem(key);
  }
}

/** What a person reads in a field: of a choice its label, not its value. */
function wordsOf(field) {
  if (isChoice(field)) return field.checked ? field.labels[0]?.textContent.trim() : "";
  return field.selectedOptions ? field.selectedOptions[0]?.text : field.value.trim();
}

// ---- Autosave: <form data-autosave="URL">. A safety net beside the save button, never in its place.

const PAUSE = 1500;
const LONGEST_WAIT = 60_000;
const SAVE = { name: "action", value: "save" };
const PATIENCE = 3000;
const KEEPALIVE_LETTERS = 20_000; // browsers allow 64 KB for a request that outlives its page

class Autosave {
  constructor(form) {
    this.form = form;
    this.say = form.dataset;
    this.drafts = new Drafts(form);
    this.dock = form.querySelector("[data-dock]");
    this.line = this.dock?.querySelector("[data-save-status]");
    this.wait = 0;
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("submit", (event) => this.submitted(event));
    // Leaving a field for a button means that the form itself is about to be sent.
    form.addEventListener("focusout", (event) => event.relatedTarget?.type !== "submit" && this.save());
    document.addEventListener("visibilitychange", () => this.save());
    window.addEventListener("online", () => this.save());
    // A page from the back button holds old version numbers; the texts are with the server or in the drafts.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
    this.offer(this.drafts.lost());
  }

  typed(field) {
    if (!field.name || UNSAVED_TYPES.has(field.type)) return;
    this.drafts.put(field.name);
    this.dirty = true;
    this.leaving = false;
    this.later(Math.max(PAUSE, this.wait));
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  save() {
    if (!this.dirty || this.stopped || this.leaving || this.running) return;
    clearTimeout(this.timer);
    this.dirty = false;
    this.running = this.send().finally(() => {
      this.running = null;
      if (this.dirty && !this.wait && !this.signedOut) this.later(PAUSE);
    });
  }

  /** Save now, for whoever waits for it; not longer than a person would. */
  async flush() {
    const patience = pause(PATIENCE);
    for (let round = 0; round < 2; round += 1) { // what was typed during the first goes out with the second
      this.save();
      await Promise.race([this.running, patience]);
    }
  }

  /** What was sent without an answer may have arrived: it goes out just so again, before what was typed since. */
  async send() {
    const { sent, body } = (this.unanswered ??= { sent: this.drafts.values(), body: fields(this.form) });
    const small = [...body.values()].join("").length < KEEPALIVE_LETTERS;
    // A quick answer needs no "saving": the line would only chatter.
    const busy = setTimeout(() => this.show("saving", this.say.msgSaving), 600);
    let reply = null;
    try {
      const response = await post(this.form, body, { keepalive: document.hidden && small });
      if (response.status >= 400 && response.status < 500) this.unanswered = null; // refused: it did not arrive
      if (response.status < 500) reply = await response.json();
    } catch { /* offline, a time-out or not our server's answer: try again */ }
    clearTimeout(busy);
    this.answered(reply, sent);
  }

  answered(reply, sent) {
    const known = ["saved", "invalid", "conflict", "signed-out"].includes(reply?.status);
    if (!known) return this.retry();
    this.wait = 0;
    this.unanswered = null;
    // A sign-in in another tab brings a new token: go on with it, but once only, or a refused one goes in circles.
    // Never with the token of somebody else: the text is not theirs.
    const isOwn = !reply.person || this.form.dataset.draftKey.startsWith(`${reply.person}-`);
    const isBack = Boolean(reply.csrf_token) && !this.renewed && isOwn;
    this.renewed = Boolean(reply.csrf_token) && isOwn;
    this.signedOut = reply.status === "signed-out" && !isBack;
    const { versions = {}, readings = {}, fields = {} } = reply;
    const each = (mark, action) => this.form.querySelectorAll(`[data-${mark}]`).forEach(action);
    each("version-of", (input) => { input.value = versions[input.dataset.versionOf] ?? input.value; });
    each("until-changed", (mark) => { mark.hidden ||= mark.dataset.untilChanged in versions; });
    each("reading-of", (line) => { line.textContent = readings[line.dataset.readingOf] ?? line.textContent; });
    each("live", (box) => this.renew(box, fields[box.dataset.live], sent));
    if (isOwn && reply.csrf_token && this.form.elements.csrf_token) this.form.elements.csrf_token.value = reply.csrf_token;
    if (reply.status === "saved") {
      const more = this.drafts.saved(sent);
      this.dirty ||= more;
      if (!more) this.show("saved", reply.message);
      return;
    }
    // Signed out: the text waits here and goes on when the person comes back from the other tab.
    this.dirty ||= reply.status === "signed-out";
    this.stopped ||= reply.status === "conflict";
    if (!isBack) this.show(reply.status, reply.message, reply);
  }

  /** What stands at a field follows the answer, but not while somebody writes there. */
  renew(box, html, sent) {
    const now = this.drafts.values();
    const isTouched = [...box.querySelectorAll("[name]")].some(({ name }) => now[name] !== sent[name]);
    if (html === undefined || isTouched || box.contains(document.activeElement)) return;
    box.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }

  retry() {
    this.dirty = true;
    this.wait = Math.min(this.wait * 2 || 2000, LONGEST_WAIT);
    this.show("offline", this.say.msgOffline);
    this.later(this.wait);
  }

  /** The page's own save must not overtake an autosave under way: it would collide with itself. */
  submitted(event) {
    clearTimeout(this.timer);
    if (this.unanswered && !this.running && !this.released) {
      this.dirty = true;
      this.save();
    }
    if (!this.running || this.released) {
      this.leaving = true;
      this.released = false;
      this.drafts.sending();
      return;
    }
    event.preventDefault();
    if (this.waiting) return;
    this.waiting = true;
    Promise.race([this.running, pause(PATIENCE)]).then(() => {
      this.waiting = false;
      this.released = true;
      this.form.requestSubmit(event.submitter);
    });
  }

  /** The dock says how things stand, and what to do: a link, or in a conflict the button that leads to both texts. */
  show(state, text, { action, href } = {}) {
    if (!this.line || !text || this.shown === state + text) return;
    this.shown = state + text;
    this.dock.dataset.dock = state;
    this.line.replaceChildren(text, " ");
    if (!action) return;
    const link = href && element("a", { href, textContent: action, className: "govuk-link" });
    if (link && !href.startsWith("#")) Object.assign(link, { target: "_blank", rel: "noopener" });
    this.line.append(link || Object.assign(button(action, "dnk-link-button", "submit"), SAVE));
  }

  offer(lost) {
    if (!lost.length) return;
    const box = element("div", { className: "dnk-restore" });
    const buttons = element("div", { className: "govuk-button-group" });
    const add = (text, kind, action) => {
      const one = button(text, `govuk-button ${kind}dnk-button--small`);
      one.addEventListener("click", () => { lost.forEach(action); box.remove(); });
      buttons.append(one);
    };
    add(this.say.msgRestoreButton, "", (draft) => this.drafts.restore(draft));
    add(this.say.msgDiscardButton, "govuk-button--secondary ", ({ name }) => this.drafts.drop(name));
    box.append(element("p", { className: "govuk-body", role: "alert", textContent: this.say.msgRestore }), buttons);
    this.form.prepend(box);
  }
}

// ---- Forms that do not save by themselves: <form data-guard> asks before unsaved words are left behind. The page may
// come with words that no server has kept yet: data-guard="unsaved".

class Guard {
  constructor(form) {
    this.form = form;
    this.loaded = this.words();
    form.addEventListener("submit", () => { this.sending = true; });
    window.addEventListener("pageshow", () => { this.sending = false; });
    window.addEventListener("beforeunload", (event) => this.isUnsaved() && event.preventDefault());
  }

  words() {
    return JSON.stringify([...new FormData(this.form)].filter(([, value]) => typeof value === "string"));
  }

  isUnsaved() {
    return !this.sending && (this.form.dataset.guard === "unsaved" || this.words() !== this.loaded);
  }
}

// ---- Signing out: <form data-sign-out="u3"> takes that person's drafts along; first they are saved, or the person asked.

class SignOut {
  constructor(dialog, forms, autosave) {
    Object.assign(this, { dialog, autosave });
    this.status = dialog.querySelector("[role=status]");
    this.pages = dialog.querySelector("ul");
    this.text = element("textarea", { className: "govuk-textarea", rows: 5, readOnly: true, ariaLabel: dialog.dataset.label });
    this.pages.after(this.text);
    const on = (name, action) => dialog.querySelector(`[data-unsent="${name}"]`).addEventListener("click", action);
    on("save", () => this.once(this.saveAll));
    on("copy", () => this.copy());
    on("discard", () => this.leave());
    on("stay", () => dialog.close());
    for (const form of forms) {
      form.addEventListener("submit", (event) => {
        if (!form.checkValidity()) return; // the server says what is missing, and nothing is taken along
        event.preventDefault();
        this.form = form;
        this.once(this.asked);
      });
    }
  }

  /** A second press while the first still waits is none. */
  once(action) {
    this.busy ??= action.call(this).finally(() => { this.busy = null; });
  }

  keys() {
    return attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(DRAFT))) ?? [];
  }

  own() {
    return this.keys().filter((key) => key.startsWith(`${DRAFT}${this.form.dataset.signOut}-`));
  }

  drafts() {
    const drafts = this.own().map((key) => JSON.parse(localStorage.getItem(key)));
    return drafts.sort((one, other) => one.at - other.at);
  }

  async asked() {
    await this.autosave?.flush();
    if (!this.drafts().length) return this.leave();
    this.show("");
    this.dialog.showModal();
  }

  show(status) {
    const drafts = this.drafts();
    const pages = new Map(drafts.filter((draft) => draft.path).map((draft) => [draft.path, draft.title]));
    this.pages.replaceChildren(...[...pages].map(([href, textContent]) => {
      const item = element("li");
      item.append(element("a", { href, textContent, className: "govuk-link" }));
      return item;
    }));
    this.text.value = drafts.map((draft) => draft.words || JSON.parse(draft.value).join("\n")).join("\n\n");
    this.status.textContent = status;
  }

  /** The page in front saves itself; of the others a fresh copy is filled in and sent. */
  async saveAll() {
    await this.autosave?.flush();
    for (const path of new Set(this.drafts().map((draft) => draft.path))) {
      if (path && path !== (this.autosave && location.pathname)) await this.savePage(path).catch(() => {});
    }
    if (!this.drafts().length) return this.leave();
    this.show(this.dialog.dataset.msgFailed);
  }

  async savePage(path) {
    const reply = await fetch(path, { signal: timeout() });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const form = page.querySelector("form[data-autosave]");
    if (!form?.dataset.draftKey.startsWith(`${this.form.dataset.signOut}-`)) return;
    const drafts = new Drafts(form);
    // A field that somebody else changed meanwhile is left as it is: which text is better, the person decides there.
    for (const [name, value] of Object.entries(drafts.loaded)) {
      const draft = drafts.get(name);
      if (draft?.base === value) drafts.restore({ name, value: draft.value });
    }
    const sent = drafts.values();
    const answer = await (await post(form, fields(form))).json();
    if (answer.status !== "saved") return;
    for (const [name, value] of Object.entries(sent)) if (drafts.get(name)?.value === value) drafts.drop(name);
  }

  copy() {
    this.text.select();
    document.execCommand("copy"); // the newer way is closed to pages without https
    this.status.textContent = this.dialog.dataset.msgCopied;
  }

  /** Nothing of this person stays; what others left unsent is not this person's to throw away. */
  leave() {
    if (this.autosave) this.autosave.stopped = true;
    const own = this.own();
    const others = this.keys().length > own.length;
    own.forEach((key) => localStorage.removeItem(key));
    if (others) this.form.append(element("input", { type: "hidden", name: "others_drafts", value: "1" }));
    this.form.submit(); // without the event: all is said
  }
}

const withoutHash = (address) => address.split("#")[0];

const attempt = (act) => { try { return act(); } catch { return null; } };

const isChoice = ({ type }) => type === "checkbox" || type === "radio";

const timeout = () => AbortSignal.timeout(30_000);

function fields(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  body.set("autosave", "1");
  return body;
}

const post = (form, body, given) =>
  fetch(form.dataset.autosave, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, signal: timeout(), ...given });

const pause = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

const button = (textContent, className, type = "button") => element("button", { type, className, textContent });

attempt(forgetSent);
document.querySelectorAll("[data-length-for]").forEach(watchLength);
// What style shows open where there is room is open for readers aloud, and in browsers without that style, too.
document.querySelectorAll("[data-unfold]").forEach((box) => {
  const room = matchMedia(`(min-width: ${box.dataset.unfold})`);
  const fit = () => { box.open = room.matches; };
  room.addEventListener("change", fit);
  fit();
});
const [autosave] = [...document.querySelectorAll("form[data-autosave]")].map((form) => new Autosave(form));
document.addEventListener("click", explainAtOnce);
document.addEventListener("change", putSentence);
document.querySelectorAll("form[data-guard]").forEach((form) => new Guard(form));
const unsent = document.querySelector("dialog[data-msg-failed]");
if (unsent) new SignOut(unsent, document.querySelectorAll("form[data-sign-out]"), autosave);
