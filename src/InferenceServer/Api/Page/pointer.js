// The pointer or the keys at a unit of a layer: its value, its receptive field, the maps that feed it, and its formula.

import { fieldOf, framesOf, tensorsOf, unitAt, unitOf } from "/page/layers.js";
import { markConnections } from "/page/network.js";
import { element, number } from "/page/page.js";
import { feeding, formula, weightsOf } from "/page/unit.js";

const at = id => document.getElementById(id);
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Screens whose bottom shows the chosen unit, as in app.css. There a unit is chosen by a tap, and stays. */
export const small = matchMedia("(max-width: 1099px)");

/** Watches a box of layers. read(names) asks the server for weights, ask() for an answer with all layers. */
export function createPointer(box, read, ask) {
  let model = null;
  let values = new Map();
  let unit = null;
  /** Weights of the model by name; null while the server is asked. */
  let weights = new Map();
  const invitation = at("unit").textContent;

  /** Shows the image again, with the part that the unit sees, where the unit's box covers the bottom of a small screen. */
  const showSeenAgain = (left, top, width, height) => {
    const scale = Math.max(1, Math.round(192 / Math.max(model.width, model.height)));
    const canvas = at("unit-seen");
    Object.assign(canvas, { width: scale * model.width, height: scale * model.height });
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(at("seen"), 0, 0, canvas.width, canvas.height);
    context.strokeStyle = getComputedStyle(canvas).getPropertyValue("--s1");
    context.lineWidth = 4;
    context.strokeRect(scale * left, scale * top, scale * width, scale * height);
  };

  const showField = () => {
    const spec = model.manifest?.spec;
    const field = unit && fieldOf(spec, unit);
    const isPart = field && field.side < Math.max(model.width, model.height);
    at("field").hidden = !isPart || at("seen-box").hidden;
    if (!isPart) {
      showSeenAgain(0, 0, model.width, model.height);
      return spec ? "It sees the whole image." : "";
    }
    const scale = at("seen").clientWidth / model.width;
    const cut = (start, length) => [Math.max(0, start), Math.min(length, start + field.side)];
    const [[left, right], [top, bottom]] = [cut(field.x, model.width), cut(field.y, model.height)];
    showSeenAgain(left, top, right - left, bottom - top);
    Object.assign(at("field").style, {
      left: `${left * scale}px`, top: `${top * scale}px`, width: `${(right - left) * scale}px`, height: `${(bottom - top) * scale}px`,
    });
    return `It sees the ${field.side}×${field.side} pixels in the frame.`;
  };

  const showFeeding = () => {
    box.querySelectorAll(".frame").forEach(frame => frame.remove());
    const fed = unit && feeding(model.manifest?.spec, values, unit.layer.name, unit.map);
    markConnections(box, unit?.layer.title === "C3" ? unit.map : null);
    const canvas = fed && [...box.querySelectorAll(".layer canvas")].find(one => one.layer?.name === fed.name);
    if (!canvas)
      return "";
    canvas.parentElement.append(...framesOf(canvas.layer, fed.maps).map(place => {
      const frame = element("i", { className: "frame" });
      Object.assign(frame.style, place);
      return frame;
    }));
    const all = fed.maps.length === canvas.layer.shape[0];
    return all && fed.maps.length > 1 ? ` All maps of ${canvas.layer.title} feed it.`
      : ` ${canvas.layer.title}’s ${fed.maps.length > 1 ? "maps" : "map"} ${fed.maps.map(map => map + 1).join(", ")} `
        + `${fed.maps.length > 1 ? "feed" : "feeds"} it.`;
  };

  const showFormula = async () => {
    const spec = model.manifest?.spec;
    const asked = unit.layer.name;
    const names = spec ? weightsOf(spec, asked) : [];
    const missing = names.filter(name => !weights.has(name));
    if (missing.length > 0) {
      const known = weights;
      missing.forEach(name => known.set(name, null));
      try {
        tensorsOf(await read(missing)).forEach(([name, tensor]) => known.set(name, tensor));
      } catch {
        // A file that keeps its weights elsewhere is shown without formulas.
      }
    }
    if (unit?.layer.name === asked && names.every(name => weights.get(name)))
      at("formula").replaceChildren(...(spec ? formula(spec, values, weights, unit) : []));
  };

  /** Says a text, which a screen reader reads, unless it has been said. */
  const say = text => {
    if (at("unit").textContent !== text)
      at("unit").textContent = text;
  };

  const show = () => {
    at("formula").replaceChildren();
    at("unit-box").classList.toggle("chosen", unit !== null);
    if (!unit) {
      say(invitation);
      at("field").hidden = true;
      showFeeding();
      return;
    }
    const place = unit.layer.shape.length === 3 ? `map ${unit.map + 1}, row ${unit.y + 1}, column ${unit.x + 1}` : `unit ${unit.map + 1}`;
    say(`${unit.layer.title}, ${place}: ${number(unit.value, 3)}. ${showField()}${showFeeding()}`);
    showFormula();
  };

  const point = found => {
    const same = unit && found.layer === unit.layer && found.map === unit.map && found.x === unit.x && found.y === unit.y;
    if (same)
      return;
    const isFirst = !unit;
    unit = found;
    show();
    if (isFirst)
      ask();
  };

  const clear = () => {
    unit = null;
    show();
  };

  for (const kind of ["pointermove", "pointerdown"])
    box.addEventListener(kind, event => {
      // In the gap between two maps the unit stays.
      const found = event.target.layer && (kind === "pointerdown" || !small.matches) && unitAt(event.target, event);
      if (!found)
        return;
      point(found);
      if (small.matches)
        event.target.closest(".layer").scrollIntoView({ block: "nearest" });
    });
  at("unit-close").addEventListener("click", clear);
  box.addEventListener("pointerleave", event => {
    // A finger leaves whenever it lifts.
    if (event.pointerType === "mouse" && unit && !small.matches)
      clear();
  });
  box.addEventListener("keydown", event => {
    if (event.key === "Escape" && unit)
      clear();
    const { layer } = event.target;
    if (!layer || !KEYS[event.key])
      return;
    event.preventDefault();
    const [right, down] = KEYS[event.key];
    const here = unit?.layer.name === layer.name ? unit : { map: 0, x: 0, y: 0 };
    const step = right + down;
    const next = layer.shape.length < 3 ? unitOf(layer, here.map + step, 0, 0)
      : unitOf(layer, here.map, here.x + right, here.y + down)
        ?? unitOf(layer, here.map + step, right > 0 ? 0 : here.x, down > 0 ? 0 : here.y);
    if (next)
      point(next);
  });

  return {
    /** Whether a unit is chosen, so that its formula needs all layers. */
    get hasUnit() { return unit !== null; },
    /** Takes a new answer: the unit stays, its values change. */
    show(ofModel, newValues) {
      if (ofModel?.sha256 !== model?.sha256) {
        weights = new Map();
        unit = null;
      }
      model = ofModel;
      values = newValues;
      const canvas = unit && [...box.querySelectorAll(".layer canvas")].find(one => one.layer?.name === unit.layer.name);
      unit = canvas ? unitOf(canvas.layer, unit.map, unit.x, unit.y) : null;
      if (model)
        show();
    },
  };
}
