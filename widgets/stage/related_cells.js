// @ts-check
/** What is highlighted in a picture together with one cell, or with one tap of a kernel. Look-ups; nothing is drawn here. */
import { channelsOf, feeds, feedsPoints, inside, sliceOf, valueAt, weightAt, windowOf } from "./lookups.js";
import { cropBlock, followBlock, neighbours, pointsOf, pointsOfTap, product, touched } from "./lookups.js";

/**
 * @typedef {{cell: number[], number?: number, weight?: number, part?: number}} Highlight a cell, the number that is written in it
 *   meanwhile, the weight that its value is multiplied by, and what the newest stamp has added to it
 * @typedef {{grids: Highlight[][], kernels: Highlight[][]}} Highlights of each grid, and of each link's kernel
 */

/** @param {any} picture @returns {Highlights} */
const none = ({ grids, links }) => ({ grids: grids.map(() => []), kernels: links.map(() => []) });

/** Cells without numbers. @param {number[][]} cells */
const plainHighlights = (cells) => cells.map((cell) => ({ cell }));

/** Each cell once: where two taps meet in one, their numbers are added. @param {Highlight[]} highlights */
function joinTaps(highlights) {
  /** @type {Map<string, Highlight>} */ const cells = new Map();
  for (const { cell, number } of highlights) {
    const before = cells.get(cell.join())?.number;
    const both = before === undefined || number === undefined ? number : before + number;
    cells.set(cell.join(), { cell, number: both });
  }
  return [...cells.values()];
}

/** The cells that the values at these points are made of. @param {number[][]} points */
const cellsAround = (points) => joinTaps(plainHighlights(points.flatMap(neighbours).map(({ cell }) => cell)));

/** The later cells that an earlier cell feeds: through taps, or through points beside it. @param {any} picture @param {number} i
 * the link @param {number[]} cell @param {number} channel */
export function fedBy({ grids, links }, i, cell, channel) {
  const [link, earlier, later] = [links[i], grids[i], grids[i + 1]];
  const fed = link.points ? feedsPoints(link, earlier, later, cell, channel) : feeds(link, earlier, cell);
  return fed.filter(({ at }) => inside(later, at));
}

/** All that a cell of grid g is made from, back to the first grid, and for a cell of the first grid all that it feeds.
 * @param {any} picture @param {number[]} channels that of each grid @param {number} g @param {number[]} cell */
export function highlightsOfCell(picture, channels, g, cell) {
  const highlights = none(picture);
  highlightEarlier(picture, channels, g, cell, highlights);
  if (g === 0 && picture.links.length) highlightLater(picture, channels, cell, highlights);
  return highlights;
}

/** @param {any} picture @param {number[]} channels @param {number} g @param {number[]} cell @param {Highlights} highlights */
function highlightEarlier({ grids, links }, channels, g, cell, highlights) {
  let block = cell.map((index) => [index]);
  for (let i = g - 1; i >= 0; i--) {
    if (links[i].points) {
      const points = pointsOf(links[i], cell, channels[i], grids[i].channels);
      if (i !== g - 1) return;
      highlights.grids[i] = cellsAround(points.map(({ point }) => point));
      highlights.kernels[i] = plainHighlights(points.map(({ tap }) => tap));
      return;
    }
    const seen = ({ cell: at }) => i === 0 || inside(grids[i], at);
    const reads = i === g - 1 && inside(grids[g], cell) ? windowOf(links[i], cell) : [];
    const read = links[i].kernel && channelsOf(links[i], channels[g]).includes(channels[i]);
    block = followBlock(links[i], cropBlock(grids[i + 1], block));
    const cells = plainHighlights(product(block));
    const weight = (tap) => weightAt(links[i], tap, sliceOf(links[i], channels[i], channels[g]), channels[g]);
    const weighted = () => reads.map(({ at, tap }) => ({ cell: at, weight: weight(tap) }));
    highlights.grids[i] = (reads.length && read ? weighted() : cells).filter(seen);
    highlights.kernels[i] = plainHighlights(reads.map(({ tap }) => tap));
  }
}

/** @param {any} picture @param {number[]} channels @param {number[]} cell @param {Highlights} highlights */
function highlightLater(picture, channels, cell, highlights) {
  const { grids, links } = picture;
  const [link] = links;
  if (!channelsOf(link, channels[1]).includes(channels[0])) return;
  const fed = fedBy(picture, 0, cell, channels[0]);
  const value = Number(valueAt(grids[0], cell, channels[0]) ?? NaN);
  const reached = fed.map(({ at, tap }) => {
    if (link.points || !link.kernel) return { cell: at }; // what is only moved is there already
    const weight = weightAt(link, tap, sliceOf(link, channels[0], channels[1]), channels[1]);
    return { cell: at, number: link.scatter ? weight * value : weight };
  });
  highlights.grids[1] = joinTaps(reached);
  highlights.kernels[0] = plainHighlights(fed.map(({ tap }) => tap));
  const indices = cell.map((index) => [index]);
  let block = followBlock(link, indices, true);
  for (let i = 1; i < links.length && fed.length && !link.points; i++) {
    block = followBlock(links[i], cropBlock(grids[i], block), true);
    highlights.grids[i + 1] = plainHighlights(product(block).filter((at) => inside(grids[i + 1], at)));
  }
}

/** All that a tap of a link's kernel reads, or in a scatter writes.
 * @param {any} picture @param {number[]} channels @param {number} i @param {number[]} tap */
export function highlightsOfTap(picture, channels, i, tap) {
  const { grids, links } = picture;
  const link = links[i];
  const highlights = none(picture);
  highlights.grids[link.scatter ? i + 1 : i] = link.points
    ? cellsAround(pointsOfTap(link, grids[i + 1], tap, channels[i], grids[i].channels))
    : plainHighlights(product(touched(link, tap)));
  return highlights;
}
