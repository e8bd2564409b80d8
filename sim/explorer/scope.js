/* What the speaker got, against the same with nothing wrong; to be seen and to be heard. */
function soundOf(run, which) {
  const sound = (run[which] || []).find((one) => run.speaker && one.endpoint === run.speaker.name);
  return sound ? { ...sound, bytes: run.raws[sound.column] } : null;
}
const SAMPLES = {
  u8: [1, (view, at) => (view.getUint8(at) - 128) / 128], s16: [2, (view, at) => view.getInt16(at, true) / 32768],
  s24: [3, (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8388608], "s24-in-32": [4, (view, at) => view.getInt32(at, true) / 2147483648],
  s32: [4, (view, at) => view.getInt32(at, true) / 2147483648], f32: [4, (view, at) => view.getFloat32(at, true)],
};
/* One channel: how many samples there are, and those from `first` on. Nothing is decoded that nobody looks at. */
function channel(run, which, number) {
  const sound = soundOf(run, which);
  if (!sound || number >= sound.channels || !sound.bytes.length) return null;
  const [bytes, read] = SAMPLES[sound.sample], view = new DataView(sound.bytes.buffer, sound.bytes.byteOffset, sound.bytes.length);
  const frame = bytes * sound.channels, length = Math.floor(sound.bytes.length / frame);
  const from = (first, count) => {
    const samples = new Float32Array(count);
    for (let i = Math.max(0, -first); i < count && first + i < length; i++) samples[i] = read(view, (first + i) * frame + number * bytes);
    return samples;
  };
  return { length, from };
}
function drawScope(canvas, run, t) {
  const { context, width, height, size } = surface(canvas);
  const heard = run.stream && channel(run, "heard", 0), perfect = run.stream && channel(run, "perfect", 0);
  if (!heard) { context.fillStyle = COLOURS.quiet; context.fillText(run.stream ? WORDS.earNone : WORDS.noSpeaker, 20, height / 2); return; }
  const rate = run.stream.rate_hz, window = run.stream.packet * 4, centre = t / 1e9 * rate, first = Math.floor(centre - window / 2);
  const x = (frame) => (frame - first) / window * width, half = (height - size * 1.4) / 2, y = (value) => half - value * half * 0.94;
  const from = first / rate * 1e9, to = (first + window) / rate * 1e9;
  for (let row = Math.max(0, run.spans.upTo(from, "begins_ns") - 1); row < run.spans.upTo(to, "begins_ns"); row++) {
    const kind = kindOf(run.classes[run.spans.get(row, "class")]);
    if (kind === "fresh") continue;
    const begin = x(run.spans.get(row, "begins_ns") / 1e9 * rate), end = x(run.spans.get(row, "ends_ns") / 1e9 * rate);
    context.globalAlpha = 0.35; context.fillStyle = fillOf(context, kind); context.fillRect(begin, 0, Math.max(2, end - begin), half * 2); context.globalAlpha = 1;
  }
  const own = heard.from(first, window), ideal = perfect && perfect.from(first, window);
  let most = 1e-6;
  for (let i = 0; i < window; i++) most = Math.max(most, Math.abs(own[i]), ideal ? Math.abs(ideal[i]) : 0);
  const wave = (samples, colour, thick, dash) => {
    context.strokeStyle = colour; context.lineWidth = thick; context.setLineDash(dash); context.beginPath();
    for (let px = 0; px <= width; px++) {
      const a = Math.min(window - 1, Math.floor(px / width * window)), b = Math.min(window, Math.max(a + 1, Math.floor((px + 1) / width * window)));
      let low = 1, high = -1;
      for (let i = a; i < b; i++) { const value = samples[i] / most; low = Math.min(low, value); high = Math.max(high, value); }
      context.lineTo(px, y(high)); if (high !== low) context.lineTo(px, y(low));
    }
    context.stroke(); context.setLineDash([]);
  };
  if (ideal) wave(ideal, COLOURS.silence, 1.5, [5, 4]);
  wave(own, COLOURS.fresh, 1.8, []);
  context.strokeStyle = COLOURS.focus; context.lineWidth = 2; context.beginPath(); context.moveTo(width / 2, 0); context.lineTo(width / 2, half * 2); context.stroke();
  context.textAlign = "left"; context.fillStyle = COLOURS.quiet;
  context.fillText(`— ${WORDS.scopeHeard}    - - ${WORDS.scopePerfect}`, 8, height - size * 0.7);
}
/* Plays what the speaker got; around a glitch again and again if asked. */
class Ear {
  constructor() { this.source = null; }
  stop() { if (this.source) { this.source.stop(); this.source = null; } }
  play(run, which, from, to, loops) {
    this.stop();
    const first = channel(run, which, 0);
    if (!first) return;
    this.audio = this.audio || new AudioContext();
    const channels = Math.min(2, soundOf(run, which).channels), rate = run.stream.rate_hz;
    const begin = Math.max(0, Math.floor(from / 1e9 * rate)), end = Math.min(first.length, Math.ceil(to / 1e9 * rate));
    if (end <= begin) return;
    const buffer = this.audio.createBuffer(channels, end - begin, rate);
    for (let number = 0; number < channels; number++) buffer.copyToChannel(channel(run, which, number).from(begin, end - begin), number);
    this.source = this.audio.createBufferSource();
    this.source.buffer = buffer; this.source.loop = loops; this.source.connect(this.audio.destination);
    this.source.start();
  }
}
