// Panels and explorers in a notebook: shows what Python drew and lets the reader choose in it. (page.js stands above.)
// It knows no protocol. For each kind of control, [data-NAME=VALUE], the document's `choices[NAME]` says what a choice does:
//   out, frags    the inside of [data-out=OUT] becomes frags[VALUE]
//   lights, lit   of all button[data-LIGHTS], those in lit[VALUE] wear the class "hit"
//   wears         of all [data-mark], those in wears[VALUE] wear "is-chosen"
//   as            a choice of VALUE is one of as[VALUE]
//   told          what is announced
// Python draws the first choice itself. [data-act=run] asks Python to do what was chosen; the answer is `ran`.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// Makes `root` follow the reader's choices. `post(message)` speaks to the kernel. Returns { chose(name), tell(text) }.
export function choosing(root, doc, signal, post, onChoice = () => {}) {
  const { choices } = doc, names = Object.keys(choices), chosen = {};
  const out = (name) => root.querySelector(`[data-out="${name}"]`);
  const words = out("words"), ours = (element) => element.closest("[data-smtplab]") === root; // a stepper may stand inside
  const tell = (text) => { words.textContent = text; };
  for (const name of names) chosen[name] = root.dataset[name];

  const choose = (name, wanted) => {
    const choice = choices[name], value = choice.as?.[wanted] ?? wanted;
    if (chosen[name] === value || (choice.frags && !(value in choice.frags))) return;
    chosen[name] = value;
    root.dataset[name] = value;
    for (const each of root.querySelectorAll(`button[data-${name}]`)) each.setAttribute("aria-pressed", each.dataset[name] === value);
    for (const each of root.querySelectorAll(`select[data-choose="${name}"]`)) each.value = value;
    if (choice.frags) out(choice.out).innerHTML = choice.frags[value];
    if (choice.lights) {
      const lit = new Set(choice.lit[value].map(String));
      for (const each of root.querySelectorAll(`button[data-${choice.lights}]`)) each.classList.toggle("hit", lit.has(each.dataset[choice.lights]));
    }
    if (choice.wears) {
      const worn = new Set(choice.wears[value]);
      for (const each of root.querySelectorAll("[data-mark]")) if (ours(each)) each.classList.toggle("is-chosen", worn.has(each.dataset.mark));
    }
    tell(choice.told[value] ?? "");
    onChoice(name);
  };
  root.addEventListener("click", (event) => {
    if (!ours(event.target)) return;
    if (event.target.closest("[data-act=run]")) return post({ do: "run", of: chosen.mark });
    for (const name of names) {
      const found = event.target.closest(`button[data-${name}], g[data-${name}], text[data-${name}]`);
      if (found) return choose(name, found.dataset[name]);
    }
  }, { signal });
  root.addEventListener("change", (event) => {
    const name = event.target.dataset.choose;
    if (name) choose(name, event.target.value);
  }, { signal });
  // arrows walk along the buttons of a list or a group; a list box and a scrolled region keep their own arrows
  holdKeys(root, (event) => {
    const button = event.target.closest("button"), by = STEPS[event.key];
    if (!button || !by || event.shiftKey || !ours(button)) return;
    const all = [...button.closest("[role=group], ol, tr, tbody, .smtplab").querySelectorAll("button")];
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, all.indexOf(button) + by))].focus();
  }, signal);
  for (const line of root.querySelectorAll(".sl-scroll [aria-current]")) { // a long list opens at its current line
    const box = line.closest(".sl-scroll");
    box.scrollTop = Math.max(0, line.offsetTop - box.clientHeight / 2);
  }
  if (!root.hasAttribute("tabindex")) root.tabIndex = -1; // a click anywhere inside brings the keys here
  return { chosen, tell };
}

async function unzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

const GONE = "The notebook's kernel is not there any more: run the cell again.";

export default () => ({
  async render({ model, el }) {
    const controller = new AbortController(), { signal } = controller;
    let steps = null;
    try {
      const doc = await unzip(model.get("packed"));
      if (signal.aborted) return;
      el.innerHTML = doc.shell;
      const root = el.firstElementChild, ran = root.querySelector('[data-out="ran"]');
      const clear = () => {
        steps?.close();
        steps = null;
        if (ran) ran.innerHTML = "";
      };
      const post = (message) => {
        if (ran?.dataset.waits) return;
        clear();
        try {
          model.send(message);
          ran.dataset.waits = "yes";
          ran.textContent = "Asked. The answer comes as soon as the kernel is free.";
        } catch {
          ran.textContent = GONE;
        }
      };
      const page = choosing(root, doc, signal, post, (name) => { if (name === "mark" && !ran?.dataset.waits) clear(); });
      const show = async () => {
        clear();
        delete ran.dataset.waits;
        const answer = model.get("ran");
        if (!answer.html || answer.of !== page.chosen.mark) return;
        ran.innerHTML = answer.html;
        page.tell(answer.told);
        const walk = ran.querySelector("[data-act=walk]"), place = ran.querySelector(".sl-walk");
        walk?.addEventListener("click", async () => {
          if (steps) return;
          const drawn = await unpack(model.get("walk"));
          place.innerHTML = drawn.shell;
          steps = mount(place.firstElementChild, drawn);
          place.querySelector("[data-act=next]").focus();
        }, { signal });
      };
      if (ran) {
        model.on("change:ran", show);
        signal.addEventListener("abort", () => { model.off("change:ran", show); clear(); });
        show();
      }
    } catch (error) {
      el.textContent = `This panel cannot be shown by this browser: ${error}. Its text is in the cell's output.`;
    }
    return () => {
      controller.abort();
      el.replaceChildren(); // what holds on to `el` then holds no drawing
    };
  },
});
