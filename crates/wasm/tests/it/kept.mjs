// node kept.mjs MODULE.wasm.gz FOLDER SCENARIO…: one line for each, its path, its digest and that of its sound.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const [module, folder, ...scenarios] = process.argv.slice(2);
const compiled = new WebAssembly.Module(gunzipSync(readFileSync(module)));
const exports = new WebAssembly.Instance(compiled, {}).exports;

function put(...parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  let at = exports.wavert_reserve(length);
  for (const part of parts) {
    new Uint8Array(exports.memory.buffer).set(part, at);
    at += part.length;
  }
}

// The sounds of ours are files of 16 bits with a plain header.
function sound(path) {
  const file = readFileSync(join(folder, path));
  const pcm = file.subarray(file.indexOf("data") + 8);
  const samples = new Float32Array(Math.floor(pcm.length / 2));
  for (let place = 0; place < samples.length; place += 1) samples[place] = pcm.readInt16LE(place * 2) / 32768;
  const name = new TextEncoder().encode(path);
  put(name, new Uint8Array(samples.buffer));
  if (!exports.wavert_sound(name.length, file.readUInt32LE(24), file.readUInt16LE(22), 0)) throw new Error(path);
}

for (const path of scenarios) {
  const text = readFileSync(join(folder, path));
  exports.wavert_forget_sounds();
  for (const [, name] of text.toString().matchAll(/^[^#\n]*\bpath = "([^"]+)"/gm)) sound(name);
  put(text);
  const length = exports.wavert_run(0, 0n);
  const bytes = new Uint8Array(exports.memory.buffer, exports.wavert_result(), length);
  const object = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const { result, error } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + object)));
  if (error) throw new Error(`${path}: ${JSON.stringify(error)}`);
  const heard = result.endpoints.map((endpoint) => endpoint.heard_hash).filter(Boolean);
  const recorded = result.clients.map((client) => client.recorded?.hash).filter(Boolean);
  console.log(path, result.digest, (heard.length ? heard : recorded).join(",") || "-");
}
