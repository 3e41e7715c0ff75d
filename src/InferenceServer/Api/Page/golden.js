// The model's golden images, run by the server and compared with torch's answers.

import { bytes, count, element, number, percent, picture } from "/page/page.js";
import { call, pathTo } from "/page/server.js";

const LEAST = 1e-12;
const MOST_SAMPLES = 8;
const SAMPLE_SIDE = 48;

/** Runs the golden images of a model and shows the comparison, image by image. */
export async function prove(box, model, askToken) {
  box.replaceChildren(element("p", { className: "explain" }, "Running…"));
  const { images, difference, tolerance, disagreements = 0, passed } = await read(model, askToken);
  const verdict = passed ? "The server answers as torch did." : "The server does not answer as torch did.";
  box.replaceChildren(
    element("p", { className: "explain" }, element("b", {}, verdict), ` ${count(images.length, "golden image")}, the largest difference of `
      + `a probability ${power(difference)} (at most ${power(tolerance)} passes), ${number(disagreements)} with another best class.`),
    element("ol", { className: "tiles golden" }, images.map(image => show(image, model))));
}

const read = async (model, askToken) => (await call(`${pathTo(model)}/golden`, {}, askToken)).json();

/** Buttons with golden images of several classes, for a model whose input nobody can draw. A click gives the image as a PNG file. */
export async function samples(model, askToken, give) {
  const { images } = await read(model, askToken);
  const ofClasses = images.filter((image, index) => index === images.findIndex(one => one.expected.label === image.expected.label));
  return ofClasses.slice(0, MOST_SAMPLES).map(image => {
    const canvas = draw(image, model, `sample: ${image.expected.label}`);
    canvas.style.width = `${SAMPLE_SIDE}px`;
    const button = element("button", { type: "button", title: canvas.title }, canvas);
    button.style.padding = "2px";
    button.addEventListener("click", () => give(new File([bytes(canvas.toDataURL().split(",")[1])], "sample.png", { type: "image/png" })));
    return button;
  });
}

const draw = (image, model, label) =>
  picture(bytes(image.pixels), model.height, model.width, model.channels === 3 ? "rgb" : "gray", label);

const power = value => !value ? "0" : value < LEAST ? "< 1e−12" : Number(value).toExponential(1).replace("e-", "e−");

function show(image, model) {
  const { expected, found } = image;
  return element("li", {}, element("figure", { className: "tile" },
    draw(image, model, `golden image of torch's answer ${expected.label}`),
    element("figcaption", {}, element("b", {}, expected.label === found.label ? found.label : `${expected.label} → ${found.label}`),
      ` ${percent(found.probability ?? 0, 1)}`, element("small", {}, `± ${power(image.difference ?? 0)}`))));
}
