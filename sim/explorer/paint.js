/* Canvases, colours, hatching: every mark is a shape as well as a colour. */
const COLOURS = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["back", "panel", "line", "text", "quiet", "fresh", "stale", "silence", "ahead", "write", "play", "said", "mark", "focus"]) COLOURS[name] = style.getPropertyValue(`--${name}`).trim();
  PATTERNS.clear();
}
const PATTERNS = new Map();
/* Solid for what is right, stripes for what is old, dots for what is early, empty for silence. */
function fillOf(context, kind) {
  const key = kind;
  if (PATTERNS.has(key)) return PATTERNS.get(key);
  const [colour, shape] = { fresh: [COLOURS.fresh, "solid"], stale: [COLOURS.stale, "stripes"], ahead: [COLOURS.ahead, "dots"], foreign: [COLOURS.ahead, "stripes"], silence: [COLOURS.silence, "grid"] }[kind];
  let fill = colour;
  if (shape !== "solid") {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 12;
    const pen = tile.getContext("2d");
    pen.fillStyle = COLOURS.panel; pen.fillRect(0, 0, 12, 12);
    pen.strokeStyle = pen.fillStyle = colour; pen.lineWidth = 3;
    if (shape === "stripes") for (const from of [-12, 0, 12]) { pen.beginPath(); pen.moveTo(from, 12); pen.lineTo(from + 12, 0); pen.stroke(); }
    if (shape === "dots") for (const [x, y] of [[3, 3], [9, 9]]) { pen.beginPath(); pen.arc(x, y, 2.4, 0, 7); pen.fill(); }
    if (shape === "grid") { pen.lineWidth = 1.2; pen.beginPath(); pen.moveTo(6, 0); pen.lineTo(6, 12); pen.moveTo(0, 6); pen.lineTo(12, 6); pen.stroke(); }
    fill = context.createPattern(tile, "repeat");
  }
  PATTERNS.set(key, fill);
  return fill;
}
function kindOf(cls) {
  return { fresh: "fresh", stale: "stale", ahead: "ahead", foreign: "foreign" }[cls] || "silence";
}
/* A canvas as large as it is shown, in units of the page. */
function surface(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) { canvas.width = Math.round(width * scale); canvas.height = Math.round(height * scale); }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const size = document.body.dataset.alone ? 20 : 14;
  context.font = `${size}px system-ui, "Segoe UI", sans-serif`;
  context.textBaseline = "middle";
  return { context, width, height, size };
}
