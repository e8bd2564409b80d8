/* The cyclic buffer as a circle with its hands, and the same as a strip. */
function drawRing(canvas, run, t) {
  const { context, width, height, size } = surface(canvas);
  if (!run.stream) { context.fillStyle = COLOURS.quiet; context.fillText(WORDS.noSpeaker, 20, height / 2); return; }
  if (run.handsOver) { tellAtLength(context, WORDS.handsOver, { x: 20, y: height / 2 - 2 * size, width: width - 40, size }); return; }
  const playing = run.playing(t), frame = playing ? playing.frame : 0, round = run.round;
  const strip = 3.2 * size, cx = width / 2, cy = (height - strip) / 2, outer = Math.min(cx, cy) - 1.6 * size, inner = outer * 0.62;
  const angle = (place) => place / round * 2 * Math.PI - Math.PI / 2;
  const stripY = height - strip + size, stripH = strip - 1.6 * size, x = (place) => 8 + place / round * (width - 16);
  for (const piece of run.holds(t)) {
    for (const part of parts(run, piece, frame)) {
      context.fillStyle = fillOf(context, part.kind);
      context.beginPath();
      context.arc(cx, cy, outer, angle(part.from), angle(part.to));
      context.arc(cx, cy, inner, angle(part.to), angle(part.from), true);
      context.closePath(); context.fill();
      context.fillRect(x(part.from), stripY, x(part.to) - x(part.from), stripH);
    }
  }
  context.strokeStyle = COLOURS.text; context.lineWidth = 1.5;
  for (const radius of [inner, outer]) { context.beginPath(); context.arc(cx, cy, radius, 0, 2 * Math.PI); context.stroke(); }
  context.strokeRect(x(0), stripY, x(round) - x(0), stripH);
  context.textAlign = "center"; context.fillStyle = COLOURS.text;
  for (let packet = 0; packet < run.stream.packets; packet++) {
    const a = angle(packet * run.stream.packet), [c, s] = [Math.cos(a), Math.sin(a)];
    context.beginPath(); context.moveTo(cx + inner * c, cy + inner * s); context.lineTo(cx + (outer + 6) * c, cy + (outer + 6) * s); context.stroke();
    context.beginPath(); context.moveTo(x(packet * run.stream.packet), stripY); context.lineTo(x(packet * run.stream.packet), stripY + stripH); context.stroke();
  }
  labelPackets(context, run, t, frame, { angle, cx, cy, radius: (outer + inner) / 2, size });
  const hand = (place, colour, reach, mark) => {
    const a = angle(place), [c, s] = [Math.cos(a), Math.sin(a)];
    context.strokeStyle = context.fillStyle = colour; context.lineWidth = 3;
    context.beginPath(); context.moveTo(cx, cy); context.lineTo(cx + reach * c, cy + reach * s); context.stroke();
    mark(cx + reach * c, cy + reach * s, a);
    context.beginPath(); context.moveTo(x(place), stripY - 7); context.lineTo(x(place), stripY + stripH + 7); context.stroke();
  };
  const written = run.written(t), said = run.said(t);
  if (said) hand((said.packets * run.stream.packet) % round, COLOURS.said, inner * 0.8, (px, py) => { context.fillRect(px - 5, py - 5, 10, 10); });
  if (written) hand(written.frame % round, COLOURS.write, outer + 2, (px, py) => { context.beginPath(); context.arc(px, py, 7, 0, 7); context.fill(); });
  if (playing) hand(frame % round, COLOURS.play, outer + 10, (px, py, a) => arrow(context, px, py, a));
}
/* A sentence in lines that fit. */
function tellAtLength(context, text, { x, y, width, size }) {
  context.fillStyle = COLOURS.text; context.textAlign = "left";
  let line = "";
  for (const word of text.split(" ")) {
    if (context.measureText(`${line} ${word}`).width > width) { context.fillText(line, x, y); y += size * 1.6; line = word; } else { line = line ? `${line} ${word}` : word; }
  }
  context.fillText(line, x, y);
}
/* A stretch of the ring cut at the play position, each part with what will be heard from there. */
function parts(run, piece, frame) {
  if (piece.frame === null) return [{ from: piece.from, to: piece.to, kind: "silence" }];
  const cut = Math.ceil(frame) % run.round, all = [];
  const add = (from, to) => {
    if (from >= to) return;
    const next = run.nextAt(from, frame), own = piece.frame + from - piece.from;
    all.push({ from, to, kind: own === next ? "fresh" : own < next ? "stale" : "ahead" });
  };
  if (cut > piece.from && cut < piece.to) { add(piece.from, cut); add(cut, piece.to); } else add(piece.from, piece.to);
  return all;
}
function labelPackets(context, run, t, frame, { angle, cx, cy, radius, size }) {
  if (run.stream.by_position || run.stream.packets > 8) return;
  for (const piece of run.holds(t)) {
    if (piece.frame === null || piece.to - piece.from < run.round / 16) continue;
    const a = angle((piece.from + piece.to) / 2), number = String(Math.floor(piece.frame / run.stream.packet));
    const [px, py] = [cx + radius * Math.cos(a), cy + radius * Math.sin(a)];
    context.fillStyle = COLOURS.panel;
    context.beginPath(); context.arc(px, py, size * 1.15 + number.length * 2, 0, 7); context.fill();
    context.fillStyle = COLOURS.text; context.fillText(number, px, py + 1);
  }
}
function arrow(context, x, y, angle) {
  context.beginPath();
  for (const [turn, reach] of [[0, 12], [2.5, 10], [-2.5, 10]]) context.lineTo(x + reach * Math.cos(angle + turn), y + reach * Math.sin(angle + turn));
  context.closePath(); context.fill();
}
/* The same in words. */
function tellHands(list, run, t) {
  const rows = [];
  if (run.stream) {
    const playing = run.playing(t), written = run.written(t), said = run.said(t), span = run.span(t);
    const frames = (frame) => `${Math.floor(frame)} (${WORDS.packet} ${Math.floor(frame / run.stream.packet)})`;
    rows.push(["▲ " + WORDS.handPlay, playing ? frames(playing.frame) : WORDS.stopped]);
    rows.push([run.handsOver ? WORDS.handedOver : "● " + WORDS.handWrite, written ? frames(written.frame) : WORDS.nothing]);
    if (said) rows.push(["■ " + WORDS.handSaid, `${said.packets} × ${run.stream.packet}, ${ms(said.at)}`]);
    rows.push([WORDS.now, span ? WORDS.classes[span.class] : WORDS.stopped]);
    const margin = written ? run.writes.get(written.row, "margin_ns") : NaN;
    if (!Number.isNaN(margin)) rows.push([WORDS.slack, margin < 0 ? WORDS.late(ms(-margin)) : WORDS.early_(ms(margin))]);
  }
  list.replaceChildren(...rows.flatMap(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]));
}
