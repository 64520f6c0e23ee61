/** Makes a plain file field a place to drop files on: <div data-drop> with the field in it. Without it all still works. */

const sized = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const sizeText = (bytes) =>
  bytes < 1e6 ? `${sized.format(Math.max(1, Math.round(bytes / 1000)))} kB` : `${sized.format(bytes / 1e6)} MB`;

const on = (target, name, act) => target.addEventListener(name, act);

const element = (tag, className, textContent) => Object.assign(document.createElement(tag), { className, textContent });
const idOf = (file) => `${file.name}/${file.size}/${file.lastModified}`;

class Drop {
  #box; #say; #field; #errors; #list; #chosen;

  constructor(box) {
    this.#box = box;
    this.#say = box.dataset;
    this.#field = box.querySelector("input[type=file]");
    this.#errors = box.querySelector("[role=alert]");
    this.#list = element("ul", "dnk-drop__files");
    this.#field.after(element("p", "dnk-drop__words", this.#say.msgDrop), this.#list);
    box.classList.add("dnk-drop--ready");
    this.#chosen = [];
    on(this.#field, "change", () => this.#take([...this.#field.files]));
    on(this.#field.form, "submit", (event) => this.#submitted(event));
    on(box, "dragover", (event) => this.#over(event, true));
    on(box, "dragleave", (event) => this.#over(event, box.contains(event.relatedTarget)));
    on(box, "drop", (event) => {
      this.#over(event, false);
      this.#take([...event.dataTransfer.files]);
    });
    // A page from the back button may still hold what was chosen.
    if (this.#field.files.length) this.#take([...this.#field.files]);
  }

  #over(event, isOver) {
    event.preventDefault();
    this.#box.classList.toggle("dnk-drop--over", isOver);
  }

  /** Files add up, however they were chosen, unless one alone is wanted; the field itself holds all of them. */
  #take(files) {
    if (this.#say.most === "1" && files.length) this.#chosen = [];
    const known = new Set(this.#chosen.map(idOf));
    this.#chosen.push(...files.filter((one) => !known.has(idOf(one))));
    this.#show();
  }

  #show() {
    const all = new DataTransfer();
    this.#chosen.forEach((one) => all.items.add(one));
    this.#field.files = all.files;
    this.#list.replaceChildren(...this.#chosen.map((one) => this.#line(one)));
    this.#tell(this.#faults());
  }

  #line(file) {
    const line = document.createElement("li");
    const remove = element("button", "dnk-link-button", this.#say.msgRemove);
    remove.type = "button";
    remove.append(element("span", "govuk-visually-hidden", ` – ${file.name}`));
    on(remove, "click", () => {
      this.#chosen = this.#chosen.filter((one) => one !== file);
      this.#show();
      this.#field.focus();
    });
    line.append(`${file.name} (${sizeText(file.size)}) `, remove);
    return line;
  }

  /** What the server would refuse for sure; the rest it tells itself. */
  #faults() {
    const endings = this.#field.accept.split(",");
    const isOfKind = ({ name }) => endings.some((one) => name.toLowerCase().endsWith(one));
    const named = (words) => (file) => words.replace("{name}", () => file.name);
    const sum = this.#chosen.reduce((bytes, one) => bytes + one.size, 0);
    return [
      ...this.#chosen.filter((one) => !isOfKind(one)).map(named(this.#say.msgKind)),
      ...this.#chosen.filter((one) => isOfKind(one) && one.size > this.#say.largest).map(named(this.#say.msgLarge)),
      sum > this.#say.together && this.#say.msgTogether,
      this.#chosen.length > this.#say.most && this.#say.msgMost,
    ].filter(Boolean);
  }

  #tell(faults) {
    this.#errors.replaceChildren(...faults.map((text) => element("p", "govuk-error-message", text)));
    this.#box.classList.toggle("govuk-form-group--error", faults.length > 0);
  }

  #submitted(event) {
    if (!this.#faults().length) return;
    event.preventDefault();
    this.#field.focus();
  }
}

document.querySelectorAll("[data-drop]").forEach((box) => new Drop(box));
