// Writes the corpus of video_fuzz: films of a few hundred bytes, good and broken. Run it by hand
// when the reader learns something:  node tools/make_test_films.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = join(resolve(import.meta.dirname, ".."), "tests/corpus/video_fuzz");
mkdirSync(folder, { recursive: true });
const put = (name, bytes) => writeFileSync(join(folder, name), bytes);

const big = (value, count) =>
  Buffer.from([...Array(count).keys()].map((at) =>
    Number(BigInt(value) >> BigInt(8 * (count - 1 - at)) & 255n)));
const all = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

const box = (type, body) => all(big(body.length + 8, 4), type, body);
function track(width, height) {
  const header = Buffer.alloc(84);
  header.writeUInt32BE(width * 65536, 76);
  header.writeUInt32BE(height * 65536, 80);
  return box("trak", box("tkhd", header));
}
const mp4 = (tracks) =>
  all(box("ftyp", all("isom", Buffer.alloc(4))), box("moov", tracks), box("mdat", all("film")));

const element = (id, count, body) =>
  all(big(id, count), big(BigInt(body.length) | 1n << 28n, 4), body);
function webm(type, isStreamed) {
  const size = all(element(0xb0, 1, big(640, 2)), element(0xba, 1, big(480, 2)));
  const tracks = element(0x1654ae6b, 4, element(0xae, 1, element(0xe0, 1, size)));
  const film = all(tracks, element(0x1f43b675, 4, all("film")));
  const segment = element(0x18538067, 4, film);
  if (isStreamed) segment.writeUInt32BE(0x1fffffff, 4);
  return all(element(0x1a45dfa3, 4, element(0x4282, 2, all(type))), segment);
}

put("mp4", mp4(all(track(0, 0), track(1280, 720))));
put("mp4_no_picture", mp4(track(0, 0)));
put("mp4_cut", mp4(track(1280, 720)).subarray(0, 60));
put("mp4_long_box", all(box("ftyp", all("isom")), big(1, 4), "moov", big(1n << 40n, 8)));
put("webm", webm("webm", false));
put("webm_streamed", webm("webm", true));
put("webm_matroska", webm("matroska", false));
