// A film of a printed label for Chromium's pretended camera: one QR code, grey around it, as Y4M.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./server.mjs";

const require = createRequire(join(root, "web/package.json"));
const size = { width: 640, height: 480 };

async function codeOf(text) {
  const writer = pathToFileURL(join(root, "web/node_modules/zxing-wasm/dist/es/writer/index.js"));
  const { prepareZXingModule, writeBarcode } = await import(writer.href);
  const wasm = readFileSync(require.resolve("zxing-wasm/writer/zxing_writer.wasm"));
  prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(
    wasm.byteOffset, wasm.byteOffset + wasm.byteLength) } });
  const { symbol } = await writeBarcode(text, { format: "QRCode", scale: 1 });
  return symbol;
}

export async function filmOf(text, path) {
  const { data, width, height } = await codeOf(text);
  const cell = Math.floor((size.height * 0.7) / height);
  const left = Math.round((size.width - cell * width) / 2);
  const top = Math.round((size.height - cell * height) / 2);
  const grey = Buffer.alloc(size.width * size.height, 190);
  for (let y = -2 * cell; y < cell * (height + 2); y += 1) {
    for (let x = -2 * cell; x < cell * (width + 2); x += 1) {
      const column = Math.floor(x / cell);
      const row = Math.floor(y / cell);
      const isIn = column >= 0 && row >= 0 && column < width && row < height;
      const shade = isIn ? data[row * width + column] : 255;
      grey[(top + y) * size.width + left + x] = shade > 127 ? 235 : 16;
    }
  }
  const colour = Buffer.alloc((size.width * size.height) / 2, 128);
  const head = `YUV4MPEG2 W${size.width} H${size.height} F10:1 Ip A1:1 C420jpeg\n`;
  const frames = Array.from({ length: 10 }, () => [Buffer.from("FRAME\n"), grey, colour]).flat();
  writeFileSync(path, Buffer.concat([Buffer.from(head), ...frames]));
}
