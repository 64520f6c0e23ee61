/** What the browser adds where it can: a length bar that follows the typing, and drafts that are never lost. */

const DRAFT = "dnk-draft:";
const SENT = "dnk-sent";


const one = (selector, root = document) => root.querySelector(selector);
const html = document.documentElement;

// ---- Guide length: <div data-length-for="ID" data-min="500" data-max="3000"> beside a textarea.

// Signs are not counted, as far as a pattern knows them.
const SIGNS = /\*\*|^ *(?:#+|[-•]|\d+\.) |\]\([^)]*\)|[[|]/gm;

// Four digits stand without a separator, as on the server.
const grouped = (number) => (number < 10000 ? number : number.toLocaleString(html.lang));

function watchLength(box) {
  const area = byId(box.dataset.lengthFor);
  if (!area) return;
  const [low, high] = [+box.dataset.min, +box.dataset.max];
  const show = () => {
    const length = [...area.value.replace(area.dataset.marks ? SIGNS : "", "")].length;
    box.dataset.state = length > high ? "over" : length < low ? "short" : "good";
    one("[data-length-count]", box).textContent = grouped(length);
    one("[data-length-fill]", box).setAttribute("width", `${100 * Math.min(1, length / high)}%`);
  };
  on(area, "input", show);
  show();
}

// ---- Reasons: a ready-made one is chosen with one click, and its sentence stands in the box before anything moves.

function explain(quick) {
  const inputs = all("input", quick.closest("fieldset"));
  const reason = inputs.find((field) => field.name.endsWith("-reason") && field.value === quick.dataset.reason);
  const explains = inputs.find((field) => "explain" in field.dataset);
  explains.checked = reason.checked = true;
  explains.focus();
  putSentence({ target: reason });
  for (const field of [explains, reason]) changed(field);
}

function putSentence({ target }) {
  if (target.type !== "radio" || !target.name.endsWith("-reason")) return;
  const block = target.closest(".dnk-disclosure__block"), box = one("textarea", block);
  const sentence = ({ id }) => byId(`${id}-item-hint`)?.textContent ?? "";
  const ready = all("input[type=radio]", block).map(sentence);
  // In another language than the declaration's the server puts it with the save.
  if (box.lang !== html.lang || (box.value && !ready.includes(box.value))) return;
  box.value = sentence(target);
  document.getElementsByName(target.name.replace(/reason$/, "taken"))[0].value = target.value; // emptied, it stays empty
  changed(box);
}

// ---- Signs in a text: <textarea data-marks="Bold|List|…">. Each can be typed as well, so no key stops at its button.

const MARKS = [
  (text) => `**${text}**`,
  (text) => text.replace(/^/gm, "- "),
  (text, number = 0) => text.replace(/^/gm, () => `${number += 1}. `),
  (text) => `# ${text}`,
  (text) => `[${text}](https://)`,
];
const BACK = [2, 0, 0, 0, 1]; // letters from the end to where one writes on

function offerMarks(area) {
  const bar = element("div", { className: "dnk-marks" });
  area.dataset.marks.split("|").forEach((label, which) => {
    const one = Object.assign(button(label, "dnk-link-button"), { tabIndex: -1 });
    on(one, "click", () => putMark(area, which));
    bar.append(one);
  });
  area.before(bar);
}

function putMark(area, which) {
  const { value, selectionEnd } = area;
  const isInLine = which === 0 || which === 4;
  const start = isInLine ? area.selectionStart : value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  // A double click takes the space behind a word, too.
  const end = start + value.slice(start, selectionEnd).trimEnd().length;
  area.focus();
  area.setSelectionRange(start, end);
  document.execCommand("insertText", false, MARKS[which](value.slice(start, end))); // unlike others, can be undone
  area.closest(".govuk-form-group").nextElementSibling.open = true; // how it reads
  const at = area.selectionEnd - BACK[which];
  area.setSelectionRange(at, at);
}

// ---- Local drafts: one per field, written on each key, gone once the server has the same words.

const UNSAVED_TYPES = /^(hidden|password|file|submit|button|reset|fieldset|output)$/;

// A password that is shown is one still.
const isKept = ({ name, type, dataset }) => name && !UNSAVED_TYPES.test(type) && !dataset.show;

// Who is signed in here: the first part of each draft's key, so that a shared computer mixes nothing up.
const person = one("form[data-sign-out]")?.dataset.signOut;

class Drafts {
  #form; #prefix; #address;

  constructor(form) {
    this.#form = form;
    const { pathname, search } = new URL(form.getAttribute("action") ?? "", location.href);
    this.#address = pathname + search;
    const key = form.dataset.draftKey ?? (person && `${person}-${this.#address}`);
    this.#prefix = key && `${DRAFT}${key}:`; // nobody's words are kept in the browser
    this._loaded = this._values(); // what the server knew when it sent this page
  }

  /** The fields' present values as {name: '["text"]'}: one shape for texts, radios and checkboxes alike. */
  _values(isMeant = isKept) {
    const data = new FormData(this.#form);
    const names = [...this.#form.elements].filter(isMeant).map((el) => el.name);
    return Object.fromEntries(names.map((name) => [name, JSON.stringify(data.getAll(name))]));
  }

  _isChanged() {
    return JSON.stringify(this._values()) !== JSON.stringify(this._loaded);
  }

  // A browser may forbid storage, or it may be full: then the server alone keeps the text. Where and how a person
  // reads it is for the question before a sign-out.
  _put(name) {
    const words = this._named(name).map(wordsOf).filter(Boolean).join("\n");
    const where = { path: this._get(name)?.path ?? here, title: document.title, words };
    const draft = { value: this._values()[name], base: this._loaded[name], at: Date.now(), ...where };
    if (this.#prefix) attempt(() => localStorage.setItem(this.#prefix + name, JSON.stringify(draft)));
  }

  _get(name) {
    return attempt(() => stored(this.#prefix + name));
  }

  _drop(name) {
    attempt(() => forget(this.#prefix + name));
  }

  _named(name) {
    return [...this.#form.elements].filter((el) => el.name === name);
  }

  /** The server has `sent`: drafts of fields that still read the same are done with. Whether there is more to send. */
  _saved(sent) {
    const now = this._values();
    let more = false;
    for (const name of Object.keys(sent)) {
      this._loaded[name] = sent[name];
      const isSame = now[name] === sent[name];
      if (isSame) this._drop(name);
      else this._put(name);
      more ||= !isSame;
    }
    return more;
  }

  /** Drafts worth offering: they differ, and the server has nothing newer. A wrong clock alone loses nothing. */
  _lost() {
    const since = Date.parse(this.#form.dataset.loadedAt) || 0;
    return Object.entries(this._loaded).flatMap(([name, value]) => {
      const draft = this._get(name);
      if (!draft) return [];
      const fresh = draft.at > since;
      if (draft.value !== value && (fresh || draft.base === value)) return [{ ...draft, name, base: value }];
      if (!fresh || this.#form.dataset.keep === "") this._drop(name);
      return [];
    });
  }

  /** The form goes out with its page, which has no time to hear the answer: the next page does. */
  _sending() {
    // A page that asks once more, or whom one is, carries the words along in hidden fields.
    const values = this._values((el) => isKept(el) || (el.type === "hidden" && el.name !== "csrf_token"));
    const sent = { from: withoutHash(location.href), prefix: this.#prefix, address: this.#address, values };
    attempt(() => sessionStorage.setItem(SENT, JSON.stringify(sent)));
  }

  /** What was typed since the page came stays: before a longer text, in place of anything else. */
  _restore({ name, value, base }) {
    const values = JSON.parse(value), isTyped = this._values()[name] !== base;
    this._named(name).forEach((el, index) => {
      if (isTyped) { if (el.rows) el.value += `\n\n${values[index]}`; }
      else if (isChoice(el)) el.checked = values.includes(el.value);
      else if (el.type !== "hidden") el.value = values[index] ?? "";
      changed(el);
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
  const prefix = sent.prefix || `${DRAFT}${person}-${sent.address}:`;
  if (!person || !prefix.startsWith(`${DRAFT}${person}-`)) return;
  for (const [name, value] of Object.entries(sent.values)) {
    const key = prefix + name;
    if (stored(key)?.value === value) forget(key);
  }
}

/** What a person reads in a field: of a choice its label, not its value. */
function wordsOf(field) {
  if (isChoice(field)) return field.checked ? field.labels[0]?.textContent.trim() : "";
  return field.selectedOptions?.[0]?.text ?? field.value.trim();
}

// ---- What all forms have whose words must not be lost: drafts, offered back, and a submit that waits for the network.

const PATIENCE = 3000;

class KeptForm {
  #released; #holding;

  constructor(form) {
    this._form = form;
    this._say = form.dataset;
    this._drafts = new Drafts(form);
    on(form, "input", ({ target }) => isKept(target) && this._typed(target));
    // At the window, after all that may stop it.
    on(window, "submit", (event) => event.target === form && !event.defaultPrevented && this._submitted(event));
    this.#offer(this._drafts._lost());
  }

  _typed(field) {
    this._leaving = false;
    this._drafts._put(field.name);
  }

  _submitted(event) {
    if (this.#released || !this._isHeld()) {
      this.#released = false;
      this._go(event);
      return;
    }
    event.preventDefault();
    if (!this.#holding) this._hold(event.submitter);
  }

  _go() {
    this._leaving = true;
    this._drafts._sending();
  }

  _isHeld() {
    return !navigator.onLine;
  }

  /** Not a page of the browser's own that says it has no network: the words stay here, and this page says so. */
  async _hold(submitter) {
    this.#holding = true;
    await Promise.race([this._running, pause(PATIENCE)]);
    this.#released = (navigator.onLine && this._wait === 0) || await isReachable();
    this.#holding = false;
    // The answer may have taken the button away.
    if (this.#released) this._form.requestSubmit(submitter?.form ? submitter : null);
    else this._unsent(submitter);
  }

  #offer(lost) {
    if (!lost.length) return;
    const box = element("div", { className: "dnk-restore" });
    const buttons = element("div", { className: "govuk-button-group" });
    const add = (text, kind, action) => {
      const one = button(text, `govuk-button ${kind}dnk-button--small`);
      on(one, "click", () => { lost.forEach(action); box.remove(); });
      buttons.append(one);
    };
    add(this._say.msgRestoreButton, "", (draft) => this._drafts._restore(draft));
    add(this._say.msgDiscardButton, "govuk-button--secondary ", ({ name, base }) => this._drafts._values()[name] === base && this._drafts._drop(name));
    box.append(element("p", { className: "govuk-body", role: "alert", textContent: this._say.msgRestore }), buttons);
    this._form.prepend(box);
  }
}

// ---- Forms that do not save by themselves: <form data-keep> keeps what is typed in this browser, and asks before it is
// left behind. The answer to a form shows words that no server has yet: data-keep="unsaved".

class Keeper extends KeptForm {
  #note;

  constructor(form) {
    super(form);
    on(window, "pageshow", () => { this._leaving = false; });
    on(window, "beforeunload", (event) => this.#isUnsaved() && event.preventDefault());
  }

  /** Nothing told it lately whether the server is there. */
  _isHeld() {
    return true;
  }

  #isUnsaved() {
    const hasFile = [...this._form.elements].some(({ files }) => files?.length);
    return !this._leaving && (this._say.keep === "unsaved" || hasFile || this._drafts._isChanged());
  }

  _unsent(submitter) {
    this.#note?.remove();
    this.#note = element("p", { className: "govuk-body dnk-restore", tabIndex: -1, textContent: this._say.msgHeld });
    (submitter?.closest(".govuk-button-group") ?? submitter ?? this._form.lastElementChild).before(this.#note);
    this.#note.focus();
  }
}

// ---- Autosave: <form data-autosave="URL">. A safety net beside the save button, never in its place.

const PAUSE = 1500;
const LONGEST_WAIT = 60_000;
const SAVE = { name: "action", value: "save" };
// Buttons that come back to their page: only its form comes anew, unless a summary of errors above it would stay.
const PROPOSAL = /^(draft|take|confirm):/;
const KEEPALIVE_LETTERS = 20_000; // browsers allow 64 KB for a request that outlives its page

class Autosave extends KeptForm {
  #dock; #line; #timer; #dirty; #unanswered; #renewed; #signedOut; #shown; #isPlain;

  constructor(form) {
    super(form);
    this.#dock = one("[data-dock]", form);
    this.#line = one("[data-save-status]", form);
    this._wait = 0;
    // Leaving a field for a button means that the form itself is about to be sent.
    on(form, "focusout", (event) => event.relatedTarget?.type !== "submit" && this.#save());
    on(document, "visibilitychange", () => this.#save());
    on(window, "online", () => this.#save());
    // A page from the back button holds old version numbers; the texts are with the server or in the drafts.
    on(window, "pageshow", (event) => event.persisted && location.reload());
  }

  _go(event) {
    const { submitter } = event;
    const point = submitter?.closest(".dnk-requirement");
    const isHere = PROPOSAL.test(submitter?.value) && point && one("textarea", point) && !one(".govuk-error-summary");
    if (this.#isPlain || !isHere) return super._go();
    event.preventDefault();
    const sent = this._drafts._values(), body = fields(this._form);
    body.delete("autosave");
    body.set("action", submitter.value);
    this._running = post(this._form, body)
      .then(async (reply) => reply.ok && parsed(await reply.text()), () => { this._wait ||= 1; })
      .then((page) => {
        this._running = null;
        const fresh = page && one(`form[data-draft-key="${this._say.draftKey}"]`, page);
        if (fresh) return this.#follow(page, fresh, sent, point.id, submitter.value);
        // What else the server has to say, it says on a page of its own.
        this.#isPlain = true;
        return this._hold(submitter);
      });
  }

  /** The form as it is now takes the place of this one; what was folded open stays so, and the point where it was. */
  #follow(page, fresh, sent, id, action) {
    const nameOf = (box) => box.closest("section")?.id + box.firstElementChild.textContent;
    const open = all("details[open]:not(.dnk-offers *)", this._form).map(nameOf);
    const place = () => byId(id).getBoundingClientRect().top;
    const before = place();
    this._stopped = true;
    this._drafts._saved(sent);
    this._form.replaceWith(fresh);
    all("[data-live]").forEach((box) => this.#renew(box, one(`[data-live="${box.dataset.live}"]`, page), sent));
    start(fresh);
    all("details", fresh).forEach((box) => { box.open ||= open.includes(nameOf(box)); });
    keep(fresh);
    scrollBy(0, place() - before);
    one(`[id="${id}"] ${action.startsWith("draft:voice") ? ".dnk-voice" : "textarea"}`, fresh).focus();
    // A reader aloud hears only what comes into a line that is there already.
    setTimeout(() => kept.at(-1).#show("saved", all("[aria-labelledby^=flash] p", page).map((p) => p.textContent).join(" ")), 100);
  }

  _typed(field) {
    super._typed(field);
    this.#dirty = true;
    this.#later(Math.max(PAUSE, this._wait));
  }

  #later(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), delay);
  }

  #save() {
    if (!this.#dirty || this._stopped || this._leaving || this._running) return;
    clearTimeout(this.#timer);
    this.#dirty = false;
    this._running = this.#send().finally(() => {
      this._running = null;
      if (this.#dirty && !this._wait && !this.#signedOut) this.#later(PAUSE);
    });
  }

  /** Save now, for whoever waits for it; not longer than a person would. */
  async _flush() {
    const patience = pause(PATIENCE);
    for (let round = 0; round < 2; round += 1) { // what was typed during the first goes out with the second
      this.#save();
      await Promise.race([this._running, patience]);
    }
  }

  /** What was sent without an answer may have arrived: it goes out just so again, before what was typed since. */
  async #send() {
    const { sent, body } = (this.#unanswered ??= { sent: this._drafts._values(), body: fields(this._form) });
    const small = [...body.values()].join("").length < KEEPALIVE_LETTERS;
    // A quick answer needs no "saving": the line would only chatter.
    const busy = setTimeout(() => this.#show("saving", this._say.msgSaving), 600);
    let reply = null;
    try {
      const response = await post(this._form, body, { keepalive: document.hidden && small });
      if (response.status < 500) {
        if (!response.ok) this.#unanswered = null; // refused: it did not arrive
        reply = await response.json();
      }
    } catch { /* offline, a time-out or not our server's answer: try again */ }
    clearTimeout(busy);
    this.#answered(reply, sent);
  }

  #answered(reply, sent) {
    const { status, message, csrf_token: token, person: whose, versions = {}, readings = {}, fields = {}, texts = {} } = reply ?? {};
    if (!/^(saved|invalid|conflict|signed-out)$/.test(status)) return this.#retry();
    this._wait = 0;
    this.#unanswered = null;
    // A sign-in in another tab brings a new token: go on with it, but once only, or a refused one goes in circles.
    // Never with the token of somebody else: the text is not theirs.
    const isOwn = !whose || this._say.draftKey.startsWith(`${whose}-`);
    const isBack = token && isOwn && !this.#renewed;
    const isOut = status === "signed-out";
    this.#renewed = token && isOwn;
    this.#signedOut = isOut && !isBack;
    const each = (mark, action) => all(`[data-${mark}]`, this._form).forEach(action);
    each("version-of", (input) => { input.value = versions[input.dataset.versionOf] ?? input.value; });
    each("until-changed", (mark) => { mark.hidden ||= mark.dataset.untilChanged in versions; });
    for (const [name, text] of Object.entries(texts)) this.#write(name, text, sent);
    each("reading-of", (line) => { line.textContent = readings[line.dataset.readingOf] ?? line.textContent; });
    // The server sends each once: what cannot be shown now is shown with the next answer.
    all("[data-live]").forEach((box) => {
      box._late = fields[box.dataset.live] ?? box._late;
      if (box._late != null && !this.#renew(box, parsed(box._late).body, sent)) box._late = null;
    });
    const [field] = this._drafts._named("csrf_token");
    if (isOwn && token && field) field.value = token;
    if (status === "saved") {
      const more = this._drafts._saved(sent);
      this.#dirty ||= more;
      if (!more) this.#show(status, message);
      return;
    }
    // Signed out: the text waits here and goes on when the person comes back from the other tab.
    this.#dirty ||= isOut;
    this._stopped ||= status === "conflict";
    if (!isBack) this.#show(status, message, reply);
  }

  /** What the save itself wrote into a field stands there at once, unless somebody wrote there since. */
  #write(name, text, sent) {
    const [field] = this._drafts._named(name);
    if (!field || (isKept(field) && this._drafts._values()[name] !== sent[name])) return;
    field.value = text;
    if (isKept(field)) sent[name] = this._drafts._values()[name];
  }

  /** What stands at a field follows the answer, but not while somebody writes there. Whether somebody does. */
  #renew(box, fresh, sent) {
    const now = this._drafts._values();
    const isTouched = all("[name]", box).some(({ name }) => now[name] !== sent[name]);
    const isHeld = isTouched || box.contains(document.activeElement);
    if (fresh && !isHeld) box.replaceChildren(...fresh.childNodes);
    return isHeld;
  }

  #retry() {
    this.#dirty = true;
    this._wait = Math.min(this._wait * 2 || 2000, LONGEST_WAIT);
    this.#show("offline", this._say.msgOffline);
    this.#later(this._wait);
  }

  /** The page's own save must not overtake an autosave under way: it would collide with itself. */
  _isHeld() {
    clearTimeout(this.#timer);
    if (this.#unanswered && !this._running) {
      this.#dirty = true;
      this.#save();
    }
    return this._running || super._isHeld();
  }

  _unsent() {
    this.#dirty = true;
    this.#show("offline", this._say.msgHeld);
  }

  /** The dock says how things stand, and what to do: a link, or in a conflict the button that leads to both texts. */
  #show(state, text, { action, href } = {}) {
    if (!this.#line || !text || this.#shown === state + text) return;
    this.#shown = state + text;
    this.#dock.dataset.dock = state;
    this.#line.replaceChildren(text, " ");
    if (!action) return;
    const link = href && element("a", { href, textContent: action, className: "govuk-link" });
    if (link && !href.startsWith("#")) Object.assign(link, { target: "_blank", rel: "noopener" });
    this.#line.append(link || Object.assign(button(action, "dnk-link-button", "submit"), SAVE));
  }
}

// ---- Signing out: <form data-sign-out="u3"> takes that person's drafts along; first they are saved, or the person asked.

class SignOut {
  #dialog; #kept; #status; #pages; #text; #form; #busy;

  constructor(dialog, forms, kept) {
    this.#dialog = dialog;
    this.#kept = kept;
    this.#status = one("[role=status]", dialog);
    this.#pages = one("ul", dialog);
    this.#text = element("textarea", { className: "govuk-textarea", rows: 5, readOnly: true, ariaLabel: dialog.dataset.label });
    this.#pages.after(this.#text);
    const pressed = (name, action) => on(one(`[data-unsent="${name}"]`, dialog), "click", action);
    pressed("save", () => this.#once(this.#saveAll));
    pressed("copy", () => this.#copy());
    pressed("discard", () => this.#leave());
    pressed("stay", () => dialog.close());
    for (const form of forms) {
      on(form, "submit", (event) => {
        if (!form.checkValidity()) return; // the server says what is missing, and nothing is taken along
        event.preventDefault();
        this.#form = form;
        this.#once(this.#asked);
      });
    }
  }

  /** The form that saves itself, on the page as it is now. */
  get #autosave() {
    return this.#kept.findLast((one) => one instanceof Autosave);
  }

  /** A second press while the first still waits is none. */
  #once(action) {
    this.#busy ??= action.call(this).finally(() => { this.#busy = null; });
  }

  #keys() {
    return attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(DRAFT))) ?? [];
  }

  #own() {
    return this.#keys().filter((key) => key.startsWith(`${DRAFT}${this.#form.dataset.signOut}-`));
  }

  #drafts() {
    return this.#own().map(stored).sort((one, other) => one.at - other.at);
  }

  async #asked() {
    await this.#autosave?._flush();
    if (!this.#drafts().length) return this.#leave();
    this.#show("");
    this.#dialog.showModal();
  }

  #show(status) {
    const drafts = this.#drafts();
    const pages = new Map(drafts.filter((draft) => draft.path).map((draft) => [draft.path, draft.title]));
    this.#pages.replaceChildren(...[...pages].map(([href, textContent]) => {
      const item = element("li");
      item.append(element("a", { href, textContent, className: "govuk-link" }));
      return item;
    }));
    this.#text.value = drafts.map((draft) => draft.words || JSON.parse(draft.value).join("\n")).join("\n\n");
    this.#status.textContent = status;
  }

  /** The page in front saves itself; of the others a fresh copy is filled in and sent. */
  async #saveAll() {
    await this.#autosave?._flush();
    for (const path of new Set(this.#drafts().map((draft) => draft.path))) {
      if (path && path !== (this.#autosave && here)) await this.#savePage(path).catch(() => {});
    }
    if (!this.#drafts().length) return this.#leave();
    this.#show(this.#dialog.dataset.msgFailed);
  }

  async #savePage(path) {
    const form = one("form[data-autosave]", await fetched(path));
    if (!form?.dataset.draftKey.startsWith(`${this.#form.dataset.signOut}-`)) return;
    const drafts = new Drafts(form);
    // A field that somebody else changed meanwhile is left as it is: which text is better, the person decides there.
    for (const [name, value] of Object.entries(drafts._loaded)) {
      const draft = drafts._get(name);
      if (draft?.base === value) drafts._restore({ ...draft, name });
    }
    const sent = drafts._values();
    const answer = await (await post(form, fields(form))).json();
    if (answer.status !== "saved") return;
    for (const [name, value] of Object.entries(sent)) if (drafts._get(name)?.value === value) drafts._drop(name);
  }

  #copy() {
    this.#text.select();
    document.execCommand("copy"); // the newer way is closed to pages without https
    this.#status.textContent = this.#dialog.dataset.msgCopied;
  }

  /** Nothing of this person stays; what others left unsent is not this person's to throw away. */
  #leave() {
    for (const one of this.#kept) one._stopped = one._leaving = true;
    const own = this.#own();
    const others = this.#keys().length > own.length;
    own.forEach(forget);
    if (others) this.#form.append(element("input", { type: "hidden", name: "others_drafts", value: "1" }));
    this.#form.submit(); // without the event: all is said
  }
}

// ---- Passwords: <input type=password data-show="Show password"> may be read, not by whoever looks on unasked.

function offerToShow(field) {
  const toggle = button(field.dataset.show, "dnk-link-button dnk-show");
  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    toggle.setAttribute("aria-pressed", isShown);
  };
  toggle.setAttribute("aria-controls", field.id);
  on(toggle, "click", () => show(field.type === "password"));
  on(field.form, "submit", () => show(false)); // a browser remembers what it takes for a text
  show(false);
  field.after(toggle);
}

const withoutHash = (address) => address.split("#")[0];

const here = location.pathname + location.search;

/** Whether the server answers at all; a browser that thinks itself offline may be wrong. */
const isReachable = () =>
  fetch(import.meta.url, { method: "HEAD", cache: "no-store", signal: timeout(PATIENCE) }).then(({ status }) => status < 500, () => false);

const stored = (key) => JSON.parse(localStorage.getItem(key));

const attempt = (act) => { try { return act(); } catch { return null; } };

const isChoice = ({ type }) => type === "checkbox" || type === "radio";

const timeout = (delay = 30_000) => AbortSignal.timeout(delay);

function fields(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  body.set("autosave", "1");
  return body;
}

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

const fetched = async (path) => parsed(await (await fetch(path, { signal: timeout() })).text());

const post = (form, body, given) =>
  fetch(form.dataset.autosave, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, signal: timeout(), ...given });

const pause = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

const forget = (key) => localStorage.removeItem(key);

const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

const byId = (id) => document.getElementById(id);

const on = (target, name, act) => target.addEventListener(name, act);

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const button = (textContent, className, type = "button") => element("button", { type, className, textContent });

// Help that is long comes when somebody opens it; if it does not, its button saves and leads to the page that has it.
const openHelp = (link) => fetched(link.dataset.fetch).then((page) => {
  const [summary] = page.getElementById(link.value.slice(5)).children;
  link.parentNode.replaceWith(summary.parentNode);
  summary.focus();
}).catch(() => link.form?.requestSubmit(link));

function actAtOnce(event) {
  const pressed = event.target.closest("[data-reason],[data-fetch]");
  if (!pressed) return;
  event.preventDefault();
  (pressed.value.startsWith("help:") ? openHelp : explain)(pressed);
}

// An address of before may name a point that stands on another page of its criterion: go there.
function goElsewhere() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (byId(wanted)?.matches(":not([data-elsewhere])")) return;
  const isPart = ({ id }) => wanted === id || [".", "-"].includes(wanted.startsWith(id) && wanted[id.length]);
  const [link] = all("a[data-elsewhere]").filter(isPart).sort((a, b) => b.id.length - a.id.length);
  if (link) location.replace(`${withoutHash(link.href)}#${wanted}`);
}

attempt(forgetSent);
if (location.hash.startsWith("#ref-")) attempt(goElsewhere);
const kept = [];

/** Gives the fields of a page, or of a form that takes the place of another, what the browser can add. */
function start(root) {
  all("[data-length-for]", root).forEach(watchLength);
  all("[data-marks]", root).forEach(offerMarks);
  // What style shows open where there is room is open for readers aloud, and in browsers without that style, too.
  all("[data-unfold]", root).forEach((box) => {
    const room = matchMedia(`(min-width: ${box.dataset.unfold})`);
    const fit = () => { box.open = room.matches; };
    on(room, "change", fit);
    fit();
  });
}

const keep = (form) => kept.push(form.dataset.autosave ? new Autosave(form) : new Keeper(form));

start();
all("input[data-show]").forEach(offerToShow);
all("form[data-autosave], form[data-keep]").forEach(keep);
on(document, "click", actAtOnce);
on(document, "change", putSentence);
const unsent = one("dialog[data-msg-failed]");
if (unsent) new SignOut(unsent, all("form[data-sign-out]"), kept);
