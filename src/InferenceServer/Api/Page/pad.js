// The drawing area: strokes with pressure, an image in their place, undo, and a pen for the keyboard.

import { PAPER, drawStrokes } from "/page/ink.js";
import { bytes } from "/page/page.js";

const STEP = 0.03;
/** Pixels of a side of the drawing's file. */
const SIDE = 280;
const MOST_UNDO = 50;

/** Watches a canvas. Calls changed() whenever its content is another one. */
export function createPad(canvas, changed) {
  let strokes = [];
  /** The image that somebody gave: {file, bitmap}. The bitmap is null if this browser cannot show the file. */
  let image = null;
  const past = [];
  let pen = null;
  let cursor = null;

  const render = target => {
    const context = target.getContext("2d");
    const side = target.width;
    context.fillStyle = PAPER;
    context.fillRect(0, 0, side, side);
    if (image?.bitmap) {
      const { bitmap } = image;
      const scale = Math.min(side / bitmap.width, side / bitmap.height);
      context.imageSmoothingEnabled = scale < 4;
      const [width, height] = [bitmap.width * scale, bitmap.height * scale];
      context.drawImage(bitmap, (side - width) / 2, (side - height) / 2, width, height);
    }
    drawStrokes(context, strokes, side);
  };

  const show = () => {
    render(canvas);
    if (!cursor)
      return;
    const context = canvas.getContext("2d");
    context.strokeStyle = cursor.down ? "#c0392b" : "#2563b0";
    context.lineWidth = 3;
    context.strokeRect(cursor.x * canvas.width - 9, cursor.y * canvas.height - 9, 18, 18);
  };

  const change = () => {
    show();
    changed();
  };

  /** Replaces the content, after which undo brings back the one before. */
  const become = content => {
    past.push({ strokes, image });
    past.splice(0, past.length - MOST_UNDO);
    ({ strokes, image } = content);
  };

  const begin = points => become({ strokes: [...strokes, points], image: null });

  const place = event => {
    const box = canvas.getBoundingClientRect();
    const pressure = event.pointerType === "pen" ? 0.4 + 1.2 * event.pressure : 1;
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, pressure };
  };

  canvas.addEventListener("pointerdown", event => {
    if (event.button !== 0)
      return;
    canvas.setPointerCapture(event.pointerId);
    cursor = null;
    pen = event.pointerId;
    begin([place(event)]);
    change();
  });
  canvas.addEventListener("pointermove", event => {
    if (event.pointerId !== pen)
      return;
    const between = event.getCoalescedEvents?.() ?? [];
    strokes.at(-1).push(...(between.length > 0 ? between : [event]).map(place));
    change();
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, event => pen = event.pointerId === pen ? null : pen);

  canvas.addEventListener("keydown", event => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way && event.key !== " ")
      return;
    event.preventDefault();
    cursor ??= { x: 0.5, y: 0.5, down: false };
    if (way) {
      cursor.x = Math.min(1, Math.max(0, cursor.x + STEP * way[0]));
      cursor.y = Math.min(1, Math.max(0, cursor.y + STEP * way[1]));
    } else {
      cursor.down = !cursor.down;
      if (cursor.down)
        begin([]);
    }
    if (!cursor.down)
      return show();
    strokes.at(-1).push({ x: cursor.x, y: cursor.y, pressure: 1 });
    change();
  });
  canvas.addEventListener("blur", () => {
    cursor = null;
    show();
  });

  show();
  return {
    get isEmpty() { return strokes.length === 0 && !image; },
    clear() {
      if (strokes.length > 0 || image)
        become({ strokes: [], image: null });
      cursor = pen = null;
      change();
    },
    undo() {
      ({ strokes, image } = past.pop() ?? { strokes: [], image: null });
      cursor = pen = null;
      change();
    },
    /** Shows an image in place of the strokes. */
    show(file, bitmap) {
      become({ strokes: [], image: { file, bitmap } });
      change();
    },
    /** The file to classify: the image that somebody gave, or the drawing. */
    file() { return image?.file ?? this.png(); },
    /** The bytes of the drawing as a PNG file. Canvas.toBlob would wait until the page is idle, for 8 ms on average while a pen moves. */
    png() {
      const file = document.createElement("canvas");
      file.width = file.height = SIDE;
      render(file);
      return bytes(file.toDataURL().split(",")[1]);
    },
  };
}
