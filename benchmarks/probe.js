// Times, in the page, from a press to the paint that shows its effect.
//
// A press starts the clock where the page first hears it: a listener on window, capturing. A change inside the target
// is painted when the frame after it was made: requestAnimationFrame, then a message, which comes after the frame.
// Nothing here touches what is measured.

(() => {
  if (window.bench) return;
  let watched = null;

  const afterPaint = (then) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => then(performance.now());
    channel.port2.postMessage(null);
  });
  const touches = (record, target) => {
    const element = record.target.nodeType === Node.ELEMENT_NODE ? record.target : record.target.parentElement;
    if (element?.closest(target)) return true;
    return [...record.addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE && (node.matches(target) || node.querySelector(target)));
  };

  const heard = (event) => { if (watched && watched.kind === event.type && !watched.from) watched.from = performance.now(); };
  window.addEventListener("click", heard, true);
  window.addEventListener("keydown", heard, true);
  new MutationObserver((records) => {
    if (!watched?.from || watched.changed || !records.some((record) => touches(record, watched.target))) return;
    const mine = watched;
    mine.changed = true;
    afterPaint((at) => mine.done(at - mine.from));
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });

  const within = (promise, ms) => Promise.race([promise, new Promise((done) => setTimeout(() => done(null), ms))]);

  window.bench = {
    // The next press of this kind ("click" or "keydown") is timed until something inside `target` has changed.
    expect(target, kind) {
      watched = { target, kind };
      watched.painted = new Promise((done) => { watched.done = done; });
    },
    // Milliseconds from that press to its paint; null when none came within the limit.
    async painted(limit) {
      const ms = await within(watched.painted, limit);
      watched = null;
      return ms;
    },
    // Milliseconds from running the active cell to the first paint of a `target` that was not there before.
    async appears(target, limit) {
      for (const old of document.querySelectorAll(target)) old.setAttribute("data-bench-old", "");
      const from = performance.now();
      const shown = new Promise((done) => {
        const look = () => {
          const fresh = [...document.querySelectorAll(target)].some((each) => !each.hasAttribute("data-bench-old") && each.getBoundingClientRect().height > 0);
          if (!fresh) return false;
          seeing.disconnect();
          afterPaint((at) => done(at - from));
          return true;
        };
        const seeing = new MutationObserver(look);
        seeing.observe(document, { subtree: true, childList: true, attributes: true });
      });
      window.jupyterapp.commands.execute("notebook:run-cell");
      return within(shown, limit);
    },
    // Does everything that tells the position tell this one?
    tells(step) {
      const root = document.querySelector("[data-smtplab=stepper]"), slider = root.querySelector("input[type=range]");
      const current = root.querySelectorAll("li[aria-current=step]"), lit = root.querySelector("svg .is-current[data-state]");
      return root.dataset.step === String(step) && slider.value === String(step) && current.length === 1
        && (!lit || lit.dataset.state === root.dataset.state);
    },
  };
})();
