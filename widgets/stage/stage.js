// @ts-check
/**
 * The stage: draws the newest snapshot of a picture, and answers pointer and keys by look-ups in it.
 * One `render` is one view: what is lit, pinned, chosen or playing belongs to the view alone.
 */
import {
  decode,
  limitOf,
  inside,
  valueAt,
  planeOf,
  thumbnailOf,
  weightAt,
  channelsOf,
  sliceOf,
  pointsOf,
  groupsOf,
  unread,
  fill,
  floats,
} from "./lookups.js";
import { lightsOfCell, lightsOfTap } from "./highlight.js";
import { THEMES, drawPlain, drawLight, drawStrip, drawWiring, labelsIn } from "./canvas.js";
import {
  build,
  panel,
  write,
  element,
  fold,
  breakable,
  relabel,
  copy,
  noteBeside,
  isFramed,
  showFacts,
  showLegend,
  showProblem,
  themeBehind,
  mendSliders,
  sliderEnd,
  askHearing,
} from "./dom.js";
import { cellName, tapName, tellSum, tellFed, tellTap } from "./explanation.js";
import { hands } from "./editing.js";
import { walk } from "./playback.js";
import { isNarrow, layOut } from "./layout.js";

const QUIET = 250; // ms after which what is lit is said at once; of quicker moves the first and the last are said
const MOST_WIRES = 1200; // lines between channels and filters up to which they can be told apart
const ARROWS = /** @type {Record<string, number[]>} */ ({
  ArrowUp: [0, -1, 0],
  ArrowDown: [0, 1, 0],
  ArrowLeft: [0, 0, -1],
  ArrowRight: [0, 0, 1],
  PageUp: [-1, 0, 0],
  PageDown: [1, 0, 0],
});
const STRIP_STEPS = /** @type {Record<string, number>} */ ({
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  Home: -1e9,
  End: 1e9,
});

/** @param {{model: any, el: HTMLElement}} view */
function render({ model, el }) {
  const words = model.get("words");
  const ui = build(words);
  const ending = new AbortController();
  const box = () => el.closest(".cn-explorer") ?? el;
  const listen = (
    /** @type {EventTarget} */ target,
    /** @type {string} */ kind,
    /** @type {(event: any) => void} */ act,
  ) => target.addEventListener(kind, act, { signal: ending.signal });

  let zoom = 1; // of thumbnails and wiring: on a full screen they are looked at from afar
  let lastWidth = 0; // of the stage; asking the page at each draw would make it lay itself out again
  let theme = THEMES.light;
  /** @type {{key: number, values: Float32Array | null}} */ let first = { key: -1, values: null }; // the first grid's values
  /** @type {any} */ let picture = null;
  /** @type {any[]} */ let panels = [];
  /** @type {number[]} */ let chosen = []; // the channel shown of each grid
  /** @type {number[]} */ let planes = []; // the plane shown of each grid
  /** @type {number[]} */ let tapPlanes = []; // the plane shown of each kernel
  /** @type {{id: string, cell: number[]} | null} */ let lit = null;
  let started = false;
  let wired = ""; // what the wiring was drawn for
  let spoken = { shape: "", said: "" }; // the output's shape and what was lit, when they were last said
  let pinned = false;
  let leafed = false; // the reader has chosen a plane since the cell was lit: what is lit elsewhere does not take it away
  let [saying, asking] = [0, 0]; // timers
  let lastTold = 0; // when something was last lit
  /** @type {{key: string, values: Float32Array} | null} */ let fetched = null;

  const clamp = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.max(low, Math.min(value, high));
  const last = () => picture.grids.length - 1;
  /** The grid that playing walks through: the output, or where each input cell stamps the kernel, the input. */
  const walked = () => (picture.links[0]?.scatter ? 0 : last());
  const find = (/** @type {string} */ id) => panels.find((part) => part.id === id);
  const slice = (/** @type {number} */ i) => sliceOf(picture.links[i], chosen[i], chosen[i + 1]);

  /** What one panel shows: one plane of a grid's channel, or of the kernel slice that reads the channel shown. @param {any} part */
  function shown({ grid: g, link: i }) {
    if (i !== undefined) {
      const link = picture.links[i];
      const sizes = link.axes.map((/** @type {any} */ axis) => axis.taps);
      const at = (/** @type {number} */ r, /** @type {number} */ c) =>
        weightAt(link, [tapPlanes[i], r, c], slice(i), chosen[i + 1]);
      return {
        sizes,
        plane: tapPlanes[i],
        rows: sizes[1],
        columns: sizes[2],
        padding: [
          [0, 0],
          [0, 0],
        ],
        at,
        limit: link.kernel_limit,
        grey: false,
        around: [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
      };
    }
    const grid = picture.grids[g];
    const at = planeOf(grid, planes[g], chosen[g]);
    const around = model.get("reveal")
      ? grid.padding
      : [
          [0, 0],
          [0, 0],
          [0, 0],
        ]; // the padding is part of the answer
    return {
      sizes: grid.sizes,
      plane: planes[g],
      rows: grid.sizes[1],
      columns: grid.sizes[2],
      padding: around.slice(1),
      around,
      at,
      limit: grid.limit,
      grey: grid.grey,
    };
  }

  /** One panel for each grid and each kernel between them, in order; kept while their number stays. */
  function arrange() {
    const wanted = picture.grids.flatMap((/** @type {any} */ _, /** @type {number} */ g) => {
      const kernels = picture.links.slice(0, g).filter((/** @type {any} */ link) => link.kernel).length;
      const kernel =
        g > 0 && picture.links[g - 1].kernel
          ? [{ id: kernels > 1 ? `kernel${kernels - 1}` : "kernel", link: g - 1 }]
          : [];
      return [...kernel, { id: String(g), grid: g }];
    });
    if (
      wanted.map((/** @type {any} */ what) => what.id + what.link).join() !==
      panels.map((part) => part.id + part.link).join()
    ) {
      panels = wanted.map(panel);
      ui.row.replaceChildren(...panels.map((part) => part.root));
    }
    chosen = picture.grids.map((/** @type {any} */ grid, /** @type {number} */ g) =>
      clamp(chosen[g] ?? 0, 0, grid.channels - 1),
    );
    planes = picture.grids.map((/** @type {any} */ grid, /** @type {number} */ g) =>
      clamp(planes[g] ?? 0, 0, grid.sizes[0] - 1),
    );
    tapPlanes = picture.links.map((/** @type {any} */ link, /** @type {number} */ i) =>
      clamp(tapPlanes[i] ?? 0, 0, link.axes[0].taps - 1),
    );
    settle(last());
  }

  /** Choose channels before and after grid g that have to do with the one chosen there. @param {number} g */
  function settle(g) {
    for (let i = g - 1; i >= 0; i--) {
      const read = channelsOf(picture.links[i], chosen[i + 1]);
      if (!read.includes(chosen[i])) chosen[i] = read[0];
    }
    for (let i = g; i < picture.links.length; i++) {
      const link = picture.links[i];
      if (!channelsOf(link, chosen[i + 1]).includes(chosen[i]))
        chosen[i + 1] = Math.floor(link.channels.indexOf(chosen[i]) / link.fan);
    }
  }

  /** The cell size of each panel, from the room there is. */
  function layout() {
    const full = document.fullscreenElement === box() || box().classList.contains("cn-full");
    zoom = full ? Math.max(1, Math.min(window.innerWidth / 1200, 2)) : 1;
    const width = Math.max(lastWidth - 2, 200);
    el.classList.toggle("cn-narrow", isNarrow(width));
    relabel(ui.full, full ? words.full_leave : words.full);
    const sizes = panels.map((part) => {
      const {
        rows,
        columns,
        padding: [[top, bottom], [left, right]],
      } = shown(part);
      return { kernel: part.link !== undefined, rows: rows + top + bottom, columns: columns + left + right };
    });
    layOut(sizes, { width, height: window.innerHeight, full, line: picture.rank === 1 }).forEach((size, i) => {
      Object.assign(panels[i], size);
      panels[i].root.style.width = `${size.room}px`;
    });
  }

  function drawAll() {
    const { key: now, values } = model.get("first_values");
    if (now !== first.key) first = { key: now, values: floats(values) };
    const onOutput = picture !== null && lit?.id === String(last());
    picture = decode(model.get("snapshot"), first.values);
    if (onOutput && lit && picture.grids.length) lit.id = String(last()); // another view may have another grid between
    el.dataset.theme ??= themeBehind(el);
    theme = THEMES[/** @type {"light" | "dark"} */ (el.dataset.theme)];
    const any = picture.grids.length > 0;
    el.classList.toggle("cn-none", !any);
    el.classList.toggle("cn-stale", any && picture.problem !== "");
    if (any) {
      if (!started) startAt(model.get("start"));
      arrange();
      started = true;
      if (lit && !find(lit.id)) lit = null;
      if (lit) lit.cell = within(find(lit.id), lit.cell);
      if (lit) followed(lit.id, lit.cell); // the same cell of a grid of other sizes is another step
      fetched = null;
      drawGrids();
    }
    drawWords();
    el.dataset.revision = picture.revision;
    hand.next();
  }

  /** What is lit first: the cell that Python wants, or the first of the walk. @param {{cell?: number[], channel?: number}} wanted */
  function startAt({ cell, channel }) {
    lit = cell ? { id: String(last()), cell } : { id: String(walked()), cell: [0, 0, 0] };
    chosen[last()] = channel ?? 0;
  }

  /** The nearest cell that a panel has, padding included. @param {any} part @param {number[]} cell */
  function within(part, cell) {
    const { sizes, around } = shown(part);
    return cell.map((index, axis) => clamp(index, -around[axis][0], sizes[axis] + around[axis][1] - 1));
  }

  /** Pictures before words: a font set on a canvas has the browser work out every style that words have touched. */
  function drawGrids() {
    layout();
    const unreadHere = panels.map(drawPanel);
    drawSamples();
    drawWires();
    drawLit();
    panels.forEach(namePanel);
    const padded = panels.some((part) => shown(part).padding.flat().some(Boolean));
    const grey = picture.grids[0].grey && fill(words.legend_grey, { limit: picture.grids[0].limit });
    showLegend(ui, {
      window: words.legend_window,
      points: picture.links[0]?.points && words.legend_points,
      signed: words.legend_signed,
      grey,
      padding: padded && words.legend_padding,
      unread: unreadHere.some(Boolean) && words.legend_unread,
    });
  }

  /** A panel's cells and thumbnails, without what is lit. @param {any} part @returns {boolean} whether no window reads some cells */
  function drawPanel(part) {
    const view = shown(part);
    const { grid: g } = part;
    const link = picture.links[g];
    const missing = g === undefined || !link || !model.get("reveal") ? undefined : unread(link, picture.grids[g]);
    const wholly = missing?.[0].includes(view.plane)
      ? { rows: [...Array(view.rows).keys()], columns: [] }
      : missing && { rows: missing[1], columns: missing[2] };
    const key =
      g === 0
        ? [
            first.key,
            view.plane,
            chosen[0],
            part.cell,
            picture.sample,
            view.padding,
            view.sizes,
            JSON.stringify(wholly),
            el.dataset.theme,
            lastWidth,
            window.devicePixelRatio,
            picture.grids[0].channels,
            groups(0),
          ].join()
        : null;
    if (key === null || key !== part.drawn) {
      // most moves leave the input as it is
      part.drawn = key;
      const limit = g === undefined || view.grey ? view.limit : limitOf(picture.grids[g], chosen[g]);
      drawPlain(part, { ...view, limit, unread: wholly }, theme);
      drawChoosers(part, view);
    }
    return missing !== undefined && missing.some((list) => list.length > 0);
  }

  /** @param {any} part */
  function namePanel(part) {
    const { plane, rows, columns } = shown(part);
    const { grid: g, link: i } = part;
    const link = picture.links[i];
    const [name, label] = link
      ? [link.kernel_name, link.kernel_label]
      : [picture.grids[g].name, picture.grids[g].label];
    breakable(part.title, name, /(_)/);
    write(part.shape, label);
    breakable(
      part.label,
      link
        ? tapName(link, [plane, ":", ":"], slice(i), chosen[i + 1])
        : cellName(picture, g, [plane, ":", ":"], chosen[g]),
      /(^[^[]*)/,
    );
    part.frame.setAttribute("aria-label", fill(words.grid_label, { name, rows, columns }));
  }

  /** The group of each channel of grid g, where its layer has several. @param {number | undefined} g */
  function groups(g) {
    const i = picture.links.findIndex((/** @type {any} */ link) => link.kernel);
    if (g === undefined || i < 0 || (g !== i && g !== i + 1)) return undefined;
    const found = groupsOf(picture.links[i], picture.grids[i].channels);
    if (found.count === 1) return undefined;
    return g === i ? found.channels : found.filters;
  }

  /** Which channels each filter of the first layer reads. */
  function drawWires() {
    const i = picture.links.findIndex((/** @type {any} */ link) => link.kernel);
    const link = picture.links[i];
    ui.wiring.hidden = !link || picture.grids[i].channels === 1 || link.channels.length > MOST_WIRES;
    if (ui.wiring.hidden) return;
    const found = groupsOf(link, picture.grids[i].channels);
    // Near the picture once it has something to say, and there it stays: what jumps about is not read.
    if (found.count > 1 && ui.wiring.previousElementSibling !== ui.legend) ui.legend.after(ui.wiring);
    const reads = Array.from({ length: link.filters }, (_, filter) => channelsOf(link, filter));
    const key = [
      link.kernel_name,
      lastWidth,
      chosen[i + 1],
      el.dataset.theme,
      window.devicePixelRatio,
      zoom,
      ...reads,
    ].join(";");
    if (key === wired) return; // most moves leave it as it is
    wired = key;
    drawWiring(ui.wires, reads, found, chosen[i + 1], Math.min(lastWidth - 10, 1060 * zoom), theme, zoom);
    ui.wired.textContent =
      found.count === 1
        ? fill(words.wiring_all, { kernel: link.kernel_name })
        : fill(words.wiring_groups, { kernel: link.kernel_name, count: found.count, fan: link.fan });
    ui.wires.setAttribute(
      "aria-label",
      `${ui.wired.textContent} ${fill(words.wiring_filter, { filter: chosen[i + 1], channels: reads[chosen[i + 1]].join(", ") })}`,
    );
  }

  /** The thumbnails below a panel: its channels, and its planes where it has several. @param {any} part @param {any} view */
  function drawChoosers(part, view) {
    const { grid: g, link: i } = part;
    const link = picture.links[i];
    const width = part.room;
    const [count, index, what] = link
      ? [link.fan, slice(i), words.slices]
      : [picture.grids[g].channels, chosen[g], g === 0 ? words.channels : g === last() ? words.filters : words.between];
    /** @param {number} plane @param {number} n a channel, or a slice of the kernel */
    const tile = (plane, n) =>
      link
        ? (/** @type {number} */ r, /** @type {number} */ c) => weightAt(link, [plane, r, c], n, chosen[i + 1])
        : thumbnailOf(picture.grids[g], plane, n);
    drawChooser(
      part.channels,
      { ...view, tiles: Array.from({ length: count }, (_, n) => tile(view.plane, n)), groups: groups(g) },
      index,
      what,
      width,
    );
    drawChooser(
      part.planes,
      { ...view, tiles: Array.from({ length: view.sizes[0] }, (_, plane) => tile(plane, link ? slice(i) : chosen[g])) },
      view.plane,
      words.planes,
      width,
    );
  }

  /** @param {any} chooser @param {any} view @param {number} index @param {string} what @param {number} width */
  function drawChooser(chooser, view, index, what, width) {
    const count = view.tiles.length;
    chooser.root.hidden = count === 1;
    if (count === 1) return;
    const told = fill(words.chooser, { what, index, last: count - 1 });
    write(chooser.told, told);
    chooser.tiles = drawStrip(chooser.strip, view, index, width, theme, zoom);
    const values = {
      "aria-label": what,
      "aria-valuemin": 0,
      "aria-valuemax": count - 1,
      "aria-valuenow": index,
      "aria-valuetext": told,
    };
    for (const [attribute, value] of Object.entries(values)) chooser.strip.setAttribute(attribute, String(value));
  }

  function drawSamples() {
    const {
      thumbnails,
      samples,
      sample,
      grids: [{ limit, grey }],
    } = picture;
    ui.samples.root.hidden = samples === 1;
    if (samples === 1) return;
    const [count, rows, columns] = thumbnails.shape;
    const values = /** @type {Float32Array} */ (floats(thumbnails.values));
    const tiles = Array.from(
      { length: count },
      (_, n) => (/** @type {number} */ r, /** @type {number} */ c) => values[(n * rows + r) * columns + c],
    );
    drawChooser(ui.samples, { tiles, rows, columns, limit, grey }, sample, words.samples, lastWidth - 20);
    if (samples > count)
      ui.samples.told.textContent += ` ${fill(words.thumbnails_more, { shown: count, count: samples })}`;
  }

  /** Code, facts, refusal, views: all that is words. */
  function drawWords() {
    const revealed = model.get("reveal");
    el.classList.toggle("cn-hidden", !revealed);
    relabel(ui.revealing, revealed ? words.hide : words.reveal);
    breakable(ui.code, picture.code, /(\(\[|=keras\.)/);
    showFacts(ui, picture.facts);
    showProblem(ui, picture, words);
    write(ui.warning, picture.warning);
    const views = picture.views.map((/** @type {string} */ view) => [view, ...words[`view_${view}`].split(": ")]);
    if (views.length !== ui.views.querySelectorAll("button").length) {
      ui.views.replaceChildren(
        ...views.map((/** @type {string[]} */ [view, name]) =>
          element(
            "button",
            { type: "button", class: "cn-button cn-view", "data-view": view, "data-lm-suppress-shortcuts": "true" },
            name,
          ),
        ),
        element("span"),
      );
    }
    views.forEach((/** @type {string[]} */ [view, , told], /** @type {number} */ i) => {
      ui.views.children[i].setAttribute("aria-pressed", String(view === picture.view));
      if (view === picture.view) write(ui.views.lastElementChild, told);
    });
  }

  /** What is lit, in each panel, in the sum and in words. Nothing here asks Python, unless values are missing. */
  function drawLit() {
    const part = lit && find(lit.id);
    const lights = !lit
      ? null
      : part.link === undefined
        ? lightsOfCell(picture, chosen, part.grid, lit.cell)
        : lightsOfTap(picture, chosen, part.link, lit.cell);
    for (const [g, list] of lights?.grids.entries() ?? [])
      if (!leafed && part.link === undefined && g !== part.grid) bringIntoView(g, list);
    for (const panel of panels) drawLights(panel, lights);
    tellLit(part);
    steps.show();
    hand.update();
    el.dataset.lit = lit ? [lit.id, ...lit.cell].join(":") : "";
  }

  /** @param {any} part @param {any} lights of the whole picture */
  function drawLights(part, lights) {
    const { plane, padding } = shown(part);
    const all = [
      ...((part.link === undefined ? lights?.grids[part.grid] : lights?.kernels[part.link]) ?? []),
      ...(lit && part.id === lit.id ? [{ cell: lit.cell }] : []),
    ];
    const here = all
      .filter(({ cell }) => cell[0] === plane && model.get("reveal"))
      .map(({ cell, number }) => ({ row: cell[1], column: cell[2], number }));
    const labels = labelsIn(
      part.cell,
      here.flatMap(({ number }) => number ?? []),
    );
    const points =
      part.grid === 0 && model.get("reveal") ? dots().map((dot) => ({ ...dot, held: dot.index === hand.held() })) : [];
    const key = JSON.stringify([here, labels, points]);
    if (key === part.lightDrawn) return; // most moves of a slider leave it
    part.lightDrawn = key;
    drawLight(part, here, labels, padding, theme, points);
  }

  /** The sum of what is lit, and the words for who hears it. @param {any} part where it is lit, or null */
  function tellLit(part) {
    const open = [...ui.sum.querySelectorAll("details[open] > summary")].map((made) => made.textContent); // stay so while a point is dragged
    ui.sum.replaceChildren();
    const told = !lit
      ? null
      : part.link === undefined
        ? tellCell(part.grid, lit.cell)
        : tellTap(picture, words, part.link, lit.cell, chosen);
    if (told && lit) {
      for (const line of told.lines)
        ui.sum.append(
          "summary" in line
            ? fold(line.summary, line.more, open.includes(line.summary))
            : element("div", { class: `cn-line cn-${line.kind}` }, line.text),
        );
      for (const name of /** @type {("value" | "before" | "total")[]} */ (["value", "before", "total"]))
        ui.sum.dataset[name] = String(told[name] ?? "");
      if (told.missing) askWindow(part.grid, lit.cell);
    }
    if (pinned) ui.sum.append(element("div", { class: "cn-pin" }, words.pinned));
    const quiet = performance.now() - lastTold > QUIET;
    lastTold = performance.now();
    clearTimeout(saying);
    if (quiet) say(told?.said ?? "");
    else saying = window.setTimeout(() => say(told?.said ?? ""), QUIET);
  }

  /** For who hears the page: the output's shape when it is another one, then what is lit. Silent while nobody is at
   * this explorer, and while the answer is hidden. @param {string} said */
  function say(said) {
    if (!box().matches(":focus-within, :hover")) return;
    const now = model.get("reveal")
      ? { shape: `${picture.grids[last()].name} ${picture.grids[last()].label}. `, said }
      : { shape: "", said: "" };
    if (now.shape === spoken.shape && now.said === spoken.said) return;
    ui.said.textContent = (now.shape === spoken.shape ? "" : now.shape) + now.said;
    spoken = now;
  }

  /** The sampling points of the lit output cell, for the channel shown; none where the layer has none. */
  function dots() {
    const link = picture.links[0];
    if (!link?.points || lit?.id !== "1") return [];
    const {
      sizes: [, ...sizes],
      padding,
    } = shown(find("0"));
    // A point far outside is drawn at the rim, where a hand can take it back.
    const drawn = (/** @type {number[]} */ point) =>
      point.map((at, axis) => clamp(at, -padding[axis][0] - 0.3, sizes[axis] + padding[axis][1] - 0.7));
    return pointsOf(link, lit.cell, chosen[0], picture.grids[0].channels).map((dot) => ({
      ...dot,
      drawn: drawn(dot.point),
    }));
  }

  /** The sum behind a cell of grid g, or what an input cell feeds. @param {number} g @param {number[]} cell */
  function tellCell(g, cell) {
    if (g === 0 || !inside(picture.grids[g], cell))
      return tellFed(picture, words, Math.min(g, picture.links.length - 1), cell, chosen);
    const key = [picture.revision, g, ...cell, chosen[g]].join();
    return tellSum(picture, words, g, cell, chosen, fetched?.key === key ? fetched.values : null);
  }

  /** Where all that is lit in a grid lies in other planes, show the first of them. @param {number} g @param {any[]} lights */
  function bringIntoView(g, lights) {
    const known = lights.filter(({ cell }) => inside(picture.grids[g], cell));
    if (known.length && !lights.some(({ cell }) => cell[0] === planes[g])) showPlane(g, known[0].cell[0]);
  }

  /** Another plane of a grid comes into view. @param {number} g @param {number} plane */
  function showPlane(g, plane) {
    planes[g] = clamp(plane, 0, picture.grids[g].sizes[0] - 1);
    const part = find(String(g));
    drawPanel(part);
    namePanel(part);
  }

  /** @param {number} g @param {number[]} cell */
  function askWindow(g, cell) {
    clearTimeout(asking);
    asking = window.setTimeout(() => send({ window: [...cell, chosen[g]], grid: g, revision: picture.revision }), 120);
  }

  /** @param {any} answer @param {any[]} buffers */
  function answered(answer, buffers) {
    hear();
    if (answer === "heard") return;
    if (!answer.window) return hand.answered(answer, buffers);
    if (answer.revision !== picture.revision) return;
    fetched = {
      key: [answer.revision, answer.grid, ...answer.window].join(),
      values: /** @type {Float32Array} */ (floats(buffers[0])),
    };
    drawLit();
  }

  /** Light a cell. @param {string} id @param {number[]} cell */
  function light(id, cell) {
    lit = { id, cell };
    leafed = false;
    const part = find(id);
    followed(id, cell);
    if (part.link !== undefined) {
      if (tapPlanes[part.link] !== cell[0]) {
        tapPlanes[part.link] = cell[0];
        drawGrids();
        return;
      }
    } else if (cell[0] !== planes[part.grid]) showPlane(part.grid, cell[0]);
    drawLit();
  }

  /** Choose one of a panel's thumbnails. @param {any} part undefined for the samples @param {string} kind @param {number} to */
  function choose(part, kind, to) {
    if (kind === "sample") return want(clamp(to, 0, picture.thumbnails.shape[0] - 1));
    const { grid: g, link: i } = part;
    if (kind === "plane") {
      const plane = clamp(to, 0, shown(part).sizes[0] - 1);
      leafed = lit?.id !== part.id;
      if (i === undefined) planes[g] = plane;
      else tapPlanes[i] = plane;
      if (lit?.id === part.id && lit) lit.cell = [plane, lit.cell[1], lit.cell[2]];
    } else if (i === undefined) {
      chosen[g] = clamp(to, 0, picture.grids[g].channels - 1);
      settle(g);
    } else {
      chosen[i] = channelsOf(picture.links[i], chosen[i + 1])[clamp(to, 0, picture.links[i].fan - 1)];
      settle(i);
    }
    if (
      picture.grids.some(
        (/** @type {any} */ grid, /** @type {number} */ n) => valueAt(grid, [0, 0, 0], chosen[n]) === undefined,
      )
    )
      want(picture.sample);
    drawGrids();
  }

  /** Something has come from the kernel: the connection beside the stage need not say that nothing does. */
  function hear() {
    el.dataset.hears = "yes";
    el.dispatchEvent(new Event("cn-heard", { bubbles: true }));
  }

  /** Jupyter throws where the kernel is gone. The connection beside the stage hears of both. @param {() => void} act */
  function reach(act) {
    let told = "cn-sent";
    try {
      act();
    } catch {
      told = "cn-lost";
    }
    el.dispatchEvent(new Event(told, { bubbles: true }));
  }
  const send = (/** @type {any} */ content, /** @type {ArrayBuffer[]} */ buffers = []) =>
    reach(() => model.send(content, undefined, buffers));

  /** Tell Python, and the other views. @param {string} trait @param {any} value */
  const tell = (trait, value) =>
    reach(() => {
      model.set(trait, value);
      model.save_changes();
    });

  const want = (/** @type {number} */ sample) => tell("requested_channels", { sample, channels: chosen });

  /** The panel that an event happened in. @param {Event} event */
  const partOf = (event) =>
    find(/** @type {Element} */ (event.target).closest(".cn-panel")?.getAttribute("data-grid") ?? "");

  /** The panel and the cell under the pointer; null beside the cells. @param {PointerEvent} event */
  function under(event) {
    const part = /** @type {Element} */ (event.target).closest(".cn-frame") && partOf(event);
    if (!part) return null;
    const { left, top } = part.cells.getBoundingClientRect();
    const {
      plane,
      padding: [[above], [before]],
    } = shown(part);
    const cell = [
      plane,
      Math.floor((event.clientY - top) / part.cell) - above,
      Math.floor((event.clientX - left) / part.cell) - before,
    ];
    return within(part, cell).every((index, axis) => index === cell[axis]) ? { part, cell } : null;
  }

  const steps = walk({
    ui,
    words,
    listen,
    grid: () => picture.grids[walked()],
    reach: (cell) => light(String(walked()), cell),
    start: () => {
      pinned = false;
    },
  });
  const followed = (/** @type {string} */ id, /** @type {number[]} */ cell) => {
    if (id === String(walked())) steps.follow(cell);
  };
  const hand = hands({
    model,
    send,
    el,
    ui,
    words,
    listen,
    find,
    shown,
    slice,
    dots,
    light,
    under,
    partOf,
    redraw: drawLit,
    now: () => ({ picture, chosen, lit }),
  });
  const isLit = (/** @type {any} */ part, /** @type {number[]} */ cell) =>
    lit?.id === part.id && lit?.cell.join() === cell.join();

  listen(ui.row, "pointermove", (event) => {
    const at = pinned || steps.playing() || hand.dragging() || hand.painting() ? null : under(event);
    if (at && !isLit(at.part, at.cell)) light(at.part.id, at.cell);
  });
  listen(ui.row, "click", (event) => {
    const at = under(event);
    if (!at || hand.dragging()) return;
    if (hand.edits(at)) {
      pinned = !hand.paints();
      drawLit();
      return;
    } // a pinned cell stays while its number is typed
    steps.pause();
    pinned = !(pinned && isLit(at.part, at.cell));
    light(at.part.id, at.cell);
  });
  /** @param {Event} event @returns {any[] | null} the panel, the kind of strip, and the strip's chooser */
  function stripOf(event) {
    const kind = /** @type {Element} */ (event.target).closest(".cn-strip")?.getAttribute("data-kind");
    if (!kind) return null;
    const part = partOf(event);
    return [part, kind, kind === "sample" ? ui.samples : part[`${kind}s`]];
  }
  listen(el, "click", (event) => {
    const found = stripOf(event);
    if (!found) return;
    const [
      part,
      kind,
      {
        strip,
        tiles: { step, perRow },
      },
    ] = found;
    const { left, top } = strip.getBoundingClientRect();
    choose(part, kind, Math.floor((event.clientY - top) / step) * perRow + Math.floor((event.clientX - left) / step));
  });

  /** @param {KeyboardEvent} event */
  function key(event) {
    const on = /** @type {Element} */ (event.target);
    const strip = stripOf(event);
    const part = on.closest(".cn-frame") ? partOf(event) : null;
    if (event.key === "Escape" && lit) {
      steps.pause();
      pinned = false;
      lit = null;
      drawLit();
    } else if (strip && event.key in STRIP_STEPS)
      choose(strip[0], strip[1], Number(strip[2].strip.getAttribute("aria-valuenow")) + STRIP_STEPS[event.key]);
    else if (hand.key(event, part)) {
      /* done */
    } else if (part && lit?.id !== part.id && (event.key in ARROWS || event.key === "Enter")) {
      steps.pause();
      light(part.id, [shown(part).plane, 0, 0]);
    } else if (part && event.key in ARROWS && lit) {
      steps.pause();
      light(
        part.id,
        within(
          part,
          lit.cell.map((index, axis) => index + ARROWS[event.key][axis]),
        ),
      );
    } else if (part && event.key === "Home") light(part.id, [shown(part).plane, 0, 0]);
    else if (part && event.key === "End")
      light(
        part.id,
        shown(part).sizes.map((/** @type {number} */ size) => size - 1),
      );
    else if (part && event.key === "Enter") {
      pinned = !pinned;
      drawLit();
    } else if (event.key === " " && !on.closest("button, select, summary")) ui.play.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  listen(el, "keydown", key);
  listen(ui.views, "click", (event) => {
    const view = event.target.closest("[data-view]")?.dataset.view;
    if (view) {
      steps.pause();
      tell("view", view);
    }
  });
  listen(ui.revealing, "click", () => tell("reveal", !model.get("reveal")));
  listen(ui.copy, "click", () =>
    copy(ui.copy, ui.code.textContent, () => getSelection()?.selectAllChildren(ui.code), words),
  );
  listen(ui.full, "click", async () => {
    const leaving = document.fullscreenElement || box().classList.contains("cn-full");
    noteBeside(ui.full, "");
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else if (!leaving) await box().requestFullscreen();
    } catch {
      // a window is filled instead; what a frame would be filled with, it takes its height from
      if (isFramed()) return noteBeside(ui.full, words.full_refused);
    }
    box().classList.toggle("cn-full", !leaving);
    resize();
  });
  listen(document, "fullscreenchange", () => {
    if (!document.fullscreenElement) box().classList.remove("cn-full");
    resize();
  });

  function resize() {
    lastWidth = el.clientWidth;
    el.dataset.theme = themeBehind(el); // only an element on the page knows what is behind it
    drawAll();
  }
  const resized = new ResizeObserver(() => {
    if (el.clientWidth !== lastWidth) resize();
  });
  const retheme = () => {
    if (themeBehind(el) !== el.dataset.theme) resize();
  };
  const rethemed = new MutationObserver(retheme);
  for (const node of [document.documentElement, document.body]) rethemed.observe(node, { attributes: true });
  listen(matchMedia("(prefers-color-scheme: dark)"), "change", retheme);
  listen(document, "focusin", () => {
    if (el.isConnected) mend();
  });
  document.addEventListener("keydown", (event) => sliderEnd(event, box()), { signal: ending.signal, capture: true });
  model.on("change:snapshot", hear);
  model.on("change:snapshot change:reveal", drawAll);
  model.on("msg:custom", answered);

  el.classList.add("cn-stage");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", words.stage);
  el.append(...ui.all);
  resized.observe(el);
  lastWidth = el.clientWidth;
  drawAll();
  const remade = new MutationObserver(() => mendSliders(box())); // other values, or other sliders for another picture or layer
  function mend() {
    box().classList.toggle("cn-framed", isFramed());
    mendSliders(box());
    for (const controls of box().querySelectorAll(".cn-controls, .cn-side"))
      remade.observe(controls, { childList: true, subtree: true });
  }
  requestAnimationFrame(mend);
  el.dataset.hears = "no";
  askHearing(model, () => {
    if (el.dataset.hears === "no" && !ending.signal.aborted) el.dispatchEvent(new Event("cn-deaf", { bubbles: true }));
  });

  return () => {
    steps.pause();
    for (const timer of [saying, asking]) clearTimeout(timer);
    ending.abort();
    resized.disconnect();
    rethemed.disconnect();
    remade.disconnect();
    model.off("change:snapshot", hear);
    model.off("change:snapshot change:reveal", drawAll);
    model.off("msg:custom", answered);
    el.replaceChildren(); // JupyterLab keeps the element of every view that there ever was
  };
}

export default { render };
