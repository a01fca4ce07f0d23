// The console in a notebook: a line goes to the kernel, what was said comes back drawn. (page.js stands above.)
// It knows no protocol: the rows, the state and what may be said are made by Python.

const CONSOLE = `
<div class="smtplab sl-console" data-smtplab="console" role="group" aria-label="Console" tabindex="-1">
  <div class="sl-two">
    <div class="a">
      <p class="sl-title"><b>Console</b> a real socket to the server</p>
      <ol class="sl-transcript sl-log" role="log" aria-label="What was said" tabindex="0"></ol>
      <div class="sl-prompt">
        <label>Command <input type="text" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
        <span class="eol" aria-hidden="true">CR LF</span>
        <button type="button" class="sl-btn primary" data-act="send">Send</button>
        <button type="button" class="sl-btn" data-act="connect" hidden>Connect again</button>
      </div>
      <p class="cap">Enter sends, Up and Down recall.</p>
      <p class="sl-status" role="status"></p>
    </div>
    <div class="b"></div>
  </div>
</div>`;
const LOOK_MS = 500, LOOKS = 120;

// Makes `root` show what the kernel says and hand over what is typed. `post(message)` speaks to the kernel.
function mountConsole(root, post, past) {
  const controller = new AbortController(), { signal } = controller;
  const $ = (selector) => root.querySelector(selector);
  const input = $("input"), log = $("[role=log]"), aside = $(".b"), status = $(".sl-status");
  const send = $("[data-act=send]"), connect = $("[data-act=connect]");
  let rows = [], asideShown = null, back = past.length, looking = 0, looks = 0, isOpen = false;

  const say = () => {
    if (!isOpen) return;
    const line = input.value;
    if (line && past.at(-1) !== line) past.push(line);
    back = past.length;
    input.value = "";
    post({ do: "say", line });
  };
  const recall = (by) => {
    back = Math.max(0, Math.min(past.length, back + by));
    input.value = past[back] ?? "";
    input.setSelectionRange(input.value.length, input.value.length);
  };
  holdKeys(root, (event) => {
    if (event.target !== input || event.isComposing) return;
    const keys = { Enter: say, ArrowUp: () => recall(-1), ArrowDown: () => recall(1) };
    if (!keys[event.key] || event.shiftKey) return;
    event.preventDefault();
    keys[event.key]();
  }, signal);
  send.addEventListener("click", () => { say(); input.focus(); }, { signal });
  connect.addEventListener("click", () => { post({ do: "connect" }); input.focus(); }, { signal });
  // several lines pasted at once: each whole line is said, the rest waits in the box
  input.addEventListener("paste", (event) => {
    const lines = (event.clipboardData?.getData("text") ?? "").split(/\r\n|\n|\r/);
    if (lines.length < 2) return;
    event.preventDefault();
    lines[0] = input.value + lines[0];
    for (const line of lines.slice(0, -1)) { input.value = line; say(); }
    input.value = lines.at(-1);
  }, { signal });
  signal.addEventListener("abort", () => clearTimeout(looking));

  // rows that are new or different are put in place; the others are left alone, so nothing is read out twice
  const showRows = (next) => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const same = next.length >= rows.length && rows.length ? next.findIndex((row, n) => row !== rows[n]) : 0;
    for (let n = same < 0 ? next.length : same; n < next.length; n++) {
      const made = document.createElement("template");
      made.innerHTML = next[n];
      const row = made.content.firstElementChild;
      n < log.children.length ? log.children[n].replaceWith(row) : log.append(row);
    }
    while (log.children.length > next.length) log.lastElementChild.remove();
    rows = next;
    if (atEnd) log.scrollTop = log.scrollHeight;
  };
  const show = (shown) => {
    root.dataset.state = shown.state;
    isOpen = shown.is_open;
    showRows(shown.rows);
    if (asideShown !== shown.aside) { aside.innerHTML = shown.aside; asideShown = shown.aside; }
    if (status.textContent !== shown.status) status.textContent = shown.status;
    connect.hidden = isOpen;
    send.hidden = !isOpen;
    // a reply that is late: look again, one question at a time, and not for ever
    clearTimeout(looking);
    if (shown.is_late && looks++ < LOOKS) looking = setTimeout(() => post({ do: "look" }), LOOK_MS);
    if (!shown.is_late) looks = 0;
  };
  const tell = (text) => { status.textContent = text; };
  return { show, tell, close: () => controller.abort() };
}

export default () => {
  const past = []; // what was typed: kept when the view is made anew
  return {
    render({ model, el }) {
      el.innerHTML = CONSOLE;
      const post = (message) => {
        try {
          model.send(message);
        } catch { // what the page says then names no kernel
          console.tell("The notebook's kernel is not there any more: run the cell again.");
        }
      };
      const console = mountConsole(el.firstElementChild, post, past);
      const show = () => console.show(model.get("shown"));
      model.on("change:shown", show);
      show();
      return () => {
        model.off("change:shown", show);
        console.close();
      };
    },
  };
};
