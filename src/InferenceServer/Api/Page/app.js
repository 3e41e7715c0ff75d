// The page at the server's root: draw or give an image, and see the served model answer.

import { showAnswer } from "/page/answer.js";
import { callText } from "/page/calls.js";
import { showCard } from "/page/card.js";
import { listRuns, showFilm } from "/page/film.js";
import { receiveImages } from "/page/give.js";
import { prove, samples } from "/page/golden.js";
import { namesOf, showAttribution, showLayers, showSeen, valuesOf } from "/page/layers.js";
import { showTraffic, showVersions } from "/page/operators.js";
import { createPad } from "/page/pad.js";
import { element, number, percent } from "/page/page.js";
import { createPointer, small } from "/page/pointer.js";
import { ServerFault, ServerGone, classify, describeServer, hasToken, listModels } from "/page/server.js";

const POLL = 3000;

const at = id => document.getElementById(id);
const pad = createPad(at("pad"), () => {
  images.forget();
  at("hint").hidden = !pad.isEmpty;
  ask();
});

/** Every version that the server knows; null before its first answer. */
let models = null;
let model = null;
let other = null;
let gone = false;
let explains = true;
const unexplained = new Set();
/** The files that compute a gradient, by their hashes: the first automatic answer tells. */
const withGradient = new Set();
/** The layers that the page shows of a file, by its hash. Only a unit's formula needs the others, half of the bytes. */
const layersShown = new Map();

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
  if (pad.isEmpty || !model) {
    say("answer", "");
    return show(null, null);
  }
  const [asked, beside] = [model, other];
  try {
    const file = pad.file();
    const [first, second] = await Promise.allSettled([explained(asked, file), beside ? classify(beside, file, askToken) : null]);
    // After another choice of models this answer is that of a former one, and the next call is due.
    if (asked === model && beside === other) {
      show(first.value, second.value);
      if (second.reason)
        at("other-answer").textContent = second.reason.message;
    }
    if (first.reason)
      throw first.reason;
    setGone(false);
    say("answer", "");
  } catch (fault) {
    report("answer", fault);
  }
}

const isExplained = one => explains && !unexplained.has(one);

/** Explains if the server does. A model of a fixed batch has no explanation, and is asked for one once. */
async function explained(asked, file) {
  if (!isExplained(asked))
    return await classify(asked, file, askToken);
  const why = at("explain").getAttribute("aria-pressed") === "true";
  const method = withGradient.has(asked.sha256) ? at("method").value : "automatic";
  const layers = pointer.hasUnit ? "" : layersShown.get(asked.sha256) ?? "";
  try {
    const answer = await classify(asked, file, askToken, "explain", `&layers=${layers}${why ? `&attribution=${method}` : ""}`);
    layersShown.set(asked.sha256, namesOf(answer.layers, asked.manifest?.spec).map(encodeURIComponent).join());
    if (answer.attribution?.method === "ATTRIBUTION_METHOD_GRADIENT")
      withGradient.add(asked.sha256);
    return answer;
  } catch (fault) {
    if (!(fault instanceof ServerFault) || fault.status !== 501)
      throw fault;
    unexplained.add(asked);
    return await classify(asked, file, askToken);
  }
}

function show(result, second) {
  at("explain").hidden = at("inside").hidden = !model || !isExplained(model);
  at("seen-box").hidden = !result?.pixels;
  if (result?.pixels)
    showSeen(at("seen"), result.pixels, model);
  showWhy(result);
  if (!result || result.layers) {
    const values = result ? valuesOf(result, model) : new Map();
    showLayers(at("layers"), result?.layers ?? [], values, model);
    pointer.show(model, values);
  }
  at("inside-text").textContent = !result ? "Draw or give an image." : at("layers").childElementCount === 0
    ? "The server knows no layer of this model that is small enough to be shown."
    : `Each layer’s values for this image, the least black and the greatest white.${small.matches ? " Tap a unit for its formula." : ""}`;
  const time = result?.time;
  at("time").textContent = !time ? "" : `${milliseconds(time.inference)} in the model, ${milliseconds(time.queue)} in the queue, `
    + `${milliseconds(time.decode)} decoding; ${milliseconds(time.all)} there and back.`;
  showAnswer(at("answer"), at("bars"), result, model?.labels ?? []);
  at("other").hidden = at("name").hidden = !other;
  if (other)
    showAnswer(at("other-answer"), at("other-bars"), second, other.labels);
}

function showWhy(result) {
  at("why-box").hidden = !result?.attribution;
  at("method-box").hidden = !result?.attribution || !withGradient.has(model.sha256);
  if (!result?.attribution) {
    at("why-text").textContent = "";
    return;
  }
  const most = showAttribution(at("why"), result.attribution, result.pixels, model);
  const label = model.labels[result.attribution.target ?? 0];
  const isGradient = result.attribution.method === "ATTRIBUTION_METHOD_GRADIENT";
  const scale = isGradient ? String(Number(most.toPrecision(1))) : percent(most, 1);
  at("why-least").textContent = `−${scale}`;
  at("why-most").textContent = `+${scale}`;
  at("why").title = isGradient ? "the change of the logit by one gray level" : "the probability that covering the place costs";
  const reason = isGradient ? "A brighter pixel" : "The content";
  at("why-text").textContent = `${reason} speaks for ${label} at red places, and against it at blue places.`;
}

const milliseconds = value => value == null ? "–" : `${number(value, value < 10 ? 2 : 0)}\u00a0ms`;

const images = receiveImages([at("choose"), at("photo")], pad.show);

at("clear").addEventListener("click", () => pad.clear());
at("undo").addEventListener("click", () => pad.undo());
at("save").addEventListener("click", async () => {
  const link = element("a", { href: URL.createObjectURL(new Blob([pad.png()], { type: "image/png" })), download: "drawing.png" });
  link.click();
  URL.revokeObjectURL(link.href);
});
at("explain").addEventListener("click", event => {
  const pressed = event.target.getAttribute("aria-pressed") === "true";
  event.target.setAttribute("aria-pressed", String(!pressed));
  ask();
});
at("method").addEventListener("change", ask);
at("inside").addEventListener("toggle", ask);

const pointer = createPointer(at("layers"), async names =>
  (await classify(model, pad.file(), askToken, "explain", `&layers=${names.join()}`)).layers, ask);

// Models.

const keyOf = one => one ? `${one.name}/${one.version}` : "";
const nameOf = one => one ? `${one.name} ${one.version}` : "";

function showModels(list) {
  const served = list.filter(one => one.state === "READY");
  if (JSON.stringify(list) === JSON.stringify(models))
    return;
  models = list;
  const former = model;
  const options = () => served.map(one => element("option", { value: keyOf(one) },
    `${one.name} ${one.version}${one.default || served.filter(same => same.name === one.name).length === 1 ? "" : " (not default)"}`));
  at("model").replaceChildren(...options());
  at("second").replaceChildren(element("option", { value: "" }, "none"), ...options());
  at("second-box").hidden = served.length < 2;
  choose(served.find(one => keyOf(one) === keyOf(model)) ?? first(served));
  compare(served.find(one => keyOf(one) === keyOf(other)) ?? null);
  if (former && model && keyOf(former) !== keyOf(model))
    say("model", `${nameOf(former)} is not served any more. ${nameOf(model)} answers now.`);
  at("versions").replaceChildren(showVersions(list));
}

/** The model to begin with: of those that read digits the most accurate, else the first. */
function first(served) {
  const accuracy = one => one.manifest?.test_accuracy ?? 0;
  const digits = served.filter(one => one.default && one.geometry === "GEOMETRY_DIGIT");
  return digits.sort((one, next) => accuracy(next) - accuracy(one))[0] ?? served.find(one => one.default) ?? served[0] ?? null;
}

const sampleBox = element("div", { className: "tools", id: "samples" });
at("clear").parentElement.after(sampleBox);

let sampled = null;

/** Offers samples of a model that does not read digits in gray. The golden images run once for a file. */
async function offerSamples(one) {
  if (one?.sha256 === sampled)
    return;
  sampled = one?.sha256;
  sampleBox.replaceChildren();
  if (!hasGolden(one) || one.geometry === "GEOMETRY_DIGIT" && one.channels !== 3)
    return;
  try {
    const buttons = await samples(one, askToken, images.give);
    if (one === model)
      sampleBox.replaceChildren(...buttons);
  } catch {
    // The page works without samples; its golden button says what is wrong.
  }
}

const hasGolden = one => Boolean(one?.manifest?.golden_sha256);

function choose(one) {
  // A new list of models may have the same file again, and its proof stays.
  if (one?.sha256 !== model?.sha256)
    at("golden").replaceChildren();
  model = one;
  at("model").value = keyOf(one);
  at("name").textContent = nameOf(one);
  at("prove").hidden = !hasGolden(one);
  offerSamples(one);
  showCard(at("card"), one);
  showCall();
  narrow();
  ask();
}

function compare(one) {
  other = one;
  at("second").value = keyOf(one);
  at("other-name").textContent = nameOf(one);
  narrow();
  ask();
}

/** Two lists of short names have room beside each other everywhere. */
function narrow() {
  at("answers").classList.toggle("narrow", Boolean(model && other) && [...model.labels, ...other.labels].every(label => label.length < 4));
}

at("model").addEventListener("change", event => {
  say("model", "");
  choose(models.find(one => keyOf(one) === event.target.value));
});
at("second").addEventListener("change", event => compare(models.find(one => keyOf(one) === event.target.value) ?? null));
at("prove").addEventListener("click", async () => {
  try {
    await prove(at("golden"), model, askToken);
  } catch (fault) {
    at("golden").replaceChildren(element("p", { className: "explain" }, fault.message));
  }
});

async function openFilm() {
  if (!at("film").open || !at("run").value)
    return;
  try {
    await showFilm(at("film-view"), at("run").value, askToken);
    say("film", "");
  } catch (fault) {
    report("film", fault);
  }
}

async function offerFilms() {
  const runs = await listRuns(askToken);
  at("run").replaceChildren(...runs.map(name => element("option", {}, name)));
  at("film").hidden = runs.length === 0;
}

at("film").addEventListener("toggle", openFilm);
at("run").addEventListener("change", openFilm);

let port = 8001;
let copied;

function showCall() {
  const text = model ? callText(at("language").value, model, port, hasToken()) : "";
  if (text !== at("call").textContent)
    at("copy").textContent = "Copy";
  at("call").textContent = text;
  at("copy").disabled = text === "";
}

at("language").addEventListener("change", showCall);
at("copy").addEventListener("click", async () => {
  const range = document.createRange();
  range.selectNodeContents(at("call"));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  try {
    await navigator.clipboard.writeText(at("call").textContent);
    at("copy").textContent = "Copied";
    clearTimeout(copied);
    copied = setTimeout(() => at("copy").textContent = "Copy", 1500);
  } catch {
    at("copy").textContent = "Selected: press Ctrl+C";
  }
});

// Faults, tokens, and a server that goes and comes.

/** What is to be said of each cause; the first that has words is shown. */
const notices = { server: "", poll: "", answer: "", film: "", model: "" };

function say(cause, text) {
  notices[cause] = text;
  const shown = Object.values(notices).find(one => one) ?? "";
  at("notice").textContent = shown;
  at("notice").hidden = shown === "";
}

function setGone(value) {
  if (gone === value)
    return;
  gone = value;
  say("server", gone ? "The server does not answer. This page tries again every few seconds." : "");
  if (!gone)
    ask();
}

function report(cause, fault) {
  // An answer that stops in the middle ends as a TimeoutError.
  setGone(fault instanceof ServerGone || fault.name === "TimeoutError");
  if (!gone)
    say(cause, fault.message);
}

let asked = null;
const refusal = element("p", { role: "alert" });
at("token").parentElement.after(refusal);

/** Asks for a token, and says why the one before was refused. Calls that need one at the same time wait for the same answer. */
function askToken(refused) {
  asked ??= new Promise(done => {
    at("ask").addEventListener("close", () => {
      asked = null;
      done(at("token").value);
    }, { once: true });
    at("ask").showModal();
    at("token").select();
    refusal.textContent = refused;
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
    say("poll", model ? "" : "No model is ready.");
    if (at("operators").open)
      await showTraffic(at("traffic"), at("latency"));
  } catch (fault) {
    report("poll", fault);
  }
  polling = false;
}

at("operators").addEventListener("toggle", poll);
document.addEventListener("visibilitychange", poll);
setInterval(poll, POLL);
offerFilms().catch(fault => report("poll", fault));
describeServer().then(found => {
  port = found.grpcPort;
  ({ explains } = found);
  showCall();
}).catch(fault => report("poll", fault)).finally(poll);
