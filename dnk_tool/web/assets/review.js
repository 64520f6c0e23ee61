/** Keys of the review desk: each presses a button or follows a link that is on the page. They rest while somebody types. */

const OFF = "dnk-keys-off";

const one = (selector, root = document) => root.querySelector(selector);

const aspects = [...document.querySelectorAll("[data-aspect]")];
const list = one("[data-keys]"), isOn = one("input", list), status = one("[data-pressed]");
const about = one("#ref"), remark = one("#remark");
let present = aspects.find(({ ariaCurrent }) => ariaCurrent);

/** The remark is about this aspect, or about what it was before. */
function write(aspect) {
  if (aspect) about.value = aspect.dataset.aspect;
  mark();
  remark.closest("details").open = true;
  remark.focus();
}

function mark() {
  for (const aspect of aspects) aspect.ariaCurrent = aspect.dataset.aspect === about.value;
}

about.onchange = mark;

document.onclick = (event) => {
  const aspect = event.target.closest("[data-remark]")?.closest("[data-aspect]");
  if (!aspect || remark.value.trim()) return; // what is written already is saved first
  event.preventDefault();
  write(aspect);
};

document.onkeydown = ({ key, target, repeat, ctrlKey, altKey, metaKey }) => {
  if (target.matches("input:not([type=checkbox]), textarea, select")) {
    if (key === "Escape") target.blur();
    return;
  }
  if (!isOn.checked || repeat || ctrlKey || altKey || metaKey || !"aejknpr?".includes(key) || one("dialog[open]")) return;
  present = target.closest("[data-aspect]") ?? present;
  const isMove = "jk".includes(key);
  const it = isMove ? aspects[aspects.indexOf(present) + (key === "j" ? 1 : -1)]
    : key === "e" ? one("[data-evidence]", present)
    : (key === "r" && present && one("[data-remark]", present)) || one(`[aria-keyshortcuts="${key}"]`);
  status.textContent = it ? (isMove ? one("h2", it) : it).textContent.trim() : list.dataset.none;
  it?.focus(); // and so it comes into sight
  if (key === "r" && !present) write();
  else if (!isMove) it?.click();
  return false; // or the letter would be typed into the field that has the focus now
};

isOn.onchange = () => { localStorage[OFF] = isOn.checked ? "" : 1; };
isOn.checked = !localStorage[OFF]; // last, as a browser may forbid storage
