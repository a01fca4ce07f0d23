// The console in a notebook: a line goes to the kernel, what was said comes back drawn. (page.js stands above.)
// It knows no protocol: the rows, the state and what may be said are made by Python.

const shell = (id) => `
<div class="smtplab sl-console" data-smtplab="console" role="group" aria-label="Console" tabindex="-1">
  <div class="sl-two">
    <div class="a">
      <p class="sl-title"><b>Console</b> <span data-out="title"></span></p>
      <div class="sl-log" role="log" aria-label="What was said" tabindex="0"><p class="cap" data-out="earlier"></p><ol class="sl-transcript"></ol></div>
      <div class="sl-prompt">
        <label for="${id}-in">Command</label>
        <span class="who" aria-hidden="true"><svg class="sl-i" viewBox="0 0 16 16"><path d="M1 8h11M8.5 4.5L12.5 8l-4 3.5"/></svg></span>
        <input id="${id}-in" type="text" autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
          aria-autocomplete="list" aria-haspopup="listbox" aria-describedby="${id}-how">
        <span class="eol" aria-hidden="true">CR LF</span>
        <button type="button" class="sl-btn primary" data-act="send">Send</button>
        <button type="button" class="sl-btn primary" data-act="connect" hidden>Connect again</button>
      </div>
      <div class="sl-room"><ul class="sl-comp" id="${id}-list" role="listbox" aria-label="What may be said now" hidden></ul></div>
      <div class="cap sl-opts">
        <label><input type="checkbox" data-opt="bare"> without CR LF</label>
        <label><input type="checkbox" data-opt="escapes"> read <code>\\r \\n \\x00</code> as bytes</label>
        <span id="${id}-how">Tab completes, Up recalls, Enter sends</span>
      </div>
      <div class="sl-foot"><p class="sl-status" role="status"></p><button type="button" class="sl-btn" data-act="step" aria-expanded="false" aria-controls="${id}-step">Step through it</button></div>
      <p class="cap sl-hint" id="${id}-step" hidden>In a new cell, by the name that you gave this console: <code>Stepper(console.transcript)</code></p>
    </div>
    <div class="b"></div>
  </div>
</div>`;
const LOOK_MS = [100, 250, 500, 1000, 2000], LOOKS = 150, BUSY_MS = 800, IDLE_MS = 3000, SILENT_S = 3, PAST = 200;
const GONE = "The notebook's kernel is not there any more: start it, and run the cell again.";
const BUSY = "The notebook's kernel is busy, or gone: what you asked for waits for it. If it was restarted, run the cell again.";

// Rows as the kernel tells them, news upon news: the same for all views of a widget.
function keepRows() {
  let told = null, connection = 0, from = 0, rows = [];
  return (shown) => {
    if (shown === told) return { from, rows, connection };
    if (connection !== shown.connection || shown.first > from + rows.length || shown.first < from) { from = shown.first; rows = []; }
    rows = [...rows.slice(0, shown.first - from), ...shown.rows];
    if (rows.length > shown.kept) { from += rows.length - shown.kept; rows = rows.slice(-shown.kept); }
    [told, connection] = [shown, shown.connection];
    return { from, rows, connection };
  };
}

// The list of what may be said now, under the box. The box keeps focus; nothing is chosen until Down is pressed, so
// that Enter sends what was typed. (The box stays a text box by role, its name is relied on; the list is told to it by
// aria-controls and aria-activedescendant.)
function completion(input, list, id) {
  let says = [], found = [], at = -1, dismissed = "";
  const draw = () => {
    list.hidden = !found.length;
    list.replaceChildren(...found.map(([syntax, , , why, leads], n) => {
      const item = document.createElement("li"), code = document.createElement("code"), typed = document.createElement("b");
      item.id = `${id}-${n}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", n === at);
      item.classList.toggle("is-first", at < 0 && n === 0);
      typed.textContent = syntax.slice(0, input.value.length);
      code.append(typed, syntax.slice(input.value.length));
      const words = document.createElement("span"), where = document.createElement("span");
      words.textContent = why;
      where.textContent = leads;
      where.className = "r";
      item.append(code, words, where);
      return item;
    }));
    const active = at >= 0;
    found.length ? input.setAttribute("aria-controls", list.id) : input.removeAttribute("aria-controls");
    active ? input.setAttribute("aria-activedescendant", `${id}-${at}`) : input.removeAttribute("aria-activedescendant");
  };
  const search = (all = false) => {
    const typed = input.value.toUpperCase();
    at = -1;
    found = (typed && typed !== dismissed) || all
      ? says.filter(([syntax]) => syntax.toUpperCase().startsWith(typed) && syntax.toUpperCase() !== typed) : [];
    draw();
  };
  const close = () => { dismissed = input.value.toUpperCase(); found = []; at = -1; draw(); };
  return {
    close,
    know: (next) => { says = next; if (document.activeElement === input) search(); else { found = []; draw(); } },
    search: () => { dismissed = ""; search(); },
    openAll: () => { dismissed = ""; search(true); if (found.length) { at = 0; draw(); } },
    isOpen: () => found.length > 0,
    isChosen: () => at >= 0,
    move: (by) => { at = Math.max(-1, Math.min(found.length - 1, at + by)); draw(); },
    accept: (n = Math.max(0, at)) => {
      const [, before, behind] = found[n];
      input.value = before + behind;
      input.setSelectionRange(before.length, before.length);
      close();
    },
    indexOf: (element) => [...list.children].indexOf(element.closest("li")),
  };
}

// What was typed, with the line that is being typed at its end.
function recalling(input, past) {
  let back = past.length, draft = "";
  return {
    keep: (line) => { if (line && past.at(-1) !== line) past.push(line); past.splice(0, past.length - PAST); back = past.length; draft = ""; },
    go: (by) => {
      if (back === past.length) draft = input.value;
      back = Math.max(0, Math.min(past.length, back + by));
      input.value = past[back] ?? draft;
      input.setSelectionRange(input.value.length, input.value.length);
    },
  };
}

// Makes `root` show what the kernel says and hand over what is typed. `send(message)` speaks to the kernel.
function mountConsole(root, id, send, past) {
  const controller = new AbortController(), { signal } = controller;
  const $ = (selector) => root.querySelector(selector), on = (element, name, hear) => element.addEventListener(name, hear, { signal });
  const input = $(".sl-prompt input"), log = $("[role=log]"), aside = $(".b"), status = $(".sl-status");
  const list = completion(input, $("[role=listbox]"), id), history = recalling(input, past);
  const option = (name) => $(`[data-opt=${name}]`).checked;
  let shown = null, asked = "", count = 0, busy = 0, looking = 0, looks = 0, heardAt = Date.now(), asideShown = "", connection = 0;

  const tell = (text) => { if (status.textContent !== text) status.textContent = text; };
  const post = (message, quietly = false) => {
    asked = `${id}-${++count}`;
    clearTimeout(busy);
    try {
      send({ ...message, id: asked });
    } catch { // what the page's own words for it are names no kernel
      asked = "";
      tell(GONE);
      return false;
    }
    if (!quietly) busy = setTimeout(() => { if (asked) tell(BUSY); }, BUSY_MS);
    return true;
  };
  const say = (lines) => {
    if (!shown.is_open) return;
    if (post({ do: "say", lines, escapes: option("escapes"), bare: option("bare") })) {
      lines.forEach(history.keep);
      input.value = "";
    }
    list.close();
  };
  const look = () => { if (shown.is_open && !asked) post({ do: "look" }, true); };

  const keys = {
    Enter: () => (list.isChosen() ? list.accept() : say([input.value])),
    ArrowUp: () => (list.isChosen() ? list.move(-1) : (history.go(-1), list.close())),
    ArrowDown: () => (list.isOpen() ? list.move(1) : input.value ? (history.go(1), list.close()) : list.openAll()),
    ArrowRight: () => list.accept(),
    Tab: () => list.accept(),
    Escape: () => list.close(),
  };
  const isOurs = (event) => {
    const { key } = event;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !keys[key]) return false;
    if (key === "ArrowRight") return list.isOpen() && input.selectionStart === input.value.length;
    return key === "Tab" || key === "Escape" ? list.isOpen() : true;
  };
  const press = (event) => {
    if (event.target !== input || !isOurs(event)) return;
    event.preventDefault();
    keys[event.key]();
  };
  holdKeys(root, press, signal);
  // Tab and Escape are the page's, but while the list is open
  window.addEventListener("keydown", (event) => {
    if (event.composedPath()[0] !== input || !["Tab", "Escape"].includes(event.key) || !isOurs(event)) return;
    event.stopImmediatePropagation();
    press(event);
  }, { signal, capture: true });
  on(input, "input", () => list.search());
  on(input, "blur", () => list.close());
  on(input, "focus", () => { if (shown && Date.now() - heardAt > IDLE_MS) look(); });
  on($("[role=listbox]"), "pointerdown", (event) => { event.preventDefault(); const n = list.indexOf(event.target); if (n >= 0) list.accept(n); });
  on($("[data-act=send]"), "click", () => { say([input.value]); input.focus(); });
  on($("[data-act=connect]"), "click", () => { post({ do: "connect" }); input.focus(); });
  on($("[data-act=step]"), "click", (event) => { const hint = $(`#${id}-step`); hint.hidden = !hint.hidden; event.target.setAttribute("aria-expanded", !hint.hidden); });
  for (const box of root.querySelectorAll("[data-opt]")) on(box, "change", () => { $(".eol").classList.toggle("is-off", option("bare")); });
  // several lines pasted at once: the whole lines are said in turn, the rest waits in the box
  on(input, "paste", (event) => {
    const lines = (event.clipboardData?.getData("text") ?? "").split(/\r\n|\n|\r/);
    if (lines.length < 2) return;
    event.preventDefault();
    lines[0] = input.value.slice(0, input.selectionStart) + lines[0];
    const rest = lines.pop() + input.value.slice(input.selectionEnd);
    say(lines);
    input.value = rest;
  });
  const ticking = setInterval(() => {
    const seconds = Math.floor((Date.now() - heardAt) / 1000), place = aside.querySelector("[data-silent]");
    if (place) place.textContent = seconds < SILENT_S ? "" : `Silent for ${seconds} s.`;
  }, 1000);
  signal.addEventListener("abort", () => { clearTimeout(looking); clearTimeout(busy); clearInterval(ticking); });

  // rows that are new or different are put in place; the others are left alone, so nothing is read out twice
  let onPage = [], startsAt = 0;
  const ol = $("[role=log] ol"), earlier = $("[data-out=earlier]");
  const showRows = ({ from, rows, connection: now }) => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40 || connection !== now;
    if (connection !== now) { ol.replaceChildren(); onPage = []; startsAt = from; connection = now; }
    for (; startsAt < from && onPage.length; startsAt++) { onPage.shift(); ol.firstElementChild.remove(); }
    startsAt = from;
    rows.forEach((row, n) => {
      if (row === onPage[n]) return;
      const made = document.createElement("template");
      made.innerHTML = row;
      const item = made.content.firstElementChild;
      n < ol.children.length ? ol.children[n].replaceWith(item) : ol.append(item);
    });
    while (ol.children.length > rows.length) ol.lastElementChild.remove();
    onPage = [...rows];
    earlier.textContent = from ? `${from.toLocaleString("en")} earlier lines are not shown here; console.transcript has them all.` : "";
    if (atEnd) log.scrollTop = log.scrollHeight;
  };
  const show = (next, rows) => {
    const isNews = !shown || next.rows.join() !== shown.rows.join() || next.first !== shown.first;
    if (isNews) heardAt = Date.now();
    shown = next;
    root.dataset.state = next.state;
    showRows(rows);
    if (asideShown !== next.aside) { aside.innerHTML = next.aside; asideShown = next.aside; }
    $("[data-out=title]").textContent = next.title;
    $("[data-act=connect]").hidden = next.is_open;
    $("[data-act=send]").hidden = !next.is_open;
    list.know(next.says);
    if (next.heard === asked) {
      if (next.back && !input.value) input.value = next.back;
      asked = "";
      clearTimeout(busy);
    }
    if (!asked) tell(next.status);
    // a reply that is late: look again, one question at a time, ever more seldom, and not for ever
    clearTimeout(looking);
    if (isNews || !next.is_late) looks = 0;
    if (!next.is_late) return;
    if (looks < LOOKS) looking = setTimeout(look, LOOK_MS[Math.min(looks++, LOOK_MS.length - 1)]);
    else tell("Nothing has come for five minutes: Send asks once more, or run the cell again.");
  };
  return { show, close: () => controller.abort() };
}

export default () => {
  const past = [], take = keepRows(); // kept when the view is made anew
  return {
    initialize({ model }) {
      const hear = () => take(model.get("shown"));
      model.on("change:shown", hear);
      hear();
    },
    render({ model, el }) {
      const id = `sl${Math.random().toString(36).slice(2, 10)}`;
      el.innerHTML = shell(id);
      const console = mountConsole(el.firstElementChild, id, (message) => model.send(message), past);
      const now = () => console.show(model.get("shown"), take(model.get("shown")));
      let frame = 0; // news that come faster than frames are painted are shown together
      const show = () => { frame ||= requestAnimationFrame(() => { frame = 0; now(); }); };
      model.on("change:shown", show);
      now();
      return () => {
        cancelAnimationFrame(frame);
        model.off("change:shown", show);
        console.close();
        el.replaceChildren(); // what holds on to `el` then holds no drawing
      };
    },
  };
};
