/** PDFs that are being made: how far they are on their own page, and on every other that they are ready. */

const PAUSE = 500;
const LONGEST_PAUSE = 3000;
const LONGEST = 15 * 60_000;

class Print {
  #box; #making; #until; #pause;

  constructor(box) {
    this.#box = box;
    this.#making = box.querySelector("[data-print-making]"); // on the page that waits
    this.#until = Date.now() + LONGEST;
    this.#pause = PAUSE;
    this.#look();
  }

  async #look() {
    let answer = null;
    try {
      const response = await fetch(this.#box.dataset.print, {
        headers: { "X-Requested-With": "fetch" },
        signal: AbortSignal.timeout(30_000),
      });
      // Who is signed out, or may not have it any more, is told so by the page itself.
      answer = response.status < 500 ? await response.json().catch(() => ({ state: "gone" })) : null;
    } catch { /* offline: try again */ }
    this.#pause = Math.min(this.#pause * (answer ? 1.2 : 2), LONGEST_PAUSE);
    if (answer && !["waiting", "making"].includes(answer.state)) return this.#end(answer.state);
    if (answer && this.#making) this.#show(answer);
    if (Date.now() < this.#until) setTimeout(() => this.#look(), this.#pause);
  }

  #show({ done, steps, text }) {
    const bar = this.#making.querySelector("progress");
    Object.assign(bar, { max: steps, value: done });
    this.#making.querySelector(`#${bar.getAttribute("aria-labelledby")}`).textContent = text;
  }

  #end(state) {
    const after = this.#box.querySelector(`[data-print-${state}]`);
    if (!this.#making) {
      if (after) this.#box.append(after.content);
      return;
    }
    if (state === "ready") {
      this.#making.hidden = true;
      after.hidden = false;
      document.title = document.title.replace(this.#making.querySelector("h1").textContent, after.dataset.title);
      this.#box.querySelector("[data-print-said]").textContent = after.dataset.title;
    }
    // The file, or the page that says why there is none.
    location.assign(this.#box.dataset.print);
  }
}

document.querySelectorAll("[data-print]").forEach((box) => new Print(box));
