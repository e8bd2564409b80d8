/* The scenario as text, and sliders that change it: each stands for one figure of the text. */
const UNITS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 6e10, h: 3.6e12, fr: 1, ppm: 1, ppb: 1, dB: 1 };
const WORTH = /^(by|takes|first|from|until|every|packet|packets|buffer|period|service|drift|event|prefetch|grant-latency|duration|wake-boost|responsiveness|seed)$/;
/* Each figure that is worth a slider: where it stands, its number, its unit. */
function figures(text) {
  const found = [];
  let offset = 0, table = "", inExpect = false;
  for (const line of text.split("\n")) {
    const head = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line);
    if (head) { table = head[1]; inExpect = table.startsWith("expect"); }
    if (!inExpect && !/^\s*#/.test(line)) {
      for (const match of line.matchAll(/([a-z-]+)\s*=\s*("?)(-?\d+(?:\.\d+)?)([a-zA-Z]*)\2/g)) {
        const [whole, key, , number, unit] = match;
        if (!WORTH.test(key) || (unit && !(unit in UNITS))) continue;
        const at = offset + match.index + whole.lastIndexOf(number + unit);
        found.push({ key, table, at, number: Number(number), digits: number, unit });
      }
    }
    offset += line.length + 1;
  }
  return found;
}
/* What a slider offers for a figure. */
function rangeOf(figure) {
  const { number, unit, key } = figure;
  if (key === "packets") return { min: 1, max: 8, step: 1 };
  if (key === "event" || key === "seed") return { min: 0, max: Math.max(20, number * 3), step: 1 };
  if (unit === "ppm") return { min: -2000, max: 2000, step: 10 };
  if (key === "duration") return { min: number / 4, max: number * 4, step: number / 20 };
  const max = Math.max(number * 3, unit === "ms" ? 30 : 10), step = unit === "ms" && number % 1 !== 0 ? 0.001 : unit === "fr" ? 16 : max > 100 ? 1 : unit === "ms" ? 0.1 : 1;
  return { min: key === "packet" || key === "buffer" || key === "period" || key === "every" ? step : 0, max, step };
}
function put(text, figure, number) {
  const digits = String(Number(number.toFixed(6)));
  return text.slice(0, figure.at) + digits + text.slice(figure.at + figure.digits.length);
}
/* Puts a line into a table, which is made at the end if there is none. */
function withKey(text, table, line) {
  const key = line.split("=")[0].trim(), lines = text.split("\n");
  const head = lines.findIndex((each) => each.trim() === `[${table}]`);
  if (head < 0) {
    const before = lines.findIndex((each) => /^\s*\[/.test(each));
    lines.splice(before < 0 ? lines.length : before, 0, `[${table}]`, line, "");
    return lines.join("\n");
  }
  for (let at = head + 1; at < lines.length && !/^\s*\[/.test(lines[at]); at++) if (lines[at].split("=")[0].trim() === key) { lines[at] = line; return lines.join("\n"); }
  lines.splice(head + 1, 0, line);
  return lines.join("\n");
}
/* A text without its expectations, which are those of the file as it was. */
function unexpecting(text) {
  const lines = text.split("\n"), from = lines.findIndex((line) => /^\s*\[expect/.test(line));
  if (from < 0) return text;
  let to = from + 1;
  while (to < lines.length && !(/^\s*\[/.test(lines[to]) && !/^\s*\[+expect/.test(lines[to]))) to++;
  lines.splice(from, to - from);
  return lines.join("\n").trimEnd() + "\n";
}
function withFault(text, fault) { return `${text.trimEnd()}\n\n[[fault]]\n${fault}\n`; }
