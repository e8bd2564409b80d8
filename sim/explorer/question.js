/* Predict, then see. A question is a packet and its deadline; the model has the answer. */
class Quiz {
  constructor() { this.asked = 0; this.right = 0; this.row = null; this.answer = null; }
  /* A packet whose margin is known, late ones more often than they are. */
  choose(run) {
    const known = [], late = [];
    for (let row = 0; run.stream && row < run.writes.length && row < 20000; row++) {
      const margin = run.writes.get(row, "margin_ns");
      if (Number.isNaN(margin) || Number.isNaN(run.writes.get(row, "due_ns"))) continue;
      known.push(row);
      if (margin < 0) late.push(row);
    }
    const from = late.length && this.asked % 2 === 0 ? late : known;
    this.row = from.length ? from[(this.asked * 7) % from.length] : null;
    this.answer = null;
  }
  truth(run) {
    const margin = run.writes.get(this.row, "margin_ns"), packet = run.stream.packet / run.stream.rate_hz * 1e9;
    return margin >= 0 ? "yes" : -margin >= packet ? "whole" : "part";
  }
  draw(place, run, goTo) {
    if (this.row === null) { place.replaceChildren(element("p", {}, WORDS.noQuestion)); return; }
    const at = run.writes.get(this.row, "at_ns"), margin = run.writes.get(this.row, "margin_ns"), due = at + margin;
    const packet = Math.floor(run.writes.get(this.row, "first") / run.stream.packet), truth = this.truth(run);
    const buttons = Object.entries(WORDS.answers).map(([key, text]) => {
      const button = element("button", { type: "button" }, text);
      if (this.answer) { button.disabled = true; if (key === truth) button.className = "right"; else if (key === this.answer) button.className = "wrong"; }
      button.onclick = () => { this.answer = key; this.asked += 1; this.right += key === truth ? 1 : 0; goTo(Math.max(at, due)); this.draw(place, run, goTo); };
      return button;
    });
    const told = this.answer ? [element("p", {}, `${this.answer === truth ? WORDS.right : WORDS.wrong} ${WORDS.show(ms(at), margin < 0 ? WORDS.late(ms(-margin)) : WORDS.early_(ms(margin)))} ${WORDS.score(this.right, this.asked)}`), element("button", { type: "button", id: "another" }, WORDS.nextQuestion)] : [];
    if (told[1]) told[1].onclick = () => { this.choose(run); goTo(this.before(run)); this.draw(place, run, goTo); };
    place.replaceChildren(element("p", {}, WORDS.questionOf(packet, ms(due))), ...buttons, ...told);
  }
  before(run) { const due = run.writes.get(this.row, "due_ns"); return Number.isNaN(due) ? 0 : due; }
}
