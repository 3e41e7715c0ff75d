// The parts that all pages share: numbers, tables, charts as SVG, matrices of mistakes, pictures on canvas.
// Text reaches a page through text nodes and attributes only, and styles through the style object.

const SVG = "http://www.w3.org/2000/svg";

/** The page's data, from its one block of JSON. */
export const data = () => JSON.parse(document.getElementById("data").textContent);

export const number = (value, digits = 0) => value == null || !Number.isFinite(Number(value)) ? "–"
  : Number(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const percent = (share, digits = 2) =>
  share == null || !Number.isFinite(Number(share)) ? "–" : `${number(100 * share, digits)}\u00a0%`;

export const duration = seconds => seconds < 120 ? `${number(seconds, 1)}\u00a0s`
  : seconds < 7200 ? `${number(seconds / 60, 1)}\u00a0min` : `${number(seconds / 3600, 1)}\u00a0h`;

export const count = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

/** An element with properties, data-* and aria-* attributes and children; null children are left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    if (name.includes("-") || name === "role" || name === "scope" || name === "for")
      made.setAttribute(name, value);
    else if (value !== undefined)
      made[name] = value;
  made.append(...children.flat(Infinity).filter(child => child != null));
  return made;
}

function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    made.setAttribute(name, typeof value === "number" ? Math.round(value * 10) / 10 : value);
  made.append(...children);
  return made;
}

/** A path with places to break its line after each separator, so that no word is cut. */
export const breakable = text => text.split(/(?<=[/\\_\-.])/).flatMap((part, index) => index ? [element("wbr"), part] : [part]);

/** Names and values as tiles. */
export const figures = pairs => element("dl", { className: "figures" },
  pairs.filter(pair => pair).map(([value, name]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));

/** A table in a box that scrolls. Columns are texts, or {text, n: numbers}; cells are texts, nodes, or {text, best, node}. */
export function table(columns, rows, caption) {
  const heads = columns.map(column => typeof column === "string" ? { text: column } : column);
  const cell = (value, index) => {
    const name = [heads[index].n ? "n" : "", value?.best ? "best" : ""].join(" ").trim();
    const content = value?.node ?? value?.text ?? value ?? "–";
    return index === 0
      ? element("th", { scope: "row", className: name }, content)
      : element("td", value?.best ? { className: name, title: "best of this column" } : { className: name }, content);
  };
  const head = element("tr", {}, heads.map(column => element("th", { scope: "col", className: column.n ? "n" : "" }, column.text)));
  const body = rows.map(row => element("tr", {}, row.map(cell)));
  return scroll(element("table", {},
    caption ? element("caption", {}, caption) : null, element("thead", {}, head), element("tbody", {}, body)), caption ?? "table");
}

/** A box that scrolls sideways, also by keys when its content is wider. */
export function scroll(content, label) {
  const box = element("div", { className: "scroll" }, content);
  const reach = () => {
    if (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight)
      return ["tabindex", "role", "aria-label"].forEach(name => box.removeAttribute(name));
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
  };
  new ResizeObserver(reach).observe(box);
  return box;
}

/** Keys and values of an object as a table; nothing for an empty object. */
export const settings = (values, caption) => Object.keys(values).length === 0 ? null
  : element("table", {}, element("caption", {}, caption), element("tbody", {},
    Object.entries(values).map(([key, value]) =>
      element("tr", {}, element("th", { scope: "row" }, breakable(key)), element("td", {}, breakable(value))))));

// Charts. An axis is {title, percent, log, whole, names, labeled}; a series is {name, color, points, line, unlisted, faint}
// with points {x, y, low, high, note}.

const position = (axis, value) => axis.log ? Math.log10(value) : value;
const takes = (axis, value) => value != null && Number.isFinite(Number(value)) && (!axis.log || value > 0);

/** A value as the label of an axis with that distance between its ticks. */
export function tickLabel(axis, value, step) {
  if (axis.names)
    return axis.names[value] ?? "";
  const shown = axis.percent ? 100 * value : value;
  if ((axis.log || axis.labeled) && !axis.percent)
    return shown === 0 || (Math.abs(shown) >= 1e-4 && Math.abs(shown) < 1e6)
      ? shown.toLocaleString("en-US", { maximumFractionDigits: 6 }) : shown.toExponential().replace("e+", "e");
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(axis.percent ? 100 * step : step) - 1e-9)));
  return number(shown, decimals) + (axis.percent ? "\u00a0%" : "");
}

/** Round values within the range, about as many as asked for, and the distance between them. */
export function ticks(axis, low, high, wanted) {
  if (axis.names)
    return [axis.names.map((_, index) => index), 1];
  if (axis.labeled)
    return [axis.labeled, Math.min(...axis.labeled.slice(1).map((value, index) => value - axis.labeled[index]), high - low)];
  const decades = axis.log ? decadeTicks(low, high, wanted) : [];
  if (decades.length > 2)
    return [decades, low];
  const rough = (high - low) / Math.max(1, wanted);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  let step = magnitude * [1, 2, 5, 10].find(factor => rough / magnitude <= factor + 1e-9);
  if (axis.whole)
    step = Math.max(1, Math.round(step));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return [Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step), step];
}

function decadeTicks(low, high, wanted) {
  const decades = Math.log10(high / low);
  const digits = decades < 1.1 ? [1, 2, 3, 5, 7] : decades < 3 ? [1, 2, 5] : [1];
  const skip = Math.max(1, Math.ceil(decades / Math.max(1, wanted)));
  const found = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++)
    if (digits.length > 1 || exponent % skip === 0)
      found.push(...digits.map(digit => digit * 10 ** exponent).filter(value => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)));
  return found;
}

function span(axis, values, padding) {
  if (axis.names)
    return [-0.5, axis.names.length - 0.5];
  const [least, most] = [position(axis, Math.min(...values)), position(axis, Math.max(...values))];
  const single = least === most;
  const margin = !single ? (most - least) * padding
    : Math.max(Math.abs(most) * 0.05, axis.whole ? 1 : axis.log ? 0.05 : most === 0 ? 1e-3 : 0);
  // A single value tells no range, least of all one below zero.
  let low = single && least >= 0 && !axis.log ? Math.max(least - margin, 0) : least - margin;
  let high = most + margin;
  if (axis.percent)
    [low, high] = [Math.max(low, 0), Math.min(high, 1)];
  return axis.log ? [10 ** low, 10 ** high] : [low, high];
}

const DASHES = ["", "7 3", "2 3", "9 3 2 3", "5 2 1 2 1 2", "12 4", "1 2", ""];

let charts = 0;

/** A chart as a figure: caption, legend, drawing in the box's own width, and its values as a table. Its mark(x) marks a place. */
export function chart(spec) {
  const series = spec.series.map(one => ({ color: 0, line: true, name: "", ...one })).map(one => ({
    ...one,
    points: one.points.filter(point => takes(spec.x, point.x) && takes(spec.y, point.y)).map(point => within(spec.y, point)),
  }));
  const listed = series.filter(one => !one.unlisted && one.points.length > 0 && one.name);
  const figure = element("figure", { className: "chart" }, element("figcaption", {}, spec.title));
  if (listed.length > 0)
    figure.append(element("div", { className: "legend" }, listed.map(one => element("span", {}, key(one), one.name))));
  if (series.every(one => one.points.length === 0)) {
    figure.append(element("p", { className: "none" }, "no values"));
    figure.mark = () => { };
    return figure;
  }
  const id = `chart${++charts}`;
  const box = element("div");
  let shown = 0;
  let marked = null;
  const redraw = width => {
    const wanted = Math.max(260, Math.round(width || 560));
    if (wanted === shown)
      return;
    shown = wanted;
    box.replaceChildren(draw(spec, series, wanted, id));
    box.firstChild.mark(marked);
  };
  figure.mark = x => box.firstChild.mark(marked = x);
  redraw(0);
  new ResizeObserver(entries => entries[0].contentRect.width > 0 && redraw(entries[0].contentRect.width)).observe(box);
  figure.append(box, values(spec, series));
  return figure;
}

function within(axis, point) {
  const known = takes(axis, point.low) && takes(axis, point.high);
  const cut = value => known ? (axis.percent ? Math.min(1, Math.max(0, value)) : Number(value)) : null;
  return { ...point, x: Number(point.x), y: Number(point.y), low: cut(point.low), high: cut(point.high) };
}

function key(one) {
  const color = `var(--s${one.color})`;
  const mark = one.line
    ? drawn("line", { x1: 0, x2: 22, y1: 5, y2: 5, stroke: color, "stroke-width": 2.5, "stroke-dasharray": DASHES[one.color] })
    : drawn("circle", { cx: 11, cy: 5, r: 4.5, fill: color });
  return drawn("svg", { viewBox: "0 0 22 10", "aria-hidden": "true" }, mark);
}

function draw(spec, series, width, id) {
  const height = spec.height ?? Math.round(Math.min(320, Math.max(230, width * 0.56)));
  const points = series.flatMap(one => one.points);
  const [xLow, xHigh] = span(spec.x, points.map(point => point.x), series.every(one => one.line) ? 0 : 0.05);
  const [yLow, yHigh] = span(spec.y, points.flatMap(point => [point.y, point.low, point.high]).filter(value => takes(spec.y, value)), 0.06);
  const [yTicks, yStep] = ticks(spec.y, yLow, yHigh, 5);
  const yLabels = yTicks.map(tick => tickLabel(spec.y, tick, yStep));
  const left = 32 + 7 * Math.max(...yLabels.map(label => label.length), 1);
  const top = 10;
  const [xTicks, xStep] = ticks(spec.x, xLow, xHigh, Math.max(2, Math.floor((width - left) / 80)));
  const xLabels = xTicks.map(tick => String(tickLabel(spec.x, tick, xStep)));
  const longest = 6.6 * Math.max(...xLabels.map(label => label.length), 1);
  const right = spec.x.names ? 16 : Math.max(16, longest / 2 + 2);
  const slanted = spec.x.names && longest > (width - left - right) / xTicks.length;
  const bottom = slanted ? 40 + Math.min(90, longest * 0.6) : 42;
  const scale = (axis, low, high, from, to) => value =>
    from + (to - from) * (position(axis, value) - position(axis, low)) / (position(axis, high) - position(axis, low));
  const x = scale(spec.x, xLow, xHigh, left, width - right);
  const y = scale(spec.y, yLow, yHigh, height - bottom, top);
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${Math.round(height)}`, role: "img", "aria-labelledby": `${id}-title ${id}-text` },
    drawn("title", { id: `${id}-title` }, spec.title), drawn("desc", { id: `${id}-text` }, description(spec, series)));
  const grid = (x1, y1, x2, y2) => svg.append(drawn("line", { x1, y1, x2, y2, stroke: "var(--grid)" }));
  yTicks.forEach((tick, index) => {
    grid(left, y(tick), width - right, y(tick));
    svg.append(drawn("text", { x: left - 7, y: y(tick) + 4, "text-anchor": "end" }, yLabels[index]));
  });
  xTicks.forEach((tick, index) => {
    grid(x(tick), top, x(tick), height - bottom);
    const at = { x: x(tick), y: height - bottom + 17, "text-anchor": slanted ? "end" : "middle" };
    if (slanted)
      at.transform = `rotate(-35 ${Math.round(x(tick))} ${Math.round(height - bottom + 12)})`;
    svg.append(drawn("text", at, xLabels[index]));
  });
  svg.append(
    drawn("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, spec.x.title),
    drawn("text", { transform: `translate(13 ${Math.round((top + height - bottom) / 2)}) rotate(-90)`, "text-anchor": "middle" },
      spec.y.title));
  for (const one of [...series].sort((a, b) => Number(!!b.faint) - Number(!!a.faint)))
    drawSeries(svg, one, x, y);
  if (points.length <= 400)
    for (const one of series)
      for (const point of one.points)
        svg.append(drawn("circle", { cx: x(point.x), cy: y(point.y), r: 8, class: "tip" }, drawn("title", {}, note(spec, one, point))));
  svg.mark = value => {
    svg.querySelector(".mark")?.remove();
    if (takes(spec.x, value))
      svg.append(drawn("line", { class: "mark", x1: x(value), x2: x(value), y1: top, y2: height - bottom }));
  };
  return svg;
}

function drawSeries(svg, one, x, y) {
  const color = `var(--s${one.color})`;
  const ranges = one.points.filter(point => point.low != null);
  const at = point => `${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`;
  if (one.line && ranges.length > 1) {
    const edge = (points, end) => points.map(point => `${x(point.x).toFixed(1)} ${y(point[end]).toFixed(1)}`);
    const outline = [...edge(ranges, "high"), ...edge([...ranges].reverse(), "low")].join("L");
    const band = drawn("path", { d: `M${outline}Z`, stroke: "none" });
    band.style.fill = color;
    band.style.fillOpacity = one.faint ? 0.06 : 0.16;
    svg.append(band);
  } else {
    for (const point of ranges)
      svg.append(drawn("line",
        { x1: x(point.x), x2: x(point.x), y1: y(point.low), y2: y(point.high), stroke: color, "stroke-width": 1.5 }));
  }
  if (one.line && one.points.length > 1)
    svg.append(drawn("path", {
      d: `M${one.points.map(at).join("L")}`, stroke: color, "stroke-width": one.faint ? 1 : 2, "stroke-linejoin": "round",
      "stroke-dasharray": DASHES[one.color], "stroke-opacity": one.faint ? 0.4 : 1,
    }));
  if (!one.line || one.points.length <= 12)
    for (const point of one.points)
      svg.append(drawn("circle", { cx: x(point.x), cy: y(point.y), r: one.line ? 3 : 4, fill: color }));
}

function note(spec, one, point) {
  const step = spec.y.percent ? 1e-4 : Math.abs(point.y) / 1000 || 1;
  const name = one.name ? `${one.name}: ` : "";
  return point.note ?? `${name}${tickLabel(spec.y, point.y, step)} at ${spec.x.title} ${tickLabel(spec.x, point.x, 1)}`;
}

const description = (spec, series) => `${spec.y.title} by ${spec.x.title}. `
  + series.filter(one => one.points.length > 0 && !one.unlisted).slice(0, 6).map(one => one.points.length === 1
    ? note(spec, one, one.points[0])
    : `${note(spec, one, one.points[0])}, ${note(spec, { ...one, name: "" }, one.points.at(-1))}`).join("; ");

function values(spec, series) {
  const box = element("div");
  const details = element("details", { className: "values" }, element("summary", {}, "Values"), box);
  details.addEventListener("toggle", () => {
    if (!details.open || box.firstChild)
      return;
    const shown = series.filter(one => one.points.length > 0);
    const at = [...new Set(shown.flatMap(one => one.points.map(point => point.x)))].sort((a, b) => a - b);
    box.append(table([spec.x.title, ...shown.map(one => ({ text: one.name || spec.y.title, n: true }))], at.map(x => [
      String(tickLabel(spec.x, x, 1)),
      ...shown.map(one => one.points.filter(point => point.x === x)
        .map(point => tickLabel(spec.y, point.y, spec.y.percent ? 1e-4 : Math.abs(point.y) / 1000 || 1)).join(", ")),
    ])));
  });
  return details;
}

// Classes.

/** Each class's images, answers, precision, recall and F1; a share without images is NaN. Rows of counts are right classes. */
export const classFigures = counts => counts.map((row, index) => {
  const images = row.reduce((sum, one) => sum + one, 0);
  const answered = counts.reduce((sum, other) => sum + other[index], 0);
  return { images, answered, precision: row[index] / answered, recall: row[index] / images, f1: 2 * row[index] / (images + answered) };
});

/** The matrix of answers: a mistake's tint is proportional to its count, a right answer's to its share of the class. */
export function confusionTable(counts, labels) {
  const most = Math.max(1, ...counts.flatMap((row, label) => row.filter((_, answer) => answer !== label)));
  const long = labels.some(label => label.length > 3);
  const head = element("tr", {}, element("td"), labels.map(label =>
    element("th", { scope: "col", className: long ? "long" : "" }, element("span", {}, label))));
  const body = counts.map((row, label) => element("tr", {}, element("th", { scope: "row" }, labels[label]), row.map((value, answer) => {
    const right = label === answer;
    const cell = element("td", {
      className: value === 0 ? "zero" : right ? "right" : "wrong",
      title: `${labels[label]} taken for ${labels[answer]}: ${number(value)}`,
    }, number(value));
    cell.style.setProperty("--h", right ? value / Math.max(1, row.reduce((sum, one) => sum + one, 0)) : value / most);
    return cell;
  })));
  return scroll(element("table", { className: "confusion" }, element("caption", {}, "Confusion: right class by row, answer by column"),
    element("thead", {}, head), element("tbody", {}, body)), "confusion matrix");
}

/** The figures of each class, with bars for precision and recall that start where the text below says. */
export function classTable(counts, labels) {
  const all = classFigures(counts);
  const shares = all.flatMap(one => [one.precision, one.recall]).filter(Number.isFinite);
  const least = Math.min(...shares, 1);
  // Bars from zero would look alike at 99 %.
  const start = [0.999, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5].find(edge => edge < least - 0.1 * (1 - least)) ?? 0;
  const share = value => {
    const bar = element("i");
    bar.style.width = `${Math.max(0, Math.min(100, 100 * (value - start) / (1 - start)))}%`;
    return { node: Number.isFinite(value) ? element("span", {}, percent(value), element("span", { className: "bar" }, bar)) : "–" };
  };
  const rows = all.map((one, index) =>
    [labels[index], number(one.images), number(one.answered), share(one.precision), share(one.recall), percent(one.f1)]);
  const head = ["class", ...["images", "answers", "precision", "recall", "F1"].map(text => ({ text, n: true }))];
  return element("div", {}, table(head, rows, "Classes"),
    element("p", { className: "bars" }, `Bars start at ${percent(start, start > 0.99 ? 1 : 0)}.`));
}

// Pictures.

/** Bytes of a text in base64. Browsers of before 2025 lack fromBase64. */
export const bytes = text => Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), one => one.charCodeAt(0));

const gray = value => [value, value, value];

/** Blue below zero, white at zero, red above it. */
export const signed = value => {
  const fade = 255 * (1 - Math.min(1, Math.abs(value)));
  return value < 0 ? [fade, 96 + fade * 159 / 255, 255] : [255, 64 + fade * 191 / 255, fade];
};

/** A picture on a canvas, one pixel a value; values are bytes, and color says what they mean: "gray", "rgb" or "signed". */
export function picture(values, height, width, color, label) {
  const canvas = element("canvas", { width, height, role: "img", "aria-label": label, title: label });
  paint(canvas, values, color);
  return canvas;
}

/** Paints bytes onto a canvas of as many pixels. */
export function paint(canvas, values, color) {
  const plane = canvas.width * canvas.height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  for (let index = 0; index < plane; index++) {
    const rgb = color === "rgb" ? [values[index], values[plane + index], values[2 * plane + index]]
      : color === "signed" ? signed((values[index] - 127.5) / 127.5) : gray(values[index]);
    image.data.set([...rgb, 255], 4 * index);
  }
  context.putImageData(image, 0, 0);
}

/** Mistakes as tiles: {picture, heat, shape, right, answer, probability, name}; heat is what speaks for the answer, if known. */
export const mistakes = (list, labels) => element("ol", { className: "tiles" }, list.map(one => {
  const says = `${labels[one.right]} taken for ${labels[one.answer]}`;
  const [channels, height, width] = one.shape;
  const shown = one.picture
    ? picture(bytes(one.picture), height, width, channels === 1 ? "gray" : "rgb", says)
    : element("p", { className: "none" }, "not readable any more");
  const heat = one.heat ? picture(bytes(one.heat), height, width, "signed", `what speaks for ${labels[one.answer]}`) : null;
  return element("li", {}, element("figure", { className: "tile" }, shown, heat, element("figcaption", {},
    element("b", {}, `${labels[one.right]} → ${labels[one.answer]}`), `${percent(one.probability, one.probability > 0.9995 ? 2 : 1)} sure`,
    element("small", { title: one.title ?? one.name }, breakable(one.name)))));
}));
