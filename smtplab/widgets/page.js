// Steps through a page that was drawn beforehand: keeps a position, toggles classes, swaps fragments, hears keys,
// announces. It knows nothing of any protocol, and asks nobody: it works without a kernel and without a network.
//
// The page (`root`) is marked up so:
//   [data-p=N]              belongs to step N; in the score `.col`, in the transcript `li`
//   [data-from=A][data-to=B] a stretch of steps (`.band`)
//   [data-mark=KEY]         wears the classes that a step's `marks` give to KEY
//   [data-text=KEY]         shows what a step's `texts` give to KEY
//   [data-swap=NAME]        holds a step's fragment of that name
//   [data-act=first|back|next|last|play], .sl-range, .sl-scroll, [data-out=step|state|words]
//   [data-keep]              is the page's own: a new drawing leaves it as it is
// A document is { shell, steps: [{ state, words, marks, texts, frags }] }; `opened` makes one of what Python packed.

const KEYS = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last" };
const TYPED = "input:not([type=range]), select, textarea"; // where keys are the reader's
const PLAY_MS = 1400, ANNOUNCE_MS = 300, EDGE_PX = 24;

// Keys that the page around us would take for its own commands (`b` inserts a cell, `d d` deletes one) are ours
// while focus is inside: heard on window, capturing, before anybody else. Escape, Tab and modified keys go through.
export function holdKeys(root, onKey, signal) {
  const hear = (event) => {
    if (!root.contains(event.composedPath()[0])) return;
    if (event.key === "Escape" || event.key === "Tab" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    onKey(event);
  };
  const hold = () => window.addEventListener("keydown", hear, true);
  const leave = () => window.removeEventListener("keydown", hear, true);
  root.addEventListener("focusin", hold, { signal });
  root.addEventListener("focusout", leave, { signal });
  // JupyterLab keeps focus where it is when a cell's prompt is clicked, but the reader has left
  window.addEventListener("pointerdown", (event) => (root.contains(event.composedPath()[0]) ? hold() : leave()), { signal, capture: true });
  signal.addEventListener("abort", leave);
}

// Everything in the page that a step can change, found once and sorted by the step that changes it.
function findParts(root, count) {
  const all = (selector) => [...root.querySelectorAll(selector)];
  const byStep = (selector) => {
    const found = Array.from({ length: count }, () => []);
    for (const element of all(selector)) found[+element.dataset.p]?.push(element);
    return found;
  };
  const marked = new Map();
  for (const element of all("[data-mark]")) {
    const key = element.dataset.mark;
    marked.has(key) ? marked.get(key).push(element) : marked.set(key, [element]);
  }
  const bands = all(".sl-score .band"), bandAt = Array(count), bandFrom = Array.from({ length: count }, () => []);
  for (const band of bands) {
    bandFrom[+band.dataset.from]?.push(band);
    for (let p = +band.dataset.from; p <= +band.dataset.to; p++) bandAt[p] = band;
  }
  return {
    marked, bandAt, bandFrom, cols: byStep(".sl-score .col"), lines: byStep("li[data-p]"),
    texts: all("[data-text]"), lives: all("[data-swap]"),
    box: root.querySelector(".sl-scroll"), range: root.querySelector(".sl-range"),
    out: (name) => root.querySelectorAll(`[data-out="${name}"]`),
    button: (name) => root.querySelector(`[data-act="${name}"]`),
  };
}

// Puts steps one after the other on the page. Each call changes only what differs from the step before it.
function painter(root, steps, shown = new Map()) {
  const parts = findParts(root, steps.length), last = steps.length - 1;
  const spoken = new Map();
  const outs = Object.fromEntries(["step", "state"].map((name) => [name, [...parts.out(name)]]));
  let at = 0, marks = steps[0].marks, isFresh = true; // a page is drawn at position 0

  // where the transcript has to be scrolled to; measured before anything is written
  const scrollTo = (p) => {
    const line = parts.lines[p][0], box = parts.box;
    if (!box) return null;
    if (!line) return p === 0 ? 0 : null;
    const seen = box.getBoundingClientRect(), place = line.getBoundingClientRect(), height = box.clientHeight;
    const top = place.top - seen.top + box.scrollTop, bottom = top + place.height;
    if (top >= box.scrollTop + EDGE_PX && bottom <= box.scrollTop + height - EDGE_PX) return null;
    return Math.max(0, top - height / 2);
  };
  const wear = (next) => {
    const swap = (from, to, what) => {
      for (const key in from) {
        if (from[key] === to[key] && !isFresh) continue;
        for (const element of parts.marked.get(key) ?? []) element.classList[what](...from[key].split(" "));
      }
    };
    swap(marks, next, "remove");
    swap(next, marks, "add");
    marks = next;
    isFresh = false;
  };
  const past = (p, is) => {
    for (const element of parts.lines[p]) element.classList.toggle("is-past", is);
    for (const element of parts.bandFrom[p]) element.classList.toggle("is-past", is);
  };
  const now = (p, is) => {
    for (const element of parts.cols[p]) element.classList.toggle("is-now", is);
    parts.bandAt[p]?.classList.toggle("is-now", is);
    for (const line of parts.lines[p]) is ? line.setAttribute("aria-current", "step") : line.removeAttribute("aria-current");
  };
  const colPast = (p, is) => { for (const element of parts.cols[p]) element.classList.toggle("is-past", is && p > 0); };

  return function paint(p, isStill = false) {
    const step = steps[p], { texts, frags } = step, scroll = isStill ? null : scrollTo(p);
    root.dataset.step = p;
    root.dataset.state = step.state;
    now(at, false);
    for (let q = at + 1; q <= p; q++) { past(q, true); colPast(q - 1, true); }
    for (let q = at; q > p; q--) { past(q, false); colPast(q - 1, false); }
    past(0, true);
    now(p, true);
    wear(step.marks);
    for (const element of parts.texts) {
      const text = texts[element.dataset.text] ?? "";
      if (spoken.get(element) !== text) { element.textContent = text; spoken.set(element, text); }
    }
    for (const live of parts.lives) {
      const html = frags[live.dataset.swap] ?? "";
      if (shown.get(live) !== html) { live.innerHTML = html; shown.set(live, html); }
    }
    if (parts.range) { parts.range.value = p; parts.range.setAttribute("aria-valuetext", step.words); }
    for (const element of outs.step) element.textContent = p;
    for (const element of outs.state) element.textContent = step.state.toLowerCase();
    for (const name of ["first", "back"]) parts.button(name)?.setAttribute("aria-disabled", p === 0);
    for (const name of ["next", "last"]) parts.button(name)?.setAttribute("aria-disabled", p === last);
    if (scroll !== null) parts.box.scrollTop = scroll;
    at = p;
    if (scroll === null || !parts.box.querySelector(".is-part")) return;
    // lists out of sight are as high as was guessed; now that this one is laid out, look again
    requestAnimationFrame(() => {
      if (at !== p) return;
      const again = scrollTo(p);
      if (again !== null) parts.box.scrollTop = again;
    });
  };
}

// Makes the children of `old` be as those of `next`, in place: what is the same element stays it, with focus, scroll
// and what was typed. [data-swap] holds what a step shows, which is not the drawing's to say.
function morph(old, next) {
  let mine = old.firstChild, theirs = next.firstChild;
  while (theirs) {
    const after = theirs.nextSibling;
    if (!mine) old.append(theirs);
    else {
      const then = mine.nextSibling;
      if (mine.nodeType !== theirs.nodeType || mine.nodeName !== theirs.nodeName || mine.nodeType === 1 && differs(mine, theirs)) mine.replaceWith(theirs);
      else if (mine.nodeType !== 1) { if (mine.data !== theirs.data) mine.data = theirs.data; }
      else if (!mine.hasAttribute("data-keep") && !mine.isEqualNode(theirs)) {
        wearAll(mine, theirs);
        if (!mine.hasAttribute("data-swap")) morph(mine, theirs);
      }
      mine = then;
    }
    theirs = after;
  }
  while (mine) { const then = mine.nextSibling; mine.remove(); mine = then; }
}
const differs = (a, b) => ["data-panel", "data-act", "data-swap"].some((name) => a.getAttribute(name) !== b.getAttribute(name))
  || a.classList[0]?.startsWith("sl-") && a.classList[0] !== b.classList[0];
function wearAll(mine, theirs) {
  for (const { name } of [...mine.attributes]) if (!theirs.hasAttribute(name)) mine.removeAttribute(name);
  for (const { name, value } of theirs.attributes) if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
}

// Makes `root` step through `doc`. Returns { at(), last(), go(p), update(doc, p), close() }; after close() nothing here
// is referred to. `hash`: follow and answer to #step-7 in the address (the stand-alone page; in a notebook the address
// is not ours). `moved`: called after each step that was taken.
export function mount(root, doc, { at: start = 0, hash = false, moved = () => {} } = {}) {
  const controller = new AbortController(), { signal } = controller;
  const shown = new Map();
  let last = doc.steps.length - 1, paint = painter(root, doc.steps, shown);
  const words = root.querySelector('[data-out="words"]');
  const player = root.querySelector('[data-act="play"]');
  let at = -1, playing = 0, saying = 0;

  const go = (position, isStill) => {
    const p = Math.max(0, Math.min(last, position));
    if (p === at) return;
    const first = at === -1;
    at = p;
    paint(p, isStill);
    moved(p);
    if (first || !words) return;
    clearTimeout(saying);
    saying = setTimeout(() => { words.textContent = doc.steps[p].words; }, ANNOUNCE_MS);
  };
  const stop = () => {
    clearInterval(playing);
    playing = 0;
    player?.setAttribute("aria-pressed", "false");
  };
  const play = () => {
    if (playing) return stop();
    if (at === last) go(0);
    player?.setAttribute("aria-pressed", "true");
    playing = setInterval(() => { go(at + 1); if (at === last) stop(); }, PLAY_MS);
  };
  const update = (next, p) => {
    const made = document.createElement("template");
    made.innerHTML = next.shell;
    const fresh = made.content.firstElementChild, was = at, said = doc.steps[at]?.words;
    root.className = fresh.className;
    root.dataset.steps = fresh.dataset.steps;
    morph(root, fresh);
    for (const live of shown.keys()) if (!root.contains(live)) shown.delete(live);
    doc = next;
    last = doc.steps.length - 1;
    if (at >= last) stop();
    paint = painter(root, doc.steps, shown);
    at = -1;
    go(p, p === was); // a reader who stays where he is keeps his scroll too
    if (words && (p !== was || doc.steps[at].words !== said)) { // it was news: say it
      clearTimeout(saying);
      saying = setTimeout(() => { words.textContent = doc.steps[at].words; }, ANNOUNCE_MS);
    }
  };
  const act = { first: () => go(0), back: () => go(at - 1), next: () => go(at + 1), last: () => go(last) };

  if (!root.hasAttribute("tabindex")) root.tabIndex = -1; // a click anywhere inside brings the keys here
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]"), line = event.target.closest("li[data-p]");
    if (button) {
      if (button.dataset.act === "play") return play();
      if (!act[button.dataset.act]) return;
      stop();
      act[button.dataset.act]();
    } else if (line && getSelection().isCollapsed) { // not when text was selected to be copied
      stop();
      go(+line.dataset.p);
    }
  }, { signal });
  root.addEventListener("input", ({ target }) => { if (target.matches(".sl-range")) { stop(); go(+target.value); } }, { signal });
  holdKeys(root, (event) => {
    const name = KEYS[event.key];
    if (!name || event.shiftKey || event.target.matches?.(TYPED)) return;
    event.preventDefault();
    stop();
    act[name]();
  }, signal);
  signal.addEventListener("abort", () => { stop(); clearTimeout(saying); });

  const asked = () => +(/^#step-(\d+)$/.exec(location.hash)?.[1] ?? start);
  if (hash) window.addEventListener("hashchange", () => { stop(); go(asked()); }, { signal });
  go(hash ? asked() : start);
  return { at: () => at, last: () => last, go, update, close: () => controller.abort() };
}

// The document that Python packed (views/document.py): each string and each set of names stands once, a position
// names them by number, and each number is told as the difference from the one before.
export function opened(packed) {
  const sum = (list) => { let total = 0; return list.map((each) => (total += each)); };
  const state = sum(packed.state), words = sum(packed.words), marks = packed.marks.map(sum), texts = packed.texts.map(sum);
  const frags = Object.entries(packed.frags).map(([name, list]) => [name, sum(list)]);
  const all = (layers, p) => Object.assign({}, ...layers.map((layer) => packed.sets[layer[p]]));
  const steps = state.map((_, p) => ({
    state: packed.strings[state[p]],
    words: `${packed.step[0]} ${p} ${packed.step[1]} ${packed.n}. ${packed.strings[words[p]]}`,
    get marks() { return all(marks, p); },
    get texts() { return all(texts, p); },
    get frags() { return Object.fromEntries(frags.map(([name, list]) => [name, packed.strings[list[p]]])); },
  }));
  return { shell: packed.shell, steps };
}

// The same, from the gzipped JSON in a widget's trait or in a page.
export async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return opened(JSON.parse(await new Response(stream).text()));
}
