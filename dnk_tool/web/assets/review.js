/** Keys of the review desk: each presses a button or follows a link that is on the page. They rest while somebody types. */

const one = (selector, root = document) => root.querySelector(selector);

const aspects = [...document.querySelectorAll(".dnk-aspect")];
const list = one(".dnk-keys"), isOn = one("input", list), status = one("[data-pressed]");
const about = one("#ref"), remark = one("#remark");
let present = aspects.find(({ ariaCurrent }) => ariaCurrent), isLeft;

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

onclick = ({ target }) => {
  const aspect = target.closest("[data-remark]")?.closest(".dnk-aspect");
  if (!aspect || remark.value.trim()) return; // what is written already is saved first
  write(aspect);
  return false;
};

onkeydown = ({ key, target, repeat, ctrlKey, altKey, metaKey }) => {
  if (target.matches(":read-write,select")) {
    if (key === "Escape") {
      isLeft = 1;
      target.blur();
    }
    return;
  }
  if (!isOn.checked || repeat || ctrlKey || altKey || metaKey || !/^([aejknpr?<>]|Escape)$/.test(key) || one(":modal")) return;
  if (!isLeft && target === one("body") && remark.value.trim()) return write(); // whoever types on means the remark
  present = target.closest(".dnk-aspect") ?? present;
  const isMove = "jk".includes(key);
  const it = isMove ? aspects[aspects.indexOf(present) + (key === "j" ? 1 : -1)]
    : key === "e" ? one("[data-evidence]", present)
    : (key === "r" && present && one("[data-remark]", present)) || one(`[aria-keyshortcuts="${key}"]`);
  status.textContent = it ? (isMove ? one("h2", it) : it).innerText : list.dataset.none;
  it?.focus(); // and so it comes into sight
  if (key === "r" && !present) write();
  else if (!isMove) it?.click();
  return false; // or the letter would be typed into the field that has the focus now
};

remark.selectionStart = 1e5; // behind its last letter
isOn.onchange = () => { localStorage.noKeys = isOn.checked ? "" : 1; };
isOn.checked = !localStorage.noKeys; // last, as a browser may forbid storage
