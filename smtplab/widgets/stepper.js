// The stepper in a notebook: unpacks what Python drew, once, and steps through it here. (page.js stands above.)

export default () => {
  let unpacked = null; // one for all views of a widget
  let at = 0; // a view that is made anew (a moved cell, a second view) stands where the last one stood

  return {
    initialize({ model }) {
      model.on("change:packed", () => { unpacked = null; });
    },
    async render({ model, el }) {
      let stepper = null, gone = false;
      const show = async () => {
        let doc;
        try {
          doc = await (unpacked ??= unpack(model.get("packed")));
        } catch (error) {
          el.textContent = `This stepper cannot be shown by this browser: ${error}. The text of the session is in the cell's output.`;
          return;
        }
        if (gone) return;
        if (stepper) { at = stepper.at(); stepper.close(); }
        el.innerHTML = doc.shell;
        stepper = mount(el.firstElementChild, doc, { at });
      };
      model.on("change:packed", show);
      await show();
      return () => {
        gone = true;
        model.off("change:packed", show);
        if (stepper) { at = stepper.at(); stepper.close(); stepper = null; }
      };
    },
  };
};
