// The film of a training: the first layer's filters, the curves and the confusion, epoch by epoch.

import { bytes, chart, confusionTable, count, element, number, percent, picture } from "/page/page.js";
import { call } from "/page/server.js";

const FRAME = 400;

/** The names of the runs that this server shows. */
export const listRuns = async askToken => (await (await call("/v1/runs", {}, askToken)).json()).runs;

let newest = null;

/** Shows one run in a box, at its last epoch. */
export async function showFilm(box, name, askToken) {
  newest = name;
  const run = await (await call(`/v1/runs/${encodeURIComponent(name)}`, {}, askToken)).json();
  // Another run may have been chosen in the meantime.
  if (newest !== name)
    return;
  const frames = run.film;
  const charts = curves(run.metrics);
  if (frames.length === 0)
    return box.replaceChildren(element("p", { className: "explain" }, "The film of this run has no epoch yet."),
      element("div", { className: "charts" }, charts));
  const slider = element("input", { type: "range", min: 1, max: frames.length, value: frames.length, "aria-label": "Epoch" });
  const text = element("output");
  const filters = element("div", { className: "filters" });
  const confusion = element("div");
  const show = () => {
    const frame = frames[slider.value - 1];
    const line = run.metrics.find(one => one.epoch === frame.epoch);
    charts.forEach(one => one.mark(frame.epoch));
    text.textContent = `epoch ${number(frame.epoch)} of ${number(frames.at(-1).epoch)}`
      + (line ? `: ${percent(line.train_accuracy)} of the training images right, loss ${number(line.train_loss, 4)}` : "");
    filters.replaceChildren(...filtersOf(frame));
    confusion.replaceChildren(frame.confusion ? confusionTable(frame.confusion, run.labels)
      : element("p", { className: "explain" }, "This training held out no images for validation, so the film has no confusion."));
  };
  const play = element("button", { type: "button" }, "Play");
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  play.addEventListener("click", () => {
    if (timer)
      return stop();
    play.textContent = "Stop";
    slider.value = 1;
    show();
    timer = setInterval(() => {
      if (Number(slider.value) >= frames.length || !slider.isConnected)
        return stop();
      slider.value = Number(slider.value) + 1;
      show();
    }, FRAME);
  });
  slider.addEventListener("input", show);
  show();
  box.replaceChildren(element("p", { className: "tools" }, play, slider, text), filters,
    element("div", { className: "charts" }, charts), confusion);
}

function filtersOf({ filters, shape }) {
  const [maps, channels, height, width] = shape;
  const size = channels * height * width;
  const all = bytes(filters);
  return Array.from({ length: maps }, (_, map) => picture(all.subarray(map * size, (map + 1) * size), height, width,
    channels === 3 ? "rgb" : "signed", `filter ${map + 1} of ${count(maps, "filter")}`));
}

function curves(metrics) {
  const series = (name, color, key) => ({ name, color, points: metrics.map(line => ({ x: line.epoch, y: line[key] })) });
  const x = { title: "epoch", whole: true };
  return [
    chart({ title: "Loss", x, y: { title: "loss", log: true },
      series: [series("training", 0, "train_loss"), series("validation", 1, "validation_loss")] }),
    chart({ title: "Accuracy", x, y: { title: "right", percent: true },
      series: [series("training", 0, "train_accuracy"), series("validation", 1, "validation_accuracy")] }),
  ];
}
