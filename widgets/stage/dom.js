// @ts-check
/** The parts of the stage before anything is drawn on them, and what it has to know of the page around it. */

export const ICONS = {
  first: "M3 3v10M13 3L5 8l8 5z",
  back: "M12 3L4 8l8 5z",
  play: "M4 2l10 6-10 6z",
  pause: "M4 3v10h3V3zM9 3v10h3V3z",
  forward: "M4 3l8 5-8 5z",
  last: "M13 3v10M3 3l8 5-8 5z",
};

/** @param {string} tag @param {Record<string, any>} attributes @param {(Node | string)[]} children @returns {any} */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** @param {string} path */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 16 16",
    width: "16",
    height: "16",
    "aria-hidden": "true",
  }))
    svg.setAttribute(name, value);
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** A button that Jupyter's own shortcuts leave alone. @param {string} name @param {string} label @param {(Node | string)[]} children */
export function button(name, label, ...children) {
  return element(
    "button",
    {
      type: "button",
      class: `cn-button cn-${name}`,
      "aria-label": label,
      title: label,
      "data-lm-suppress-shortcuts": "true",
    },
    ...children,
  );
}

/** Write a text; one that stands there already costs the page nothing. @param {HTMLElement} place @param {string} text */
export function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** Write a text that may go on in the next line behind what the group finds. @param {HTMLElement} place @param {string} text @param {RegExp} after one group */
export function breakable(place, text, after) {
  if (place.textContent !== text)
    place.replaceChildren(...text.split(after).flatMap((part, i) => (i % 2 ? [part, element("wbr")] : [part])));
}

/** Give a button another face and name. @param {HTMLElement} made @param {string} label @param {Node} [face] */
export function relabel(made, label, face) {
  if (made.title === label && !face) return;
  made.replaceChildren(face ?? label);
  made.setAttribute("aria-label", label);
  made.title = label;
}

/** A line of thumbnails to choose from, with what is chosen above it. @param {string} kind what it chooses: "channel", "plane" or "sample" */
export function chooser(kind) {
  const strip = element("canvas", {
    class: "cn-strip",
    role: "slider",
    tabindex: "0",
    "data-lm-suppress-shortcuts": "true",
    "data-kind": kind,
  });
  const told = element("span");
  return {
    root: element("div", { class: `cn-chooser cn-${kind}s` }, told, strip),
    told,
    strip,
    tiles: { step: 30, perRow: 1 },
  };
}

/** One grid, or one slice of a kernel: its heading, its canvas (and that without what is lit, never shown: each canvas
 * on a page costs the browser a layer in every frame), its choosers. @param {{id: string, link?: number, grid?: number}} what */
export function panel(what) {
  const cells = element("canvas", { class: "cn-cells" });
  const plain = element("canvas");
  const title = element("div", { class: "cn-title" });
  const shape = element("div", { class: "cn-shape" });
  const label = element("div", { class: "cn-label" });
  const frame = element(
    "div",
    { class: "cn-frame", role: "application", tabindex: "0", "data-lm-suppress-shortcuts": "true" },
    cells,
  );
  const [planes, channels] = [chooser("plane"), chooser("channel")];
  const kind = what.link === undefined ? "grid" : "kernel";
  const root = element(
    "section",
    { class: `cn-panel cn-panel-${kind}`, "data-grid": what.id },
    title,
    shape,
    frame,
    label,
    planes.root,
    channels.root,
  );
  return { ...what, root, title, shape, label, frame, cells, plain, planes, channels, cell: 10 };
}

/** Everything on the stage but the panels, once. @param {any} words */
export function build(words) {
  const ui = {
    code: element("code", { class: "cn-code" }),
    copy: button("copy", words.copy, words.copy),
    revealing: button("reveal", words.hide, words.hide),
    full: button("full", words.full, words.full),
    views: element("div", { class: "cn-views", role: "group", "aria-label": words.views }),
    problem: element("div", { class: "cn-problem", role: "alert" }),
    warning: element("div", { class: "cn-warning", role: "alert" }),
    predict: element("div", { class: "cn-predict" }, words.predict),
    samples: chooser("sample"),
    row: element("div", { class: "cn-panels" }),
    legend: element("div", { class: "cn-legend" }),
    wires: element("canvas", { class: "cn-wires", role: "img" }),
    wired: element("div", { class: "cn-wired" }),
    wiring: element("div", { class: "cn-wiring" }),
    first: button("first", words.first, icon(ICONS.first)),
    back: button("back", words.back, icon(ICONS.back)),
    play: button("play", words.play, icon(ICONS.play)),
    forward: button("forward", words.forward, icon(ICONS.forward)),
    last: button("last", words.last, icon(ICONS.last)),
    position: element("input", {
      type: "range",
      class: "cn-position",
      min: "0",
      value: "0",
      "aria-label": words.position,
      "data-lm-suppress-shortcuts": "true",
    }),
    where: element("span", { class: "cn-where" }),
    speed: element(
      "select",
      { class: "cn-speed", "aria-label": words.speed, "data-lm-suppress-shortcuts": "true" },
      ...words.speeds.map((/** @type {string} */ text, /** @type {number} */ i) =>
        element("option", { value: i }, text),
      ),
    ),
    edit: button("edit", words.edit, words.edit),
    of: element("span", { class: "cn-of" }),
    field: element("input", {
      type: "text",
      inputmode: "decimal",
      size: "8",
      class: "cn-field",
      "data-lm-suppress-shortcuts": "true",
    }),
    fill: button("fill", words.fill, words.fill),
    clear: button("clear", words.clear, words.clear),
    undo: button("undo", words.undo, words.undo),
    own: button("own", words.own, words.own),
    file: element("input", {
      type: "file",
      accept: ".png,.jpg,.jpeg,.webp",
      class: "cn-file",
      "aria-label": words.own,
      hidden: "",
    }),
    png: button("png", words.png, words.png),
    gif: button("gif", words.gif, words.gif),
    state: button("state", words.state, words.state),
    progress: element("progress", { class: "cn-progress", max: "1", "aria-label": words.progress, hidden: "" }),
    text: element("textarea", {
      class: "cn-text",
      rows: "2",
      readonly: "",
      "aria-label": words.state_label,
      "data-lm-suppress-shortcuts": "true",
      hidden: "",
    }),
    editor: element("span", { class: "cn-editor", hidden: "" }),
    facts: element("div", { class: "cn-facts", role: "list" }),
    sum: element("div", { class: "cn-sum" }),
    said: element("div", { class: "cn-said", role: "status", "aria-live": "polite" }),
  };
  ui.speed.value = "1";
  ui.wiring.append(ui.wired, ui.wires);
  const transport = element(
    "div",
    { class: "cn-transport" },
    ui.first,
    ui.back,
    ui.play,
    ui.forward,
    ui.last,
    ui.position,
    ui.where,
    ui.speed,
  );
  const bar = element("div", { class: "cn-bar" }, ui.code, ui.copy, ui.revealing, ui.full);
  const below = element("div", { class: "cn-below" }, ui.sum, ui.facts);
  ui.editor.append(ui.of, ui.field, ui.fill, ui.clear, ui.undo);
  const tools = element(
    "div",
    { class: "cn-tools", role: "group", "aria-label": words.tools },
    ui.edit,
    ui.editor,
    ui.own,
    ui.file,
    ui.png,
    ui.gif,
    ui.state,
    ui.progress,
    ui.text,
  );
  return {
    ...ui,
    below,
    all: [
      bar,
      ui.problem,
      ui.warning,
      ui.predict,
      ui.views,
      ui.samples.root,
      ui.row,
      ui.legend,
      transport,
      below,
      ui.wiring,
      tools,
      ui.said,
    ],
  };
}

/** Text that is made only when it is asked for. @param {string} summary @param {() => string} text @param {boolean} open from the start */
export function fold(summary, text, open = false) {
  const details = element(
    "details",
    { class: "cn-fold" },
    element("summary", { "data-lm-suppress-shortcuts": "true" }, summary),
  );
  const lines = () =>
    element(
      "pre",
      {},
      ...text()
        .split("\n")
        .map((line) => element("div", {}, line)),
    );
  details.addEventListener("toggle", () => {
    if (details.open && details.childNodes.length === 1) details.append(lines());
  });
  if (open) details.append(lines());
  details.open = open;
  return details;
}

/** The facts as rows; only what changed is written. @param {any} ui @param {string[][]} facts label and text of each */
export function showFacts(ui, facts) {
  const rows = facts.map(([label]) => label).join();
  if (rows !== ui.facts.dataset.rows) {
    ui.facts.replaceChildren(
      ...facts.map(() => element("div", { class: "cn-fact", role: "listitem" }, element("span"), element("span"))),
    );
    ui.facts.dataset.rows = rows;
  }
  facts.forEach((texts, i) => texts.forEach((text, j) => write(ui.facts.children[i].children[j], text)));
}

/** What the picture's colours and patterns mean. @param {any} ui @param {Record<string, string | false>} meanings by kind; those with a text are told */
export function showLegend(ui, meanings) {
  const told = Object.entries(meanings).filter(([, text]) => text);
  if (told.map(([, text]) => text).join() === [...ui.legend.children].map((key) => key.textContent).join()) return;
  ui.legend.replaceChildren(
    ...told.map(([kind, text]) =>
      element(
        "span",
        { class: "cn-key" },
        element("i", { class: `cn-swatch cn-swatch-${kind}`, "aria-hidden": "true" }),
        /** @type {string} */ (text),
      ),
    ),
  );
}

/** Whether the page is a frame in another one, whose height may follow from what is in it, and which may forbid much. */
export const isFramed = () => window !== window.top;

/** Say something beside a button; "" takes it away. @param {HTMLElement} made @param {string} text */
export function noteBeside(made, text) {
  const next = made.nextElementSibling;
  if (next?.classList.contains("cn-note")) next.remove();
  if (text) made.after(element("span", { class: "cn-note", role: "alert" }, text));
}

/** Copy a text, and say beside the button whether that was allowed. @param {HTMLElement} made @param {string} text
 * @param {() => void} select marks the text, so that the reader can copy it @param {any} words */
export async function copy(made, text, select, words) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // a frame that may not, or a page on plain http
    select();
    done = document.execCommand("copy");
  }
  noteBeside(made, done ? "" : words.copy_refused);
  if (!done) return;
  made.textContent = words.copied;
  setTimeout(() => {
    made.textContent = made.title;
  }, 1500);
}

/** Why there is no output, in Keras' words or in ours, and what to change. @param {any} ui @param {any} picture @param {any} words */
export function showProblem(ui, picture, words) {
  ui.problem.replaceChildren();
  if (!picture.problem) return;
  ui.problem.append(
    element("strong", {}, picture.whole_problem ? words.refused : words.no_output),
    element("div", { class: "cn-words" }, picture.problem),
    element("div", { class: "cn-advice" }, picture.advice),
  );
  if (!picture.problem.endsWith(picture.whole_problem))
    ui.problem.append(fold(words.whole_problem, () => picture.whole_problem));
  ui.problem.append(element("div", {}, picture.grids.length ? words.stale : words.empty));
}

/** "dark" or "light": from the colour that the page really has behind the stage; where it has none, from the theme that
 * Colab's page names, before that of the system. @param {Element} el */
export function themeBehind(el) {
  for (let node = /** @type {Element | null} */ (el); node; node = node.parentElement) {
    const [r, g, b, a = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    if (a > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
  }
  const named = document.documentElement.getAttribute("theme");
  return named === "dark" || named === "light"
    ? named
    : matchMedia("(prefers-color-scheme: dark)").matches
      ? "dark"
      : "light";
}

/** Sliders come without an accessible name, their numbers without a role too, one that cannot be moved does not say
 * so, and Notebook 7 takes the arrow keys away: mend all of it. Those of ipywidgets 7 (jQuery UI) do not even say that
 * they are sliders, nor where they stand.
 * @param {Element} box */
export function mendSliders(box) {
  for (const slider of box.querySelectorAll(".widget-slider, .widget-hslider")) {
    const name = slider.querySelector(".widget-label")?.textContent ?? "";
    const value = slider.querySelector(".widget-readout")?.textContent ?? "";
    for (const handle of slider.querySelectorAll(".noUi-handle, .ui-slider-handle, .widget-readout")) {
      if (handle.getAttribute("aria-label") !== name) handle.setAttribute("aria-label", name);
      handle.setAttribute("data-lm-suppress-shortcuts", "true");
      handle.setAttribute("aria-disabled", String(slider.querySelector("[disabled], .ui-slider-disabled") !== null));
      if (handle.hasAttribute("contenteditable")) handle.setAttribute("role", "textbox");
    }
    for (const handle of slider.querySelectorAll(".ui-slider-handle")) {
      const told = { role: "slider", "aria-valuenow": value, "aria-valuetext": value };
      for (const [attribute, text] of Object.entries(told)) handle.setAttribute(attribute, text);
    }
  }
}

/** "End" goes to the last value that a slider has now: noUiSlider itself goes to the one that it was made with.
 * @param {KeyboardEvent} event @param {Element} box */
export function sliderEnd(event, box) {
  const handle = /** @type {Element} */ (event.target).closest?.(".noUi-handle");
  const target = /** @type {any} */ (handle?.closest(".noUi-target:not([disabled])"));
  if (event.key !== "End" || !target?.noUiSlider || !box.contains(target)) return;
  event.preventDefault();
  event.stopPropagation(); // or the slider's own answer would come after ours
  target.noUiSlider.set(Number(handle?.getAttribute("aria-valuemax")));
}

/** Where a module took longer than 2 s to load, anywidget hands over no message of the kernel, for good. Ask for one;
 * `then` is called when it must be here, which is after the kernel was idle again. Colab's page says "idle" when it has
 * sent a message: that is no word of the kernel's. @param {any} model @param {() => void} then */
export function askHearing(model, then) {
  const status = (/** @type {any} */ { header, content }) => {
    if (header && content.execution_state === "idle") setTimeout(then, 500);
  };
  try {
    model.send("heard?", { iopub: { status } });
  } catch {
    /* no kernel: nothing will be missed */
  }
}
