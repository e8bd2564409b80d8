/* One time line, and everything that shows it. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
const by = (id) => document.getElementById(id);
const given = JSON.parse(by("given").textContent);
const model = new Model(given);
const line = new TimeLine(), ear = new Ear(), quiz = new Quiz();
const view = { run: null, t: 0, row: -1, isPlaying: false, speed: 0.02, text: given.text, before: [], seed: given.seed, frames: [] };

const last = () => view.run.duration_ns;
/* Goes to an instant: behind all that happens there. */
function goTo(t) {
  view.t = Math.max(0, Math.min(t, last()));
  view.row = view.run.log.upTo(view.t, "at_ns") - 1;
  line.follow(view.t);
  draw();
}
function goToRow(row) {
  view.row = Math.max(0, Math.min(row, view.run.log.length - 1));
  view.t = view.run.at(view.row);
  line.follow(view.t);
  draw();
}
function stepTime(rows, forward) {
  const count = view.run.countUpTo(rows, forward ? view.t : view.t - 1);
  const at = forward ? rows[count] : rows[count - 1];
  if (at !== undefined) goTo(view.run.at(at));
}
function stepPacket(forward) {
  if (!view.run.stream) return;
  const played = view.run.played, row = played.upTo(forward ? view.t : view.t - 1, "begins_ns") - (forward ? 0 : 1);
  if (row >= 0 && row < played.length) goTo(played.get(row, "begins_ns"));
}
function stepPass(forward) {
  const run = view.run, rows = run.rowsOf("machine.wake");
  stepTime(rows, forward);
}
function stepGlitch(forward) {
  const all = view.run.glitches, place = forward ? all.findIndex((glitch) => glitch.start_ns > view.t) : all.findLastIndex((glitch) => glitch.start_ns < view.t);
  if (place >= 0) choose(place);
}
function choose(place) {
  line.chosen = place;
  const glitch = view.run.glitches[place], begin = glitch.blame.wake ? glitch.blame.wake.due_ns : glitch.start_ns;
  const wide = Math.max((glitch.start_ns + glitch.duration_ns - begin) * 2.2, line.to - line.from);
  line.to = line.from + Math.min(wide, last());
  line.moveTo(begin - (line.to - line.from) * 0.2);
  goTo(glitch.start_ns);
}

let isAsked = false;
function draw() {
  if (isAsked || !view.run) return;
  isAsked = true;
  requestAnimationFrame(() => { isAsked = false; paint(); });
}
function paint() {
  const begun = performance.now(), { run, t } = view;
  const isShown = (name) => !document.body.dataset.alone || document.body.dataset.alone === name;
  if (isShown("ring")) { drawRing(by("ring"), run, t); tellHands(by("hands"), run, t); }
  if (isShown("time")) { drawTime(by("time"), run, t, line); by("blame").textContent = tellBlame(run, line.chosen); }
  if (isShown("scope")) drawScope(by("scope"), run, t);
  if (isShown("stack")) tellStack(by("stack"), run, t, view.row);
  by("clock").textContent = ms(t);
  by("scrub").value = Math.round(t / last() * 1e6);
  by("scrub").setAttribute("aria-valuetext", ms(t));
  view.frames.push(performance.now() - begun);
  if (view.frames.length > 600) view.frames.shift();
}

let lastFrame = 0;
function tick(now) {
  if (!view.isPlaying) return;
  const passed = Math.min(100, now - lastFrame);
  lastFrame = now;
  goTo(view.t + passed * 1e6 * view.speed);
  if (view.t >= last()) { play(false); return; }
  requestAnimationFrame(tick);
}
function play(isPlaying) {
  if (isPlaying && view.t >= last()) view.t = 0;
  view.isPlaying = isPlaying;
  by("play").textContent = isPlaying ? WORDS.pause : WORDS.play;
  by("play").setAttribute("aria-pressed", isPlaying);
  if (isPlaying) { lastFrame = performance.now(); requestAnimationFrame(tick); }
}

model.whenPerfect = (buffer) => { view.run.take(buffer); document.body.dataset.perfect = view.run.result.digest; draw(); };

/* Runs the text. The instant stays where it is. */
async function rerun() {
  by("verdict").textContent = WORDS.running;
  const run = await model.run(view.text, view.seed);
  if (run.error) {
    const told = run.error.problems.map((one) => (one.line ? WORDS.problemAt(one.line) : "") + (one.key ? `${one.key}: ` : "") + one.message + (one.help ? `\n  ${WORDS.helpWord}${one.help}` : ""));
    by("problem").textContent = told.join("\n");
    by("verdict").textContent = run.error.problems[0].message;
    by("verdict").className = "bad";
    return;
  }
  const isFirst = !view.run;
  view.run = run;
  by("problem").textContent = "";
  tellVerdict(run);
  line.limit = run.duration_ns;
  if (isFirst) line.showAll(run);
  line.chosen = run.glitches.length ? Math.min(Math.max(line.chosen, 0), run.glitches.length - 1) : -1;
  line.moveTo(line.from);
  quiz.choose(run);
  quiz.draw(by("question"), run, goTo);
  if (isFirst && !startFromLink() && run.glitches.length) choose(0); else goTo(view.t);
  document.body.dataset.ready = String(Number(document.body.dataset.ready || 0) + 1);
}
function tellVerdict(run) {
  const lost = run.result.endpoints.reduce((sum, end) => sum + (end.lost_ns || 0), 0);
  const count = run.result.endpoints.reduce((sum, end) => sum + end.glitches.length, 0);
  const words = [count ? `${WORDS.glitches(count)}, ${WORDS.lost((lost / 1e6).toFixed(3))}` : WORDS.clean];
  if (run.result.expect && run.result.expect.length) words.push(run.result.met ? WORDS.met : WORDS.unmet);
  by("verdict").textContent = `${count ? "▼ " : "✓ "}${words.join("; ")}`;
  by("verdict").className = count ? "bad" : "";
  by("title").textContent = run.result.scenario;
  by("digest").textContent = `${WORDS.digest} ${run.result.digest}`;
  by("seed").textContent = `${WORDS.seed} ${run.result.seed}`;
}

/* Text, sliders, faults. */
let isSoon = 0;
function change(text, isKept = true) {
  if (isKept) view.before.push(view.text);
  view.text = text === given.text ? text : unexpecting(text);
  by("toml").value = view.text;
  drawKnobs();
  clearTimeout(isSoon);
  isSoon = setTimeout(rerun, 60);
}
function drawKnobs() {
  const all = figures(view.text);
  by("knobs").replaceChildren(...all.slice(0, 14).map((figure) => {
    const range = rangeOf(figure), slider = element("input", { type: "range", "data-key": figure.key, ...range, value: figure.number });
    const value = element("output", {}, figure.number + figure.unit);
    slider.oninput = () => { value.textContent = slider.value + figure.unit; clearTimeout(isSoon); isSoon = setTimeout(() => { if (view.sliding !== figure) { view.before.push(view.text); view.sliding = figure; } change(put(view.text, figure, Number(slider.value)), false); }, 40); };
    return element("label", {}, `${figure.table.replace("machine.cpu.", "")} ${figure.key}`, slider, value);
  }));
}
function undo() { const text = view.before.pop(); if (text !== undefined) { view.text = text; by("toml").value = text; drawKnobs(); rerun(); } }
/* The number of the notification, or of the pass, that comes next. */
function nextEvent() { const frame = view.run.stream ? view.run.playing(view.t) : null; return frame ? Math.floor(frame.frame / view.run.stream.packet) + 1 : 1; }
const FAULTS = {
  w: () => { const who = view.run.shared ? "engine = true" : "client = 0"; return withFault(view.text, `late-wake-up = { ${who}, event = ${nextEvent()}, by = "14ms" }`); },
  d: () => withFault(view.text, `late-dpc = { event = ${nextEvent()}, by = "14ms" }`),
  i: () => withFault(view.text, `lost-notification = { event = ${nextEvent()} }`),
  p: () => withKey(view.text, "device", 'drift = "1000ppm"'),
};
const fault = (key) => { view.sliding = null; change(FAULTS[key]()); };

/* Links: scenario text if it was changed, seed and instant. */
function link() {
  const parts = [`t=${Math.round(view.t)}`];
  if (view.seed !== null) parts.push(`seed=${view.seed}`);
  if (view.text !== given.text && view.text.length < 6000) parts.push(`text=${encodeURIComponent(view.text)}`);
  return `${location.href.split("#")[0]}#${parts.join("&")}`;
}
function startFromLink() {
  const found = new URLSearchParams(location.hash.slice(1));
  if (!found.has("t")) return false;
  goTo(Number(found.get("t")) || 0);
  return true;
}
function readLink() {
  const found = new URLSearchParams(location.hash.slice(1));
  if (found.has("seed")) view.seed = found.get("seed");
  if (found.has("text")) view.text = found.get("text");
}
async function copy(text, button) { try { await navigator.clipboard.writeText(text); } catch { location.hash = text.split("#")[1] || ""; } if (button) { const was = button.textContent; button.textContent = WORDS.linked; setTimeout(() => { button.textContent = was; }, 1200); } }

function hear(which, loops) {
  const glitch = view.run.glitches[Math.max(0, line.chosen)];
  if (loops && glitch) ear.play(view.run, which, glitch.start_ns - 5e7, glitch.start_ns + glitch.duration_ns + 5e7, true);
  else ear.play(view.run, which, view.t, last(), false);
}
function setTheme(theme) { document.documentElement.dataset.theme = theme; readColours(); drawLegend(); draw(); }
function drawLegend() {
  by("legend").replaceChildren(...[["fresh", WORDS.ready], ["stale", WORDS.old], ["ahead", WORDS.early], ["silence", WORDS.none]].map(([kind, word]) => {
    const swatch = element("canvas", { width: 18, height: 14, "aria-hidden": "true" }), pen = swatch.getContext("2d");
    pen.fillStyle = fillOf(pen, kind); pen.fillRect(0, 0, 18, 14);
    return element("li", {}, swatch, word);
  }));
}
function alone(name) { if (name) document.body.dataset.alone = name; else delete document.body.dataset.alone; draw(); }

/* Keys and buttons do the same things. */
const DO = {
  play: () => play(!view.isPlaying), back: () => goToRow(view.row - 1), forth: () => goToRow(view.row + 1), packetBack: () => stepPacket(false), packetForth: () => stepPacket(true),
  passBack: () => stepPass(false), passForth: () => stepPass(true), toStart: () => goTo(0), toEnd: () => goTo(last()), prevGlitch: () => stepGlitch(false), nextGlitch: () => stepGlitch(true),
};
function keyOf(event) {
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "range") return null;
  if (event.ctrlKey || event.metaKey) return null;
  const arrows = event.target.type === "range" && event.target.id !== "scrub";
  const keys = {
    " ": event.target.tagName === "BUTTON" ? null : DO.play, "[": DO.prevGlitch, "]": DO.nextGlitch, Home: DO.toStart, End: DO.toEnd, "?": () => by("help").showModal(),
    "+": () => { line.zoom(0.6, view.t); draw(); }, "-": () => { line.zoom(1.6, view.t); draw(); }, w: () => fault("w"), d: () => fault("d"), i: () => fault("i"), p: () => fault("p"), u: undo, s: () => copy(link(), by("link")),
    h: () => hear("heard", false), t: () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
    0: () => alone(null), 1: () => alone("ring"), 2: () => alone("stack"), 3: () => alone("time"), 4: () => alone("scope"), 5: () => alone("question"),
    ArrowLeft: arrows ? null : event.shiftKey ? DO.packetBack : event.altKey ? DO.passBack : DO.back, ArrowRight: arrows ? null : event.shiftKey ? DO.packetForth : event.altKey ? DO.passForth : DO.forth,
  };
  return keys[event.key] || null;
}
function buttons(place, all) { by(place).append(...all.map(([id, word, does]) => { const button = element("button", { type: "button", id }, word); button.onclick = () => does(button); return button; })); }
function build() {
  for (const name of Object.keys(WORDS.views)) by(`${name}-view`).querySelector("h2").textContent = WORDS.views[name];
  for (const [id, label] of [["ring", WORDS.ringLabel], ["time", WORDS.timeLabel], ["scope", WORDS.scopeLabel]]) by(id).setAttribute("aria-label", label);
  buttons("tools", [["link", WORDS.link, (button) => copy(link(), button)], ["theme", "◐", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark")], ["keys", "?", () => by("help").showModal()]]);
  for (const [id, label] of [["keys", WORDS.helpTool], ["theme", WORDS.theme]]) { by(id).setAttribute("aria-label", label); by(id).title = label; }
  const icons = { toStart: "|◀", prevGlitch: "▼◀", packetBack: "◀◀", back: "◀", play: WORDS.play, forth: "▶", packetForth: "▶▶", nextGlitch: "▶▼", toEnd: "▶|" };
  buttons("transport", Object.entries(icons).map(([id, icon]) => [id, icon, DO[id]]));
  for (const id of Object.keys(icons)) if (id !== "play") { by(id).setAttribute("aria-label", WORDS[id]); by(id).title = WORDS[id]; }
  const speed = element("select", { id: "speed", "aria-label": WORDS.speed }, ...[[1, "1×"], [0.1, "1/10×"], [0.02, "1/50×"], [0.005, "1/200×"], [0.001, "1/1000×"]].map(([value, word]) => element("option", value === view.speed ? { value, selected: "" } : { value }, word)));
  speed.onchange = () => { view.speed = Number(speed.value); };
  by("transport").append(speed);
  buttons("text-tools", [["late", WORDS.late14 + " (w)", () => fault("w")], ["dpc", WORDS.dpcHere + " (d)", () => fault("d")], ["lost", WORDS.lostHere + " (i)", () => fault("i")], ["drift", WORDS.driftHere + " (p)", () => fault("p")], ["undo", WORDS.undo + " (u)", undo], ["reset", WORDS.again, () => change(given.text)], ["copy", WORDS.copy, (button) => copy(view.text, button)]]);
  buttons("ear", [["hear", WORDS.hear, () => hear("heard", false)], ["perfect", WORDS.hearPerfect, () => hear("perfect", false)], ["loop", WORDS.loop, () => hear("heard", true)], ["hush", WORDS.stop, () => ear.stop()]]);
  const frame = element("input", { type: "number", id: "frame", min: 0, value: 0, "aria-label": WORDS.frame }), told = element("span", { id: "followed", role: "status" });
  by("follow").append(element("label", { for: "frame" }, WORDS.follow), frame, told);
  by("follow").onsubmit = (event) => event.preventDefault();
  frame.oninput = () => { told.textContent = view.run ? followFrame(view.run, Math.max(0, Math.floor(Number(frame.value)))) : ""; };
  by("help").append(element("h2", {}, WORDS.helpTitle), element("table", {}, ...WORDS.help.map(([key, does]) => element("tr", {}, element("td", {}, element("kbd", {}, key)), element("td", {}, does)))), Object.assign(element("button", { type: "button" }, WORDS.close), { onclick: () => by("help").close() }));
  by("toml").value = view.text;
  by("toml").setAttribute("aria-label", WORDS.views.text);
  by("toml").oninput = () => { clearTimeout(isSoon); isSoon = setTimeout(() => { view.before.push(view.text); view.text = by("toml").value; drawKnobs(); rerun(); }, 400); };
  by("scrub").setAttribute("aria-label", WORDS.scrub);
  by("scrub").oninput = () => { play(false); goTo(by("scrub").value / 1e6 * last()); };
  by("time").onpointerdown = (event) => pick(event);
  by("time").onpointermove = (event) => { if (event.buttons) pick(event); };
  by("time").onwheel = (event) => { event.preventDefault(); line.zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event)); draw(); };
  window.onresize = draw;
  window.onkeydown = (event) => { if (by("help").open) return; const does = view.run && keyOf(event); if (does) { event.preventDefault(); does(); } };
}
function timeAt(event) {
  const size = document.body.dataset.alone ? 20 : 14, left = size * 7, right = by("time").clientWidth - 12;
  return line.from + (event.offsetX - left) / (right - left) * (line.to - line.from);
}
function pick(event) {
  const t = timeAt(event), near = (line.to - line.from) / 80;
  const place = event.offsetY < 40 ? view.run.glitches.findIndex((glitch) => Math.abs(glitch.start_ns - t) < near) : -1;
  play(false);
  if (place >= 0) choose(place); else goTo(t);
}
readLink();
build();
setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
drawKnobs();
rerun();
