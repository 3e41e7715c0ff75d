// The page at the server's root: draw or give an image, and see the served model answer.

import { element, number, percent, settings } from "/page/page.js";
import { callText } from "/page/calls.js";
import { fieldOf, showAttribution, showLayers, showSeen, unitAt } from "/page/layers.js";
import { showTraffic, showVersions } from "/page/operators.js";
import { createPad } from "/page/pad.js";
import { ServerFault, ServerGone, classify, listModels } from "/page/server.js";

const MOST_BARS = 12;
const MOST_BYTES = 3_500_000;
const LARGEST_SIDE = 1600;
const POLL = 3000;

const at = id => document.getElementById(id);
const pad = createPad(at("pad"), () => {
  given = null;
  at("hint").hidden = !pad.isEmpty;
  ask();
});

let models = [];
let model = null;
/** The image file that somebody gave; null while the drawing counts. */
let given = null;
let gone = false;
const unexplained = new Set();

// Calls: one at a time, and the newest drawing next.

let running = false;
let wanted = false;

async function ask() {
  wanted = true;
  if (running)
    return;
  running = true;
  while (wanted) {
    wanted = false;
    await answer();
  }
  running = false;
}

async function answer() {
  if (pad.isEmpty && !given || !model)
    return showAnswer(null);
  try {
    showAnswer(await explained(given ?? await pad.png()));
    setGone(false);
    say("");
  } catch (fault) {
    showAnswer(null);
    report(fault);
  }
}

/** Explains, where the server does; a server without explanations is asked for them once for each model. */
async function explained(file) {
  const why = at("explain").getAttribute("aria-pressed") === "true";
  if (unexplained.has(model))
    return await classify(model, file, askToken);
  try {
    return await classify(model, file, askToken, "explain", why ? "&attribution=occlusion" : "");
  } catch (fault) {
    if (!(fault instanceof ServerFault) || fault.status !== 501)
      throw fault;
    unexplained.add(model);
    return await classify(model, file, askToken);
  }
}

function showAnswer(result) {
  at("explain").hidden = !model || unexplained.has(model);
  at("inside").hidden = !model || unexplained.has(model);
  at("seen-box").hidden = !result?.pixels;
  at("why-box").hidden = !result?.attribution;
  if (result?.pixels)
    showSeen(at("seen"), result.pixels, model);
  if (result?.attribution)
    showAttribution(at("why"), result.attribution);
  if (!result || result.layers)
    showLayers(at("layers"), result?.layers ?? []);
  at("inside-text").textContent = !result ? "Draw or give an image." : at("layers").childElementCount === 0
    ? "The layers of this model have no names that the server knows."
    : "Each layer’s values for this image, the least black and the greatest white.";
  const predictions = result?.predictions ?? [];
  const strange = result?.isKnown === false ? " – but this is unlike the images of training" : "";
  at("answer").textContent = predictions.length === 0
    ? "–" : `${predictions[0].label}, ${percent(predictions[0].probability ?? 0, 1)}${strange}`;
  const time = result?.time;
  at("time").textContent = !time ? "" : `${milliseconds(time.inference)} in the model, ${milliseconds(time.queue)} in the queue, `
    + `${milliseconds(time.decode)} decoding; ${milliseconds(time.all)} there and back.`;
  showBars(predictions);
}

const milliseconds = value => value == null ? "–" : `${number(value, value < 10 ? 2 : 0)} ms`;

/** Few classes stand in their own order, so that bars stay in their places; of many the best are shown. */
function showBars(predictions) {
  const labels = model?.labels ?? [];
  const few = labels.length <= MOST_BARS;
  const shown = few
    ? labels.map((label, index) => predictions.find(one => (one.index ?? 0) === index) ?? { label, probability: 0 })
    : predictions.slice(0, MOST_BARS);
  const bars = at("bars");
  while (bars.children.length > shown.length)
    bars.lastChild.remove();
  while (bars.children.length < shown.length)
    bars.append(element("li", {},
      element("span"), element("span", { className: "track" }, element("i")), element("span", { className: "share" })));
  shown.forEach((one, index) => {
    const [name, track, share] = bars.children[index].children;
    name.textContent = one.label;
    track.firstChild.style.width = `${100 * (one.probability ?? 0)}%`;
    share.textContent = predictions.length === 0 ? "" : percent(one.probability ?? 0, 1);
    bars.children[index].className = predictions.length > 0 && one.label === predictions[0].label ? "best" : "";
  });
}

// Images from elsewhere.

async function give(file) {
  let shown = null;
  try {
    shown = await createImageBitmap(file);
  } catch {
    // The server says what is wrong with it, or knows a format that this browser does not.
  }
  if (shown)
    pad.show(shown);
  else
    pad.clear();
  given = shown && file.size > MOST_BYTES ? await smaller(shown) : file;
  at("hint").hidden = true;
  ask();
}

async function smaller(bitmap) {
  const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = element("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise(done => canvas.toBlob(done, "image/jpeg", 0.92));
}

for (const id of ["choose", "photo"])
  at(id).addEventListener("change", event => {
    if (event.target.files.length > 0)
      give(event.target.files[0]);
    event.target.value = "";
  });
document.addEventListener("paste", event => {
  const file = [...event.clipboardData.files][0];
  if (file)
    give(file);
});
document.addEventListener("dragover", event => {
  event.preventDefault();
  document.body.classList.add("over");
});
for (const end of ["dragleave", "drop"])
  document.addEventListener(end, () => document.body.classList.remove("over"));
document.addEventListener("drop", event => {
  event.preventDefault();
  if (event.dataTransfer.files.length > 0)
    give(event.dataTransfer.files[0]);
});

at("clear").addEventListener("click", () => pad.clear());
at("undo").addEventListener("click", () => pad.undo());
at("save").addEventListener("click", async () => {
  const link = element("a", { href: URL.createObjectURL(await pad.png()), download: "drawing.png" });
  link.click();
  URL.revokeObjectURL(link.href);
});

// Models.

function showModels(list) {
  const key = one => `${one.name}/${one.version}`;
  const served = list.filter(one => one.state === "READY");
  if (JSON.stringify(list) === JSON.stringify(models))
    return;
  models = list;
  at("model").replaceChildren(...served.map(one => element("option", { value: key(one) },
    `${one.name} ${one.version}${one.default || served.filter(other => other.name === one.name).length === 1 ? "" : " (not default)"}`)));
  choose(served.find(one => model && key(one) === key(model)) 
    ?? served.find(one => one.default && one.geometry === "GEOMETRY_DIGIT") ?? served.find(one => one.default) ?? served[0] ?? null);
  if (served.length === 0)
    say("No model is ready.");
  at("versions").replaceChildren(showVersions(list));
}

function choose(one) {
  model = one;
  at("model").value = one ? `${one.name}/${one.version}` : "";
  showCard();
  showCall();
  showBars([]);
  ask();
}

at("model").addEventListener("change", event => choose(models.find(one => `${one.name}/${one.version}` === event.target.value)));

function showCard() {
  if (!model)
    return at("card").replaceChildren();
  const manifest = model.manifest ? JSON.parse(model.manifest) : null;
  const known = {
    "name": `${model.name} ${model.version}`,
    "input": `${model.channels} × ${model.height} × ${model.width}`,
    "classes": model.labels.join(", "),
    "device": model.device,
    "SHA-256": model.sha256,
  };
  const recorded = manifest && {
    "variant": manifest.spec?.name,
    "layers": manifest.spec?.layers?.map(layer => layer.name).join(", "),
    "test accuracy": manifest.test_accuracy != null && `${percent(manifest.test_accuracy)} of ${number(manifest.test_images)} images`,
    "data": manifest.dataset && `${manifest.dataset.name}, ${number(manifest.dataset.train_images)} training images`,
    "SHA-256 of the data": manifest.dataset?.sha256,
    "run": manifest.run,
    "SHA-256 of the weights": manifest.weights_sha256,
  };
  at("card").replaceChildren(settings(known, "Served"), ...(recorded
    ? [settings(Object.fromEntries(Object.entries(recorded).filter(([, value]) => value)), "Recorded by its training")]
    : [element("p", { className: "explain" }, "This model was not exported by LeNetServe, so that no more is known of it.")]));
}

function showCall() {
  at("call").textContent = model ? callText(at("language").value, model, location.origin) : "";
}

at("inside").addEventListener("toggle", ask);

function showUnit(event) {
  const unit = event.target.layer && unitAt(event.target, event);
  at("field").hidden = true;
  if (!unit)
    return;
  const spec = model?.manifest ? JSON.parse(model.manifest).spec : null;
  const field = fieldOf(spec, unit);
  const inMap = unit.layer.shape.length === 3 ? `map ${unit.map + 1}, row ${unit.y + 1}, column ${unit.x + 1}` : `unit ${unit.map + 1}`;
  at("unit").textContent = `${unit.layer.title}, ${inMap}: ${number(unit.value, 3)}. `
    + (field && field.side < model.width ? `It sees the ${field.side}×${field.side} pixels in the frame.` : "It sees the whole image.");
  if (!field || field.side >= model.width || at("seen-box").hidden)
    return;
  const scale = at("seen").clientWidth / model.width;
  Object.assign(at("field").style, {
    left: `${field.x * scale}px`, top: `${field.y * scale}px`, width: `${field.side * scale}px`, height: `${field.side * scale}px`,
  });
  at("field").hidden = false;
}

for (const kind of ["pointermove", "pointerdown"])
  at("layers").addEventListener(kind, showUnit);
at("layers").addEventListener("pointerleave", () => at("field").hidden = true);
at("explain").addEventListener("click", event => {
  const pressed = event.target.getAttribute("aria-pressed") === "true";
  event.target.setAttribute("aria-pressed", String(!pressed));
  ask();
});

at("language").addEventListener("change", showCall);
at("copy").addEventListener("click", async () => {
  const range = document.createRange();
  range.selectNodeContents(at("call"));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  try {
    await navigator.clipboard.writeText(at("call").textContent);
    at("copy").textContent = "Copied";
    setTimeout(() => at("copy").textContent = "Copy", 1500);
  } catch {
    at("copy").textContent = "Selected: press Ctrl+C";
  }
});

// Faults, tokens, and a server that goes and comes.

function say(text) {
  at("notice").textContent = text;
  at("notice").hidden = text === "";
}

function setGone(value) {
  if (gone === value)
    return;
  gone = value;
  if (gone)
    return say("The server does not answer. This page tries again every few seconds.");
  say("");
  ask();
}

function report(fault) {
  if (fault instanceof ServerGone)
    setGone(true);
  else
    say(fault.message);
}

let asked = null;

/** Asks for a token. Calls that need one at the same time wait for the same answer. */
function askToken() {
  asked ??= new Promise(done => {
    at("ask").addEventListener("close", () => {
      asked = null;
      done(at("token").value);
    }, { once: true });
    at("ask").showModal();
  });
  return asked;
}

at("ask").addEventListener("cancel", event => event.preventDefault());

let polling = false;

async function poll() {
  if (polling || document.hidden)
    return;
  polling = true;
  try {
    showModels(await listModels(askToken));
    setGone(false);
    if (at("operators").open)
      await showTraffic(at("traffic"), at("latency"));
  } catch (fault) {
    report(fault);
  }
  polling = false;
}

at("operators").addEventListener("toggle", poll);
document.addEventListener("visibilitychange", poll);
setInterval(poll, POLL);
poll();
