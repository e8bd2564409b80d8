/* Lanes over time: interrupts, DPCs, threads, packets with their margins, the speaker, glitches. */
class TimeLine {
  constructor() { this.from = 0; this.to = 1; this.chosen = -1; }
  showAll(run) {
    const packet = run.stream ? run.stream.packet / run.stream.rate_hz * 1e9 : 1e7;
    this.from = 0;
    this.to = Math.min(run.duration_ns, Math.max(packet * 12, 1e6));
    this.limit = run.duration_ns;
  }
  follow(t) {
    const width = this.to - this.from;
    if (t < this.from + width * 0.05 || t > this.to - width * 0.1) this.moveTo(t - width * 0.35);
  }
  moveTo(from) {
    const width = this.to - this.from;
    this.from = Math.max(0, Math.min(from, this.limit - width));
    this.to = this.from + width;
  }
  zoom(factor, around) {
    const width = Math.min(this.limit, Math.max(2e4, (this.to - this.from) * factor));
    const share = (around - this.from) / (this.to - this.from);
    this.from = around - width * share; this.to = this.from + width;
    this.moveTo(this.from);
  }
}
function lanesOf(run) {
  const lanes = [];
  if (run.rowsOf("machine.isr").length) lanes.push({ key: "isr", name: WORDS.lanes.isr });
  if (run.rowsOf("machine.dpc").length) lanes.push({ key: "dpc", name: WORDS.lanes.dpc });
  const threads = new Map();
  for (const row of run.rowsOf("machine.wake")) { const who = run.history.sources[run.log.get(row, "source")]; if (!threads.has(who)) threads.set(who, { key: "thread", name: who, rows: [] }); threads.get(who).rows.push(row); }
  lanes.push(...threads.values());
  if (run.stream && !run.stream.by_position) lanes.push({ key: "write", name: WORDS.lanes.write });
  if (run.stream) lanes.push({ key: "speaker", name: WORDS.lanes.speaker });
  if (run.glitches.length) lanes.push({ key: "why", name: WORDS.lanes.why });
  return lanes;
}
function drawTime(canvas, run, t, line) {
  const { context, width, height, size } = surface(canvas);
  run.lanes = run.lanes || lanesOf(run);
  const left = size * 7, right = width - 12, top = size * 1.8, foot = size * 1.6;
  const x = (at) => left + (at - line.from) / (line.to - line.from) * (right - left);
  const high = (height - top - foot) / Math.max(1, run.lanes.length), thick = Math.min(high * 0.6, size * 2.2);
  context.save();
  grid(context, line, x, { top, bottom: height - foot, size, width });
  run.lanes.forEach((lane, place) => {
    const y = top + high * (place + 0.5);
    context.fillStyle = COLOURS.quiet; context.textAlign = "right"; context.fillText(lane.name, left - 10, y);
    context.strokeStyle = COLOURS.line; context.lineWidth = 1; context.beginPath(); context.moveTo(left, y + thick / 2 + 2); context.lineTo(right, y + thick / 2 + 2); context.stroke();
    context.save(); context.beginPath(); context.rect(left, 0, right - left, height); context.clip();
    LANES[lane.key](context, run, lane, line, { x, y, thick, size });
    context.restore();
  });
  context.beginPath(); context.rect(left, 0, right - left, height); context.clip();
  run.glitches.forEach((glitch, place) => {
    if (glitch.start_ns + glitch.duration_ns < line.from || glitch.start_ns > line.to) return;
    const gx = x(glitch.start_ns), isChosen = place === line.chosen;
    context.fillStyle = context.strokeStyle = COLOURS.mark; context.lineWidth = isChosen ? 3 : 1.5;
    context.beginPath(); context.moveTo(gx, top - 2); context.lineTo(gx - 8, top - 16); context.lineTo(gx + 8, top - 16); context.closePath(); context.fill();
    context.setLineDash([4, 4]); context.beginPath(); context.moveTo(gx, top); context.lineTo(gx, height - foot); context.stroke(); context.setLineDash([]);
  });
  context.strokeStyle = context.fillStyle = COLOURS.focus; context.lineWidth = 2;
  context.beginPath(); context.moveTo(x(t), top - 4); context.lineTo(x(t), height - foot); context.stroke();
  context.beginPath(); context.arc(x(t), top - 6, 5, 0, 7); context.fill();
  context.restore();
}
function grid(context, line, x, { top, bottom, size }) {
  const wanted = (line.to - line.from) / 8, power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((many) => many * power).find((one) => one >= wanted);
  context.textAlign = "center"; context.lineWidth = 1;
  for (let at = Math.ceil(line.from / step) * step; at <= line.to; at += step) {
    context.strokeStyle = COLOURS.line; context.beginPath(); context.moveTo(x(at), top); context.lineTo(x(at), bottom); context.stroke();
    context.fillStyle = COLOURS.quiet; context.fillText(ms(at, step < 1e5 ? 3 : step < 1e6 ? 1 : 0), x(at), bottom + size);
  }
}
/* Of the rows of a lane those in the window, and one before. */
function visible(run, rows, line) {
  return rows.slice(Math.max(0, run.countUpTo(rows, line.from) - 1), run.countUpTo(rows, line.to) + 1);
}
const LANES = {
  isr(context, run, lane, line, { x, y, thick }) {
    context.fillStyle = COLOURS.play;
    for (const row of visible(run, run.rowsOf("machine.isr"), line)) context.fillRect(x(run.at(row)) - 1.5, y - thick / 2, 3, thick);
  },
  dpc(context, run, lane, line, { x, y, thick }) {
    for (const row of visible(run, run.rowsOf("machine.dpc"), line)) {
      const wait = run.log.get(row, "c") || 0, at = run.at(row);
      if (wait > 0) { context.fillStyle = fillOf(context, "stale"); context.fillRect(x(at - wait), y - thick / 2, x(at) - x(at - wait), thick); }
      context.fillStyle = COLOURS.write; context.fillRect(x(at) - 2, y - thick / 2, 4, thick);
    }
  },
  thread(context, run, lane, line, { x, y, thick }) {
    for (const row of visible(run, lane.rows, line)) {
      const due = run.log.get(row, "c"), starts = run.log.get(row, "d");
      if (starts > due) { context.fillStyle = fillOf(context, "stale"); context.fillRect(x(due), y - thick / 2, Math.max(1, x(starts) - x(due)), thick); }
      context.fillStyle = COLOURS.fresh; context.beginPath(); context.arc(x(starts), y, Math.min(6, thick / 2), 0, 7); context.fill();
    }
  },
  write(context, run, lane, line, { x, y, thick, size }) {
    const rows = run.writes, begin = Math.max(0, rows.upTo(line.from, "at_ns") - run.stream.packets - 1), end = Math.min(rows.length, rows.upTo(line.to, "at_ns") + 1);
    context.textAlign = "left";
    for (let row = begin; row < end; row++) {
      const at = rows.get(row, "at_ns"), margin = rows.get(row, "margin_ns");
      if (Number.isNaN(margin)) continue;
      const due = at + margin, late = margin < 0, tall = thick / 2;
      const top = y - thick / 2 + (row % 2) * tall;
      context.fillStyle = late ? fillOf(context, "stale") : COLOURS.fresh;
      context.globalAlpha = late ? 1 : 0.35; context.fillRect(x(Math.min(at, due)), top, Math.max(1.5, Math.abs(x(due) - x(at))), tall - 2); context.globalAlpha = 1;
      context.fillStyle = late ? COLOURS.mark : COLOURS.fresh; context.fillRect(x(at) - 1.5, top, 3, tall - 2);
      if (x(at + run.stream.packet / run.stream.rate_hz * 1e9) - x(at) > 2.6 * size) { context.fillStyle = COLOURS.text; context.fillText(String(Math.floor(rows.get(row, "first") / run.stream.packet)), x(at) + 5, top + tall / 2 - 1); }
    }
  },
  speaker(context, run, lane, line, { x, y, thick }) {
    const spans = run.spans, begin = Math.max(0, spans.upTo(line.from, "begins_ns") - 1), end = Math.min(spans.length, spans.upTo(line.to, "begins_ns"));
    for (let row = begin; row < end; row++) {
      const from = spans.get(row, "begins_ns"), to = spans.get(row, "ends_ns");
      context.fillStyle = fillOf(context, kindOf(run.classes[spans.get(row, "class")]));
      context.fillRect(x(Math.max(from, line.from)), y - thick / 2, Math.max(2, x(Math.min(to, line.to)) - x(Math.max(from, line.from))), thick);
    }
  },
  /* The parts of the wake-up that made the chosen glitch, one behind the other. */
  why(context, run, lane, line, { x, y, thick, size }) {
    const glitch = run.glitches[line.chosen], wake = glitch && glitch.blame.wake;
    if (!wake) return;
    let at = wake.due_ns;
    context.textAlign = "left";
    for (const [place, [name, length]] of wake.parts.entries()) {
      const begin = x(at), wide = Math.max(2, x(at + length) - begin), word = WORDS.components[name] || name;
      context.fillStyle = place % 2 ? COLOURS.said : COLOURS.mark;
      context.fillRect(begin, y - thick / 2, wide, thick);
      const fits = context.measureText(word).width + 8 < wide;
      if (fits || wake.parts.length === 1) { context.fillStyle = fits ? COLOURS.panel : COLOURS.text; context.fillText(word, fits ? begin + 4 : begin + wide + 6, y); }
      at += length;
    }
  },
};
function tellBlame(run, chosen) {
  if (!run.glitches.length) return WORDS.noGlitch;
  const glitch = run.glitches[chosen];
  if (!glitch) return WORDS.blameHint;
  const of = glitch.frames ? `${glitch.frames} × ${WORDS.classes[glitch.class] || glitch.class}` : WORDS.jump;
  const what = `${glitch.type} ${ms(glitch.start_ns)}, ${of}`;
  const parts = glitch.blame.wake ? glitch.blame.wake.parts : glitch.blame.parts;
  if (!parts.length) return `${what}: ${WORDS.noCause}`;
  const sum = parts.reduce((all, [, length]) => all + length, 0);
  const cause = glitch.fault ? `, ${WORDS.fault(glitch.fault)}` : "";
  return WORDS.blame(what, parts.map(([name, length]) => `${WORDS.components[name] || name} ${ms(length)}`).join(" + "), ms(sum)) + cause;
}
