/* The model in its worker, and the block of bytes that comes back. */
function bytesOf(base64) {
  const text = atob(base64.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
class Model {
  constructor(given) {
    const source = document.getElementById("worker").textContent;
    this.worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const sounds = given.sounds.map((sound) => ({ ...sound, samples: bytesOf(sound.samples) }));
    this.worker.postMessage({ packed: bytesOf(document.getElementById("module").textContent), sounds });
    this.number = 0;
    this.waiting = null;
    this.whenPerfect = () => {};
    this.worker.onmessage = ({ data }) => {
      if (data.number !== this.number) return;
      if (data.perfect) this.whenPerfect(data.perfect);
      if (!this.waiting) return;
      const done = this.waiting;
      this.waiting = null;
      done(data.why ? { error: { problems: [{ message: data.why }] } } : new Run(data.block));
    };
  }
  /* Runs a text. What was asked before and is not done is forgotten. */
  run(text, seed) {
    this.number += 1;
    this.worker.postMessage({ number: this.number, text, seed });
    return new Promise((done) => { this.waiting = done; });
  }
}
