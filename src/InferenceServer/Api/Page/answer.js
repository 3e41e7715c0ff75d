// An answer as a line and bars.

import { element, percent } from "/page/page.js";

const MOST_BARS = 12;
/** Characters of a name that needs smaller letters. */
const LONG = 24;

/** Shows the best class in a line and all of them as bars. */
export function showAnswer(line, bars, result, labels) {
  const predictions = result?.predictions ?? [];
  const strange = result?.isKnown === false ? " – but this is unlike the images of training" : "";
  const label = predictions[0]?.label ?? "";
  const text = predictions.length === 0 ? "–" : `, ${percent(predictions[0].probability ?? 0, 1)}${strange}`;
  // A name that is written from right to left leaves the figure in its place.
  if (line.textContent !== label + text)
    line.replaceChildren(element("bdi", {}, label), text);
  line.classList.toggle("long", label.length > LONG);
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
    bars.append(element("li", {}, element("span", { className: "name", dir: "auto" }),
      element("span", { className: "track" }, element("i")), element("span", { className: "share" })));
  shown.forEach((one, index) => {
    const [name, track, share] = bars.children[index].children;
    if (name.title !== one.label)
      name.title = name.textContent = one.label;
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
