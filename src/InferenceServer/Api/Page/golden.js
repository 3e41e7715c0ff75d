// The model's golden images, run by the server and compared with torch's answers.

import { bytes, count, element, number, percent, picture } from "/page/page.js";
import { call, pathTo } from "/page/server.js";

const LEAST = 1e-12;

/** Runs the golden images of a model and shows the comparison, image by image. */
export async function prove(box, model, askToken) {
  box.replaceChildren(element("p", { className: "explain" }, "Running…"));
  const { images, difference, tolerance, disagreements = 0, passed } =
    await (await call(`${pathTo(model)}/golden`, {}, askToken)).json();
  const verdict = passed ? "The server answers as torch did." : "The server does not answer as torch did.";
  box.replaceChildren(
    element("p", { className: "explain" }, element("b", {}, verdict), ` ${count(images.length, "golden image")}, the largest difference of `
      + `a probability ${power(difference)} (at most ${power(tolerance)} passes), ${number(disagreements)} with another best class.`),
    element("ol", { className: "tiles golden" }, images.map(image => show(image, model))));
}

const power = value => !value ? "0" : value < LEAST ? "< 1e−12" : Number(value).toExponential(1).replace("e-", "e−");

function show(image, model) {
  const { expected, found } = image;
  const color = model.channels === 3 ? "rgb" : "gray";
  return element("li", {}, element("figure", { className: "tile" },
    picture(bytes(image.pixels), model.height, model.width, color, `golden image of torch's answer ${expected.label}`),
    element("figcaption", {}, element("b", {}, expected.label === found.label ? found.label : `${expected.label} → ${found.label}`),
      ` ${percent(found.probability ?? 0, 1)}`, element("small", {}, `± ${power(image.difference ?? 0)}`))));
}
