// The card of a model.

import { element, number, percent, settings } from "/page/page.js";

/** What the server knows of a model, and what its training recorded. */
export function showCard(box, model) {
  if (!model)
    return box.replaceChildren();
  const { manifest } = model;
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
  box.replaceChildren(settings(known, "Served"), ...(recorded
    ? [settings(Object.fromEntries(Object.entries(recorded).filter(([, value]) => value)), "Recorded by its training"), recipe(manifest)]
    : [element("p", { className: "explain" }, "This model was not exported by LeNetServe, so that no more is known of it.")]));
}

/** The settings of the training, which a file of an earlier export does not have. */
const recipe = ({ recipe }) => recipe
  ? settings(Object.fromEntries(Object.entries(recipe).map(([key, value]) => [key.replaceAll("_", " "), value])), "Recipe")
  : element("p", { className: "explain" }, "This file does not have the recipe of its training.");
