// Lays a .gz beside each file of the built pages that gets smaller by it, for the server to send.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = join(import.meta.dirname, "../dist");
const packable = /\.(js|css|html|svg|json|map|wasm)$/;

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !packable.test(entry.name)) continue;
  const bytes = readFileSync(path);
  const packed = gzipSync(bytes, { level: 9 });
  rmSync(`${path}.gz`, { force: true });
  if (packed.length < bytes.length) writeFileSync(`${path}.gz`, packed);
}
