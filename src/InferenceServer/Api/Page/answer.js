// An answer as a line and bars.

import { element, percent } from "/page/page.js";

const MOST_BARS = 12;

/** Shows the best class in a line and all of them as bars. */
export function showAnswer(line, bars, result, labels) {
  const predictions = result?.predictions ?? [];
  const strange = result?.isKnown === false ? " – but this is unlike the images of training" : "";
  line.textContent = predictions.length === 0
    ? "–" : `${predictions[0].label}, ${percent(predictions[0].probability ?? 0, 1)}${strange}`;
  showBars(bars, predictions, labels);
}

/** Few classes stand in their own order, so that bars stay in their places; of many the best are shown. */
function showBars(bars, predictions, labels) {
  const few = labels.length <= MOST_BARS;
  const shown = few
    ? labels.map((label, index) => predictions.find(one => (one.index ?? 0) === index) ?? { label, probability: 0 })
    : predictions.slice(0, MOST_BARS);
  while (bars.children.length > shown.length)
    bars.lastChild.remove();
  while (bars.children.length < shown.length)
    bars.append(element("li", {},
      element("span"), element("span", { className: "track" }, element("i")), element("span", { className: "share" })));
  shown.forEach((one, index) => {
    const [name, track, share] = bars.children[index].children;
    write(name, one.label);
    // A scale is painted without a layout of the page, which a width would need.
    track.firstChild.style.transform = `scaleX(${one.probability ?? 0})`;
    write(share, predictions.length === 0 ? "" : percent(one.probability ?? 0, 1));
    bars.children[index].className = predictions.length > 0 && one.label === predictions[0].label ? "best" : "";
  });
}

/** Writes a text if it is another one. Equal texts would cost a layout of the page. */
function write(node, text) {
  if (node.textContent !== text)
    node.textContent = text;
}
