// What is asked of the reader: a question, lines to put in order, steps to choose from, things to sort. (page.js stands
// above.) It knows no protocol. A document says what there is to choose:
//   kind "question": asks "predict", "recall" or "compare"; mode "one", "several" or "typed"; items { html, words, said, right }
//   kind "order", "find", "sort": items { html, words }, button, asked; for "sort" bins
// A question answers here, without a kernel, and tells the kernel where there is one. The others ask the kernel to take
// what was chosen; what comes of it is shown below by whoever made this.

const GONE = "The notebook's kernel is not there any more: run the cell again.";
const ANSWERED = "smtplab:answered"; // what one question was told, for others in the page that are about the same

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "html") element.innerHTML = value;
    else if (key === "text") element.textContent = value;
    else if (value !== null && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}
const PATHS = { yes: "M2.5 8.5l3.5 4 7.5-9", no: "M3.5 3.5l9 9M12.5 3.5l-9 9", up: "M8 13V3.5M3.5 8L8 3.5 12.5 8", down: "M8 3v9.5M3.5 8L8 12.5 12.5 8" };
const icon = (name) => `<svg class="sl-i" viewBox="0 0 16 16" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
let made = 0;
const unique = () => `sl-ask-${made++}-${Math.random().toString(36).slice(2, 8)}`;

// Typed answers are compared without what does not matter: case, spaces, quotes, a full stop, and how Python writes CR LF.
// Where a number is wanted, the first number in the answer counts.
export function isLike(typed, wanted) {
  const plain = (text) => text.replace(/\\r|\\n/g, " ").trim().replace(/^b?["'`]+|["'`]+$/g, "").replace(/\s+/g, " ").trim().replace(/([A-Za-z0-9>])\.$/, "$1").toLowerCase();
  return /^\d+$/.test(wanted) ? typed.match(/\d+/)?.[0] === wanted : plain(typed) === plain(wanted);
}

// What is said to these choices, as HTML; words for a mark: "yes", "no" or "".
function judged(doc, chosen) {
  const { items, mode } = doc;
  if (mode === "typed") {
    const found = items.find((item) => isLike(chosen[0], item.words));
    return { mark: found?.right ? "yes" : "no", said: found?.said ?? doc.otherwise };
  }
  const picked = items.filter((item) => chosen.includes(item.words));
  const wrong = picked.find((item) => !item.right);
  if (wrong) return { mark: "no", said: wrong.said };
  if (picked.length < items.filter((item) => item.right).length && mode === "several") return { mark: "no", said: doc.missing };
  return { mark: "yes", said: picked.map((item) => item.said).join(" ") };
}

function question(root, doc, first, tell, signal) {
  const group = unique(), told = make("p", { class: "told", role: "status" });
  if (doc.asks === "compare") {
    const you = make("p", { class: "you", role: "status" });
    const show = (chosen) => {
      if (!chosen.length) { you.textContent = "You have not said what you expect."; return; }
      const { mark, said } = judged(doc, chosen);
      you.innerHTML = `${icon(mark)} <span>You said: <b></b>. ${mark === "yes" ? "So it came." : "It came otherwise."} ${mark === "no" ? said : ""}</span>`;
      you.querySelector("b").textContent = chosen.join(", ");
    };
    root.append(make("p", { class: "head", html: doc.html }), you, make("p", { class: "came", html: doc.answer }));
    show(first);
    return { show };
  }
  const typed = doc.mode === "typed", box = typed ? make("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", id: group }) : null;
  const options = typed ? [] : doc.items.map((item) => {
    const input = make("input", { type: doc.mode === "several" ? "checkbox" : "radio", name: group, value: item.words });
    return make("label", { class: "opt" }, input, make("span", { html: item.html }), make("span", { class: "mk" }));
  });
  const button = make("button", { type: "button", class: "sl-btn", text: doc.button });
  const inputs = options.map((option) => option.querySelector("input"));
  const chosen = () => (typed ? [box.value.trim()].filter(Boolean) : inputs.filter((input) => input.checked).map((input) => input.value));
  const show = (answer, isNew) => {
    if (!answer.length) return;
    if (typed) box.value = answer[0];
    for (const input of inputs) input.checked = answer.includes(input.value);
    root.dataset.answered = "yes";
    for (const option of options) option.querySelector(".mk").innerHTML = "";
    if (doc.asks === "predict") {
      told.innerHTML = "Noted: you expect <b></b>. Now run the next cell.";
      told.querySelector("b").textContent = answer.join(", ");
      return;
    }
    const { mark, said } = judged(doc, answer);
    root.dataset.right = mark;
    for (const [n, option] of options.entries()) if (inputs[n].checked) option.querySelector(".mk").innerHTML = icon(mark);
    told.innerHTML = `<b>${mark === "yes" ? "Right." : "Not yet."}</b> ${said}${mark === "no" && isNew ? " Try again." : ""}`;
  };
  const answer = () => {
    const given = chosen();
    if (!given.length) { told.textContent = typed ? "Type something first." : "Choose something first."; return; }
    show(given, true);
    tell(given);
  };
  button.addEventListener("click", answer, { signal });
  root.append(
    make("fieldset", {}, make("legend", {}, typed ? make("label", { for: group, html: doc.html }) : make("span", { html: doc.html })), box, ...options),
    make("p", { class: "go" }, button), told,
  );
  if (first.length) show(first, false);
  const onKey = (event) => { if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); answer(); } };
  return { show: (given) => show(given, true), onKey };
}

// Lines that move: by mouse or finger, by buttons, and by keys (Space takes a line, arrows move it, Space puts it down;
// Alt or Ctrl with an arrow moves it at once).
function order(root, doc, signal) {
  const how = unique(), words = make("p", { class: "told", role: "status" }), list = make("ol", { class: "lines", "aria-label": doc.label });
  const all = () => [...list.children], count = doc.items.length;
  const number = () => all().forEach((li, n) => {
    li.querySelector(".up").setAttribute("aria-disabled", n === 0);
    li.querySelector(".down").setAttribute("aria-disabled", n === count - 1);
  });
  const say = (li, more = "") => { words.textContent = `${doc.items[li.dataset.n - 1].words}: ${more}place ${all().indexOf(li) + 1} of ${count}.`; };
  const place = (li, at) => {
    const rest = all().filter((each) => each !== li), to = Math.max(0, Math.min(count - 1, at));
    if (all().indexOf(li) === to) return;
    const held = document.activeElement?.closest?.("li") === li ? document.activeElement : li.getRootNode().activeElement;
    list.insertBefore(li, rest[to] ?? null);
    if (held && li.contains(held)) held.focus(); // what is moved loses focus
    number();
    say(li);
  };
  const move = (li, by) => place(li, all().indexOf(li) + by);
  const taken = () => list.querySelector('[aria-pressed="true"]')?.closest("li");
  const take = (li, isTaken) => {
    for (const each of list.querySelectorAll(".ln")) each.setAttribute("aria-pressed", isTaken && li.contains(each));
    say(li, isTaken ? "taken, arrows move it; " : "put down; ");
  };
  for (const [n, item] of doc.items.entries()) {
    const line = make("button", { type: "button", class: "ln", "aria-pressed": "false", "aria-describedby": how }, make("span", { class: "no", text: n + 1 }), make("span", { html: item.html }));
    const by = (name, label) => make("button", { type: "button", class: `sl-btn ${name}`, "aria-label": `${label}: ${item.words}`, html: icon(name) });
    list.append(make("li", { "data-n": n + 1 }, line, by("up", "Move up"), by("down", "Move down")));
  }
  number();
  let dragged = null, from = 0, hasMoved = false;
  list.addEventListener("pointerdown", (event) => {
    const line = event.target.closest(".ln");
    if (!line || event.button) return;
    dragged = line.closest("li"); from = event.clientY; hasMoved = false;
  }, { signal });
  window.addEventListener("pointermove", (event) => {
    if (!dragged || (!hasMoved && Math.abs(event.clientY - from) < 5)) return;
    hasMoved = true;
    dragged.classList.add("is-dragged");
    const others = all().filter((li) => li !== dragged);
    place(dragged, others.filter((li) => { const box = li.getBoundingClientRect(); return event.clientY > box.top + box.height / 2; }).length);
  }, { signal });
  const drop = () => { dragged?.classList.remove("is-dragged"); dragged = null; };
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, drop, { signal });
  list.addEventListener("click", (event) => {
    const li = event.target.closest("li"), button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".up")) return move(li, -1);
    if (button.matches(".down")) return move(li, 1);
    if (hasMoved) { hasMoved = false; return; } // the end of a drag
    take(li, button.getAttribute("aria-pressed") !== "true");
  }, { signal });
  const onKey = (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key], li = event.target.closest?.("li");
    if (event.key === "Escape" && taken()) { take(taken(), false); event.stopPropagation(); return; }
    if (!by || !li || !list.contains(li)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey || event.ctrlKey || taken() === li) return move(li, by);
    all()[Math.max(0, Math.min(count - 1, all().indexOf(li) + by))].querySelector(".ln").focus();
  };
  // held keys come by `ask`; those with Alt or Ctrl, and Escape, come as ever
  list.addEventListener("keydown", onKey, { signal });
  list.addEventListener("focusout", (event) => { if (taken() && event.relatedTarget && !taken().contains(event.relatedTarget)) take(taken(), false); }, { signal });
  root.append(
    make("p", { class: "cap", id: how, text: "Drag a line, or take it with Space and move it with the arrows; Alt and an arrow moves it at once." }), list, words,
  );
  return { given: () => all().map((li) => +li.dataset.n), onKey };
}

function find(root, doc) {
  const group = unique();
  const steps = doc.items.map((item, n) => make("label", { class: "opt step" }, make("input", { type: "radio", name: group, value: n + 1 }), make("span", { class: "no", text: n + 1 }), make("span", { html: item.html })));
  root.append(make("fieldset", {}, make("legend", { class: "cap", text: doc.label }), ...steps));
  const given = () => {
    const chosen = root.querySelector("input:checked");
    return chosen ? [+chosen.value] : "Choose a step first.";
  };
  return { given };
}

function sort(root, doc) {
  const rows = doc.items.map((item, n) => {
    const id = unique(), select = make("select", { id }, make("option", { value: "", text: "choose" }), ...doc.bins.map((bin) => make("option", { value: bin, text: bin })));
    return make("li", {}, make("span", { class: "no", text: n + 1 }), make("label", { for: id, html: item.html }), select);
  });
  root.append(make("p", { class: "cap", text: doc.label }), make("ol", { class: "items" }, ...rows));
  const given = () => {
    const selects = [...root.querySelectorAll("select")], open = selects.filter((each) => !each.value);
    open[0]?.focus();
    return open.length ? `Choose for each of them: ${open.length} ${open.length > 1 ? "are" : "is"} still open.` : selects.map((each) => each.value);
  };
  return { given };
}

// Draws the document into `el`. `post(message)` speaks to the kernel.
export function ask(el, doc, chosen, post, signal) {
  el.replaceChildren();
  if (!doc.kind) return;
  const root = make("div", { class: `smtplab sl-ask${doc.large ? " is-large" : ""}`, "data-smtplab": doc.kind === "question" ? "question" : "choice", "data-kind": doc.asks ?? doc.kind, "data-name": doc.name });
  if (doc.kind === "question") root.setAttribute("role", "group");
  if (doc.kind === "question") root.setAttribute("aria-label", `Question ${doc.name}`);
  el.append(root);
  let drawn = {};
  holdKeys(root, (event) => drawn.onKey?.(event), signal);
  if (doc.kind === "question") {
    const told = (given) => {
      window.dispatchEvent(new CustomEvent(ANSWERED, { detail: { name: doc.name, given, by: root } }));
      try { post({ do: "answer", given }); } catch { /* the page remembers by itself */ }
    };
    drawn = question(root, doc, chosen, told, signal);
    window.addEventListener(ANSWERED, ({ detail }) => { if (detail.name === doc.name && detail.by !== root) drawn.show(detail.given); }, { signal });
    return;
  }
  drawn = { order, find, sort }[doc.kind](root, doc, signal);
  const button = make("button", { type: "button", class: "sl-btn primary", text: doc.button }), words = make("p", { class: "asked cap", role: "status" });
  button.addEventListener("click", () => {
    const answer = drawn.given();
    if (typeof answer === "string") { words.textContent = answer; return; }
    try { post({ do: "answer", given: answer }); words.textContent = doc.asked; } catch { words.textContent = GONE; }
  }, { signal });
  root.append(make("p", { class: "go" }, button, words));
}

export default () => ({
  render({ model, el }) {
    let controller = new AbortController(), drawn = "";
    const draw = () => {
      const doc = model.get("doc"), text = JSON.stringify(doc);
      if (text === drawn) return;
      drawn = text;
      controller.abort();
      controller = new AbortController();
      ask(el, doc, model.get("chosen"), (message) => model.send(message), controller.signal);
    };
    model.on("change:doc", draw);
    draw();
    return () => { model.off("change:doc", draw); controller.abort(); el.replaceChildren(); };
  },
});
