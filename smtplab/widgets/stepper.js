// The stepper in a notebook: unpacks what Python drew and steps through it here. (page.js stands above.)
// Of a server that is followed the drawing comes anew with each thing said; of something else said, a second drawing.
// It knows no protocol: the words, the sessions and the lines are Python's.

const GONE = "The notebook's kernel is not there any more: run the cell again.";
const ASK_MS = 1000; // between two questions for the drawing of a long session

// One view of a stepper. `kept` is shared by all views of a widget and outlives each.
function view(model, el, kept) {
  const controller = new AbortController(), { signal } = controller;
  let stepper = null, root = null, current = null, waiting = null, turn = 0, asked = 0;
  const $ = (selector) => root.querySelector(selector);
  const isHeld = () => stepper !== null && stepper.at() < stepper.last();
  const session = (doc) => /data-session="(\d+)"/.exec(doc.shell)?.[1] ?? "";
  const tell = (text) => { const line = root && $(".sl-why"); if (line) line.textContent = text; };
  const post = (message) => {
    try {
      model.send(message);
      return true;
    } catch { // what the page says then names no kernel
      tell(GONE);
      return false;
    }
  };

  // what stands in the row of a server that is followed: whether there is a way back, and why
  const row = () => {
    const latest = root && $('[data-act="latest"]');
    if (!latest) return;
    const held = isHeld() || waiting !== null, note = $(".sl-live .cap"), pick = $(".sl-pick");
    latest.setAttribute("aria-disabled", !held);
    latest.classList.toggle("primary", held);
    const words = held ? note.dataset.held : note.dataset.following;
    if (note.textContent !== words) note.textContent = words;
    if (root.getRootNode().activeElement !== pick) pick.value = $(".sl-live").dataset.picked;
  };
  const put = (doc, at) => {
    if (!stepper) {
      el.innerHTML = doc.shell;
      root = el.firstElementChild;
      stepper = mount(root, doc, { at: Math.min(at, doc.steps.length - 1), moved: (p) => { kept.at[kept.on] = p; row(); } });
      listen();
    } else {
      const inside = root.contains(root.getRootNode().activeElement);
      stepper.update(doc, Math.min(at, doc.steps.length - 1));
      if (inside && !root.contains(root.getRootNode().activeElement)) root.focus({ preventScroll: true });
    }
    current = doc;
    kept.session = session(doc);
    row();
  };
  const read = (name) => {
    const bytes = model.get(name);
    if (kept.bytes[name] !== bytes) { kept.bytes[name] = bytes; kept.docs[name] = unpack(bytes); }
    return kept.docs[name];
  };

  const show = async () => {
    const mine = ++turn, isBranch = model.get("branched").byteLength > 0 && !kept.left;
    let doc;
    try {
      doc = await read(isBranch ? "branched" : "packed");
    } catch (error) {
      el.textContent = `This stepper cannot be shown by this browser: ${error}. The text of the session is in the cell's output.`;
      return;
    }
    if (mine !== turn || signal.aborted || (isBranch && doc === current)) return;
    const end = doc.steps.length - 1, isLive = session(doc) !== "";
    if (isBranch) {
      kept.on = "branched";
      put(doc, end);
    } else if (kept.on === "branched" || !stepper) { // back to where the session was left, or a first look
      const at = kept.at.packed ?? (isLive ? end : model.get("at")), isFirst = kept.at.packed === undefined;
      kept.on = "packed";
      put(doc, isFirst ? at : kept.toEnd ? end : at);
    } else if (kept.toEnd || !isLive || !isHeld() && !waiting) {
      waiting = null;
      put(doc, isLive ? end : stepper.at());
    } else if (session(doc) === kept.session) put(doc, stepper.at());
    else { waiting = doc; row(); } // another session: not while the reader looks back
    kept.toEnd = false;
  };
  const latest = () => {
    if ($('[data-act="latest"]').getAttribute("aria-disabled") === "true") return;
    if (kept.undrawn) { kept.toEnd = true; if (post({ do: "draw" })) return; }
    if (waiting) { const doc = waiting; waiting = null; put(doc, doc.steps.length - 1); } else stepper.go(stepper.last());
  };
  const leave = () => {
    kept.left = true;
    show();
    try { model.send({ do: "leave" }); } catch { /* without a kernel there is nothing to tell */ }
  };

  function listen() {
    root.addEventListener("click", ({ target }) => {
      const act = target.closest("[data-act]")?.dataset.act;
      if (act === "latest") latest();
      if (act === "leave") leave();
      if (act === "send" && post({ do: "send", at: stepper.last() })) tell("Saying it to a server …");
    }, { signal });
    root.addEventListener("change", ({ target }) => {
      if (!target.matches(".sl-pick")) return;
      kept.toEnd = true;
      kept.left = true;
      post({ do: "pick", session: +target.value });
    }, { signal });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      const input = $(".sl-say");
      if (post({ do: "else", at: stepper.at(), line: input.value })) { tell("Saying it to a new session …"); input.select(); }
    }, { signal });
  }

  const told = () => tell(model.get("told").why ?? "");
  const drawn = () => { kept.undrawn = false; show(); };
  // a long session is drawn when it is asked for: by Latest, or by whoever stands at its end
  const news = () => {
    kept.undrawn = true;
    if (!root || isHeld() || kept.on === "branched") return row();
    clearTimeout(asked);
    asked = setTimeout(() => post({ do: "draw" }), ASK_MS);
  };
  const forked = () => { kept.left = false; show(); };
  const heard = { "change:packed": drawn, "change:branched": forked, "change:told": told, "change:news": news };
  for (const [name, hear] of Object.entries(heard)) model.on(name, hear);
  return {
    show,
    close() {
      for (const [name, hear] of Object.entries(heard)) model.off(name, hear);
      clearTimeout(asked);
      controller.abort();
      stepper?.close();
      el.replaceChildren(); // what holds on to `el` then holds no drawing
    },
  };
}

export default () => {
  // one for all views of a widget: a view that is made anew (a moved cell, a second view) stands where the last one stood
  const kept = { on: "packed", at: {}, bytes: {}, docs: {}, left: false, toEnd: false, undrawn: false, session: "" };
  return {
    async render({ model, el }) {
      const made = view(model, el, kept);
      await made.show();
      return made.close;
    },
  };
};
