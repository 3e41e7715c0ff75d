// Strokes of a pen as ink.

export const PAPER = "#fff";

const INK = "#000";
const WIDTH = 0.075;

/** Draws strokes on a square of that side. A point is {x, y, pressure}, with x and y in shares of the side. */
export function drawStrokes(context, strokes, side) {
  context.strokeStyle = context.fillStyle = INK;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes)
    paintStroke(context, stroke, side);
}

/** Curves through the middles of neighbors, each as wide as its pressure. */
function paintStroke(context, points, side) {
  const width = point => WIDTH * side * point.pressure;
  if (points.length === 1) {
    context.beginPath();
    context.arc(points[0].x * side, points[0].y * side, width(points[0]) / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  const middle = (one, other) => [(one.x + other.x) / 2 * side, (one.y + other.y) / 2 * side];
  for (let index = 1; index < points.length; index++) {
    const [before, at, after] = [points[index - 1], points[index], points[index + 1] ?? points[index]];
    context.lineWidth = width(at);
    context.beginPath();
    context.moveTo(...(index === 1 ? [before.x * side, before.y * side] : middle(before, at)));
    context.quadraticCurveTo(at.x * side, at.y * side, ...(index === points.length - 1 ? [at.x * side, at.y * side] : middle(at, after)));
    context.stroke();
  }
}
