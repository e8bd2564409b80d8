/* Who called whom: the history around an instant, each call with its Windows name. */
const SHOWN = 18;
function tellStack(list, run, t, row) {
  const end = Math.min(run.log.length, Math.max(row + 1, 0) + 6), begin = Math.max(0, end - SHOWN), items = [];
  for (let each = begin; each < end; each++) {
    const { call, bad } = run.call(each), at = run.at(each);
    const item = element("li", { class: (each === row ? "now" : "") + (bad ? " bad" : "") },
      element("span", { class: "at" }, (at / 1e6).toFixed(3)), element("span", { class: "who" }, run.history.sources[run.log.get(each, "source")]),
      element("span", { class: "call" }, (bad ? "⚠ " : "") + call));
    if (at > t || each > row) item.style.opacity = "0.5";
    items.push(item);
  }
  list.replaceChildren(...items);
  const now = list.querySelector(".now");
  if (now) list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
}
/* What became of one frame: where it was written, and where it was heard. */
function followFrame(run, frame) {
  if (!run.stream) return WORDS.noSpeaker;
  let written = WORDS.neverWritten, content = frame, heard = WORDS.neverPlayed;
  for (let row = 0; row < run.writes.length; row++) {
    const first = run.writes.get(row, "first");
    if (frame >= first && frame < first + run.writes.get(row, "frames")) { written = WORDS.writtenAt(ms(run.writes.get(row, "at_ns"))); content = run.writes.get(row, "content") + frame - first; }
  }
  for (let row = 0; row < run.spans.length; row++) {
    const from = run.spans.get(row, "from"), to = run.spans.get(row, "to");
    if (frame >= from && frame < to) heard = WORDS.playedAt(ms(instantOf(run, row, frame)), WORDS.classes[run.classes[run.spans.get(row, "class")]]);
    const own = run.spans.get(row, "content"), at = from + content - own;
    if (!Number.isNaN(own) && at >= from && at < to && at !== frame) { heard += "; " + WORDS.heardAt(ms(instantOf(run, row, at)), at); break; }
  }
  return WORDS.followed(frame, written, heard);
}
function instantOf(run, row, frame) {
  const get = (field) => run.spans.get(row, field), whole = get("to") - get("from");
  return get("begins_ns") + (get("ends_ns") - get("begins_ns")) * (frame - get("from")) / whole;
}
