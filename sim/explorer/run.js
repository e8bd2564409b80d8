/* A run, and what was so at an instant of it. Columns are sorted by time: whoever asks for an instant searches. */
class Table {
  constructor(column, bytes, base) {
    this.fields = {};
    column.fields.forEach((name, place) => { this.fields[name] = place; });
    this.width = column.fields.length;
    this.cells = new Float64Array(bytes, base + column.at, column.bytes / 8);
    this.length = this.cells.length / this.width;
  }
  get(row, field) { return this.cells[row * this.width + this.fields[field]]; }
  /* How many rows have `field` at most `value`. */
  upTo(value, field) {
    let low = 0, high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.get(middle, field) <= value) low = middle + 1; else high = middle;
    }
    return low;
  }
}
class Run {
  constructor(buffer) {
    this.tables = {};
    this.raws = {};
    this.take(buffer);
    if (this.error) return;
    this.log = this.tables.history;
    const place = this.result.endpoints.findIndex((end, at) => end.flow === "render" && this.streams[at]);
    this.speaker = place < 0 ? null : this.result.endpoints[place];
    this.stream = place < 0 ? null : this.streams[place];
    if (this.stream) {
      const of = (name) => this.tables[`${this.stream.columns}.${name}`];
      this.played = of("played"); this.writes = of("writes"); this.spans = of("spans");
      this.round = this.stream.packet * this.stream.packets;
      this.handsOver = Object.values(this.history.properties).includes("IOCTL_KS_WRITE_STREAM");
      this.glitches = this.speaker.glitches.map((glitch, at) => ({ ...glitch, blame: this.stream.blame[at] }));
    } else { this.glitches = []; }
    this.what = {};
    this.history.what.forEach((what, at) => { this.what[what.name] = at; });
    this.rows = {};
    if (this.stream && this.stream.by_position) this.writes = this.placed();
  }
  /* Takes a block: its object, its tables, its bytes. */
  take(buffer) {
    const length = Number(new DataView(buffer).getBigUint64(0, true)), base = 8 + length;
    const object = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    Object.assign(this, object);
    for (const column of object.columns) {
      if (column.fields) this.tables[column.name] = new Table(column, buffer, base);
      else this.raws[column.name] = new Uint8Array(buffer, base + column.at, column.bytes);
    }
  }
  /* What a client without packets put where it thought right, as if it were packets that nobody waits for. */
  placed() {
    const rows = this.rowsOf("wasapi.placed"), fields = ["at_ns", "first", "frames", "content", "margin_ns", "due_ns", "status"];
    const cells = new Float64Array(rows.length * fields.length);
    rows.forEach((row, place) => cells.set([this.at(row), this.log.get(row, "a"), this.log.get(row, "b"), this.log.get(row, "a"), NaN, NaN, 0], place * fields.length));
    return new Table({ fields, at: 0, bytes: cells.byteLength }, cells.buffer, 0);
  }
  /* The rows of the history that are of a kind. */
  rowsOf(name) {
    if (!this.rows[name]) {
      const kind = this.what[name], rows = [];
      if (kind !== undefined) for (let i = 0; i < this.log.length; i++) if (this.log.get(i, "what") === kind) rows.push(i);
      this.rows[name] = rows;
    }
    return this.rows[name];
  }
  at(row) { return this.log.get(row, "at_ns"); }
  /* How many of `rows` are at most at `t`. */
  countUpTo(rows, t) {
    let low = 0, high = rows.length;
    while (low < high) { const middle = (low + high) >> 1; if (this.at(rows[middle]) <= t) low = middle + 1; else high = middle; }
    return low;
  }
  /* The frame that is at the converter, and which run; null before the first. */
  playing(t) {
    const row = this.played.upTo(t, "begins_ns") - 1;
    if (row < 0) return null;
    const get = (field) => this.played.get(row, field);
    const begins = get("begins_ns"), ends = get("ends_ns"), from = get("from"), to = get("to");
    const share = ends > begins ? Math.min(1, (t - begins) / (ends - begins)) : 1;
    return { run: get("run"), frame: from + (to - from) * share, isRunning: t < ends || (row + 1 < this.played.length && this.played.get(row + 1, "begins_ns") <= ends) };
  }
  /* What lies in the ring at `t`: stretches of places, each with the frame that its first place was written for. */
  holds(t) {
    const last = this.writes.upTo(t, "at_ns");
    const found = [];
    let open = [[0, this.round]];
    for (let row = last - 1; row >= 0 && open.length && last - row < 200; row--) {
      const get = (field) => this.writes.get(row, field);
      let first = get("first"), frames = Math.min(get("frames"), this.round);
      const start = first % this.round;
      const pieces = start + frames <= this.round ? [[start, start + frames, first]] : [[start, this.round, first], [0, start + frames - this.round, first + this.round - start]];
      const next = [];
      for (const [from, to] of open) {
        let left = [[from, to]];
        for (const [a, b, frame] of pieces) {
          const rest = [];
          for (const [x, y] of left) {
            const low = Math.max(x, a), high = Math.min(y, b);
            if (low >= high) { rest.push([x, y]); continue; }
            found.push({ from: low, to: high, frame: frame + low - a, row });
            if (x < low) rest.push([x, low]);
            if (high < y) rest.push([high, y]);
          }
          left = rest;
        }
        next.push(...left);
      }
      open = next;
    }
    for (const [from, to] of open) found.push({ from, to, frame: null, row: -1 });
    return found.sort((one, other) => one.from - other.from);
  }
  /* Which frame is played next from a place, when `frame` is at the converter. */
  nextAt(place, frame) {
    const now = Math.ceil(frame);
    return now + ((place - now % this.round) % this.round + this.round) % this.round;
  }
  span(t) {
    const row = this.spans.upTo(t, "begins_ns") - 1;
    if (row < 0 || t >= this.spans.get(row, "ends_ns")) return null;
    return { class: this.classes[this.spans.get(row, "class")], content: this.spans.get(row, "content"), from: this.spans.get(row, "from"), begins: this.spans.get(row, "begins_ns") };
  }
  /* The end of what was written by `t`. */
  written(t) {
    const row = this.writes.upTo(t, "at_ns") - 1;
    return row < 0 ? null : { frame: this.writes.get(row, "first") + this.writes.get(row, "frames"), row };
  }
  /* The packet count that the driver last gave. */
  said(t) {
    const rows = this.rowsOf("ks.request");
    for (let place = this.countUpTo(rows, t) - 1, looked = 0; place >= 0 && looked < 400; place--, looked++) {
      const name = this.history.properties[this.log.get(rows[place], "a")];
      if (name === "KSPROPERTY_RTAUDIO_PACKETCOUNT") return { packets: this.log.get(rows[place], "e"), at: this.at(rows[place]) };
    }
    return null;
  }
  /* A row of the history as a person calls it. */
  call(row) {
    const what = this.history.what[this.log.get(row, "what")];
    const words = ["a", "b", "c", "d", "e", "f"].map((field) => this.log.get(row, field));
    const bad = [];
    if (what.name === "ks.request") {
      const name = this.history.properties[words[0]] || String(words[0]);
      const status = this.history.statuses[words[3]];
      let argument = words[1];
      if (name === "KSPROPERTY_CONNECTION_STATE") argument = WORDS.states[argument] || argument;
      const call = `${WORDS.calls[name] || name}(${WORDS.asks.includes(name) ? "" : argument})`;
      if (status !== "STATUS_SUCCESS") bad.push(status);
      return { call: words[3] === 0 ? `${call} → ${words[4]}` : `${call} → ${status}`, bad: bad.length > 0 };
    }
    const named = {};
    what.fields.forEach(([name], place) => { named[name] = words[place]; });
    if (named.status !== undefined && named.status !== 0) bad.push(named.status);
    if (what.name === "machine.delay") return { call: `${WORDS.components[this.components[named.component]]}: ${ms(named.length)}`, bad: false };
    const told = WORDS.entries[what.name];
    if (told) return { call: told(named), bad: bad.length > 0 || named.lost > 0 };
    const parts = what.fields.map(([name, unit], place) => {
      const word = words[place];
      if (Number.isNaN(word)) return null;
      if (unit === "ns") return `${name} ${ms(word)}`;
      if (unit === "NTSTATUS") { const status = this.history.statuses[word]; if (status !== "STATUS_SUCCESS") bad.push(status); return status; }
      return `${name} ${word}`;
    });
    return { call: `${what.name.split(".")[1]}: ${parts.filter((part) => part !== null).join(", ")}`, bad: bad.length > 0 };
  }
}
function ms(ns, digits = 3) { return `${(ns / 1e6).toFixed(digits)} ms`; }
