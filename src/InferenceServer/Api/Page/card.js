// The card of a model.

import { element, number, percent, settings } from "/page/page.js";

const recipe = settings => Object.entries(settings).map(([key, value]) => `${key.replaceAll("_", " ")} ${value}`).join(", ");

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
    "recipe": manifest.recipe ? recipe(manifest.recipe) : "this file does not have it",
  };
  box.replaceChildren(settings(known, "Served"), ...(recorded
    ? [settings(Object.fromEntries(Object.entries(recorded).filter(([, value]) => value)), "Recorded by its training")]
    : [element("p", { className: "explain" }, "This model was not exported by LeNetServe, so that no more is known of it.")]));
}
