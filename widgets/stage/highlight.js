// @ts-check
/** What is highlighted in a picture together with one cell, or with one tap of a kernel. Look-ups; nothing is drawn here. */
import {
  inside,
  valueAt,
  weightAt,
  channelsOf,
  sliceOf,
  windowOf,
  feeds,
  feedsPoints,
  pointsOf,
  pointsOfTap,
} from "./lookups.js";
import { neighbours, touched, cropBlock, followBlock, product } from "./lookups.js";

/**
 * @typedef {{cell: number[], number?: number}} Highlight a cell, and the number that is written in it meanwhile
 * @typedef {{grids: Highlight[][], kernels: Highlight[][]}} Highlights of each grid, and of each link's kernel
 */

/** @param {any} picture @returns {Highlights} */
const none = ({ grids, links }) => ({ grids: grids.map(() => []), kernels: links.map(() => []) });

/** Cells without numbers. @param {number[][]} cells */
const plainHighlights = (cells) => cells.map((cell) => ({ cell }));

/** The cells that the values at these points are made of. @param {number[][]} points */
const cellsAround = (points) => plainHighlights(points.flatMap(neighbours).map(({ cell }) => cell));

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
      const points = pointsOf(links[i], cell, channels[i], grids[i].channels).map(({ point }) => point);
      if (i === g - 1) highlights.grids[i] = cellsAround(points);
      return;
    }
    block = followBlock(links[i], cropBlock(grids[i + 1], block));
    highlights.grids[i] = plainHighlights(product(block).filter((at) => i === 0 || inside(grids[i], at)));
    const taps = i === g - 1 && links[i].scatter ? windowOf(links[i], cell).map(({ tap }) => tap) : [];
    highlights.kernels[i] = plainHighlights(taps);
  }
}

/** @param {any} picture @param {number[]} channels @param {number[]} cell @param {Highlights} highlights */
function highlightLater(picture, channels, cell, highlights) {
  const { grids, links } = picture;
  const [link] = links;
  if (!channelsOf(link, channels[1]).includes(channels[0])) return;
  const fed = fedBy(picture, 0, cell, channels[0]);
  const value = Number(valueAt(grids[0], cell, channels[0]) ?? NaN);
  highlights.grids[1] = fed.map(({ at, tap }) => {
    if (link.points || !link.kernel) return { cell: at }; // what is only moved is there already
    const weight = weightAt(link, tap, sliceOf(link, channels[0], channels[1]), channels[1]);
    return { cell: at, number: link.scatter ? weight * value : weight };
  });
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
