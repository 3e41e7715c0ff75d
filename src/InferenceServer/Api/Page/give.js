// Images from elsewhere: chosen, photographed, dropped or pasted.

import { element } from "/page/page.js";

const MOST_BYTES = 3_500_000;
const MOST_PIXELS = 8e6;
const LARGEST_SIDE = 1600;

/**
 * Calls given(file, bitmap) with each image; the bitmap is null if this browser cannot show the file. An image that is not ready when the
 * next one comes, or when forget() is called, is not given.
 */
export function receiveImages(inputs, given) {
  let newest = 0;
  const give = async file => {
    const turn = ++newest;
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      // The server says what is wrong with it, or knows a format that this browser does not.
    }
    const isLarge = bitmap && (file.size > MOST_BYTES || bitmap.width * bitmap.height > MOST_PIXELS);
    const image = isLarge ? await smaller(bitmap) : file;
    if (turn === newest)
      given(image, bitmap);
  };
  for (const input of inputs)
    input.addEventListener("change", event => {
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
  return { give, forget: () => newest++ };
}

async function smaller(bitmap) {
  const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = element("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise(done => canvas.toBlob(done, "image/jpeg", 0.92));
}
