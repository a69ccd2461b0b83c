// @ts-check
/** A page of a lesson: each of its recorded tools is fetched, its code too, when it comes near the window. */
import { fragmentOf } from "./address.js";

const NEAR = "600px";

/** @param {string} address */
const fetchJson = async (address) => (await fetch(address)).json();

/** @param {HTMLElement} place */
async function open(place) {
  const { module, at, words, texts } = /** @type {Record<string, string>} */ (place.dataset);
  const parts = [import(`../${module}`), fetchJson(at), fetchJson(words)];
  const [{ default: start }, record, said] = await Promise.all(parts);
  start(place, record, { ...JSON.parse(texts), words: said });
}

function openThoseNear(entries) {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    open(/** @type {HTMLElement} */ (target));
  }
}

const near = new IntersectionObserver(openThoseNear, { rootMargin: NEAR });
// Who has no pointer scrolls by keys what is wider than the page.
const scrolled = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    /** @type {HTMLElement} */ (target).tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
  }
});
for (const text of document.querySelectorAll("pre")) scrolled.observe(text);

for (const place of document.querySelectorAll("[data-at]")) {
  near.observe(place);
  if (fragmentOf(place.id) === null) continue;
  place.closest("details")?.setAttribute("open", "");
  place.scrollIntoView();
}
