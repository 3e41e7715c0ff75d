// One unit of a layer: the maps that feed it, its kernel, and the formula of its value with the numbers of this image.

import { element, number, paint } from "/page/page.js";

const MOST_TERMS = 5;
const figure = value => number(value, 3).replace("-", "−");
const signed = value => `${value < 0 ? "−" : "+"} ${number(Math.abs(value), 3)}`;
const functions = {
  relu: value => `max(0, ${figure(value)})`,
  tanh: value => `tanh(${figure(value)})`,
  "scaled-tanh": value => `1.7159 · tanh(⅔ · ${figure(value)})`,
  silu: value => `${figure(value)} · sigmoid(${figure(value)})`,
};

/** The names of the weights that a layer's formula needs. */
export function weightsOf(spec, name) {
  const record = linear(spec, name);
  return !record || ["pooling", "rbf", "softmax"].includes(record.type) ? []
    : [`${record.name}.weight`, ...(record.bias === false && !folded(spec, record) ? [] : [`${record.name}.bias`])];
}

/** The maps that feed one map of a layer: their layer's name and their numbers; null for the image. */
export function feeding(spec, values, name, map) {
  const record = linear(spec, name);
  const source = record && sourceOf(spec, values, record);
  if (!source || source.name === "pixels" || source.shape.length !== 3)
    return null;
  const all = Array.from({ length: source.shape[0] }, (_, index) => index);
  return { name: source.name, maps: record.input_maps?.[map] ?? (["pooling", "subsampling"].includes(record.type) ? [map] : all) };
}

/** The formula as elements; nothing if the parts of this layer do not add up to the value, as with normalized padding. */
export function formula(spec, values, weights, unit) {
  const record = linear(spec, unit.layer.name);
  const source = record && sourceOf(spec, values, record);
  const own = values.get(tensorOf(spec, values, record));
  if (!source || !own)
    return [];
  const [, height = 1, width = 1] = own.shape;
  const sum = own.floats[(unit.map * height + unit.y) * width + unit.x];
  const parts = partsOf(record, source, weights, unit);
  if (!parts || Math.abs(parts.sum - sum) > 1e-2 * Math.max(1, Math.abs(sum)))
    return [];
  const activation = spec.layers.find(layer => layer.name === unit.layer.name && layer.type === "activation");
  const after = activation && functions[activation.function];
  return [
    ...parts.shown,
    element("p", {}, `${parts.text} = ${figure(sum)}`, after ? `; ${after(sum)} = ${figure(unit.value)}` : ""),
  ];
}

/** The layer that computes a shown layer: the last one before its activation and its folded batch norm. */
function linear(spec, name) {
  const index = spec?.layers.findIndex(layer => layer.name === name) ?? -1;
  const isLinear = layer => !["activation", "batch-norm", "dropout"].includes(layer.type);
  return index < 0 ? null : spec.layers.slice(0, index + 1).findLast(isLinear);
}

const folded = (spec, record) => spec.layers[spec.layers.indexOf(record) + 1]?.type === "batch-norm";

/** A batch norm that is folded into a layer gives the tensor of that layer its own name or leaves it the layer's. */
function tensorOf(spec, values, record) {
  const next = record && spec.layers[spec.layers.indexOf(record) + 1];
  return next?.type === "batch-norm" && values.has(next.name) ? next.name : record?.name;
}

function sourceOf(spec, values, record) {
  const before = spec.layers.slice(0, spec.layers.indexOf(record)).findLast(layer => values.has(layer.name));
  const name = before?.name ?? "pixels";
  return values.has(name) ? { name, ...values.get(name) } : null;
}

function partsOf(record, source, weights, unit) {
  switch (record.type) {
    case "convolution": return record.kernel === source.shape[2] && !record.padding
      ? ofUnits(source, weights, record.name, unit) : ofKernels(record, source, weights, unit);
    case "dense": return ofUnits(source, weights, record.name, unit);
    case "pooling": return ofWindow(record, source, unit);
    case "subsampling": return ofSum(record, source, weights, unit);
    case "rbf": return ofBitmap(record, source, unit);
    default: return null;
  }
}

function window(source, map, top, left, size) {
  const [, height, width] = source.shape;
  const values = [];
  for (let y = top; y < top + size; y++)
    for (let x = left; x < left + size; x++)
      values.push(x < 0 || y < 0 || x >= width || y >= height ? 0 : source.floats[(map * height + y) * width + x]);
  return values;
}

function ofKernels(record, source, weights, unit) {
  const kernels = weights.get(`${record.name}.weight`);
  const bias = weights.get(`${record.name}.bias`)?.floats[unit.map] ?? 0;
  const { kernel, stride = 1, padding = 0 } = record;
  const area = kernel * kernel;
  const inputs = source.shape[0];
  const maps = record.input_maps?.[unit.map] ?? Array.from({ length: inputs }, (_, map) => map);
  const terms = maps.map(map => {
    const from = (unit.map * inputs + map) * area;
    const weight = kernels.floats.subarray(from, from + area);
    const values = window(source, map, unit.y * stride - padding, unit.x * stride - padding, kernel);
    return { map, weight, values, sum: values.reduce((sum, value, tap) => sum + value * weight[tap], 0) };
  });
  const most = Math.max(...terms.flatMap(term => Array.from(term.weight, Math.abs)));
  const name = source.name === "pixels" ? "image" : source.name.split("_")[0];
  const shown = element("div", { className: "kernels" }, terms.map(term => element("figure", {},
    tile(kernel, term.weight, value => 127.5 + 127.5 * value / most, "signed", "kernel"), " × ",
    tile(kernel, term.values, scaled(source.floats), "gray", "values under the kernel"),
    element("figcaption", {}, `${name}${inputs > 1 ? ` ${term.map + 1}` : ""}: ${figure(term.sum)}`))));
  const sum = terms.reduce((sum, term) => sum + term.sum, bias);
  return { sum, shown: [shown], text: `${terms.map((term, index) => index ? signed(term.sum) : figure(term.sum)).join(" ")} `
    + `${signed(bias)} (bias)` };
}

function tile(side, values, toByte, color, label) {
  const canvas = element("canvas", { width: side, height: side, role: "img", "aria-label": label });
  paint(canvas, Uint8ClampedArray.from(values, toByte), color);
  return canvas;
}

function scaled(floats) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of floats) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return value => 255 * (value - low) / Math.max(1e-9, high - low);
}

function ofUnits(source, weights, name, unit) {
  const inputs = source.floats.length;
  const row = weights.get(`${name}.weight`).floats.subarray(unit.map * inputs, (unit.map + 1) * inputs);
  const bias = weights.get(`${name}.bias`)?.floats[unit.map] ?? 0;
  const terms = Array.from(row, (weight, input) => ({ weight, value: source.floats[input], product: weight * source.floats[input] }));
  const sum = terms.reduce((sum, term) => sum + term.product, bias);
  const strongest = [...terms].sort((one, other) => Math.abs(other.product) - Math.abs(one.product)).slice(0, MOST_TERMS);
  const rest = sum - bias - strongest.reduce((sum, term) => sum + term.product, 0);
  const text = strongest.map(term => `(${figure(term.weight)} · ${figure(term.value)})`).join(" + ");
  return { sum, shown: [], text: `${text} ${signed(rest)} (${inputs - strongest.length} others) ${signed(bias)} (bias)` };
}

function ofWindow(record, source, unit) {
  const { size = 2, stride = size, padding = 0 } = record;
  const values = window(source, unit.map, unit.y * stride - padding, unit.x * stride - padding, size);
  const list = values.map(value => figure(value)).join(", ");
  const mean = record.kind?.toLowerCase() === "average";
  return mean ? { sum: values.reduce((sum, value) => sum + value, 0) / values.length, shown: [], text: `mean(${list})` }
    : { sum: Math.max(...values), shown: [], text: `max(${list})` };
}

function ofSum(record, source, weights, unit) {
  const { size = 2 } = record;
  const coefficient = weights.get(`${record.name}.weight`).floats[unit.map * size * size];
  const bias = weights.get(`${record.name}.bias`).floats[unit.map];
  const values = window(source, unit.map, unit.y * size, unit.x * size, size);
  const text = values.map((value, index) => index ? signed(value) : figure(value)).join(" ");
  return {
    sum: coefficient * values.reduce((sum, value) => sum + value, 0) + bias, shown: [],
    text: `${figure(coefficient)} · (${text}) ${signed(bias)} (bias)`,
  };
}

function ofBitmap(record, source, unit) {
  const squares = record.centers[unit.map].map((center, index) => (source.floats[index] - center) ** 2);
  const sum = -squares.reduce((sum, value) => sum + value, 0);
  return { sum, shown: [], text: `−(sum of ${squares.length} squares of F6 − bitmap)` };
}
