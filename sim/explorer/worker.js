/* Runs the model. One message in, one block of bytes out. */
let model = null;
let sounds = [];
let packed = null;
let latest = 0;
async function start() {
  if (model) return;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  const made = await WebAssembly.instantiate(bytes, {});
  model = made.instance.exports;
  for (const sound of sounds) {
    const path = new TextEncoder().encode(sound.path);
    give([path, sound.is_16 ? widened(sound.samples) : sound.samples]);
    model.wavert_sound(path.length, sound.rate_hz, sound.channels, sound.file_hz);
  }
}
/* Samples of 16 bits as the model takes them. */
function widened(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), wide = new Float32Array(bytes.length / 2);
  for (let i = 0; i < wide.length; i++) wide[i] = view.getInt16(i * 2, true) / 32768;
  return new Uint8Array(wide.buffer);
}
function give(parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const at = model.wavert_reserve(length);
  const tray = new Uint8Array(model.memory.buffer, at, length);
  let offset = 0;
  for (const part of parts) { tray.set(part, offset); offset += part.length; }
}
/* What lies in the out-tray, as bytes of the page's own. */
function taken(length) { return new Uint8Array(model.memory.buffer, model.wavert_result(), length).slice().buffer; }
onmessage = async ({ data }) => {
  if (data.packed) { packed = data.packed; sounds = data.sounds; return; }
  latest = data.number;
  try {
    await start();
    give([new TextEncoder().encode(data.text)]);
    const block = taken(model.wavert_run(data.seed !== null, data.seed === null ? 0n : BigInt(data.seed)));
    postMessage({ number: data.number, block }, [block]);
    /* What is perfect can wait until nobody asks for anything else. */
    await new Promise((done) => setTimeout(done, 50));
    if (latest !== data.number) return;
    const perfect = taken(model.wavert_perfect());
    postMessage({ number: data.number, perfect }, [perfect]);
  } catch (error) {
    let why = String(error);
    if (model) {
      const length = model.wavert_panic_length();
      if (length) why = new TextDecoder().decode(new Uint8Array(model.memory.buffer, model.wavert_panic(), length).slice());
    }
    model = null;
    postMessage({ number: data.number, why });
  }
};
