// Draws the two photos of the tests, tests/data/phone.jpg (a leaking flange, with the Exif block of
// a phone) and tests/data/after.jpg (the same flange, repaired), in headless Chromium.
// Run inside the Debian 13 root: node tools/make_test_photos.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WIDTH = 1600;
const HEIGHT = 1200;
const QUALITY = 0.72;

// Runs in the page; everything random comes from one seed, so a second run draws the same.
function draw(isLeaking, width, height, quality) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  let seed = isLeaking ? 20261121 : 20261123;
  const chance = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const fill = (style, x, y, w, h) => {
    pen.fillStyle = style;
    pen.fillRect(x, y, w, h);
  };
  const shade = (x0, y0, x1, y1, ...colours) => {
    const gradient = pen.createLinearGradient(x0, y0, x1, y1);
    colours.forEach((colour, i) => gradient.addColorStop(i / (colours.length - 1), colour));
    return gradient;
  };
  fill(shade(0, 0, 0, height, "#9aa4a8", "#6d7478", "#4b4f52"), 0, 0, width, height);
  for (let y = 0; y < height; y += 150) fill("rgba(0,0,0,0.18)", 0, y, width, 4);
  for (let x = 0; x < width; x += 260) fill("rgba(0,0,0,0.12)", x, 0, 4, height * 0.7);
  fill(shade(0, 860, 0, height, "#5b5a55", "#3a3935"), 0, 860, width, height - 860);
  const steel = shade(0, 430, 0, 670, "#5f6a70", "#cfd8dc", "#90a0a8", "#3f484d");
  fill(steel, 0, 430, width, 240);
  fill("#e0a100", 120, 430, 90, 240);
  for (const x of [690, 810]) {
    fill(shade(0, 360, 0, 740, "#4a5358", "#b5c0c5", "#333a3e"), x, 360, 100, 380);
    for (const y of [385, 470, 560, 650, 700]) {
      pen.fillStyle = isLeaking ? "#5b3a24" : "#aab4b8";
      pen.beginPath();
      pen.arc(x + 50, y, 18, 0, 7);
      pen.fill();
    }
  }
  if (isLeaking) {
    for (let i = 0; i < 260; ++i) {
      pen.fillStyle = `rgba(30,24,10,${0.1 + 0.4 * chance()})`;
      pen.beginPath();
      pen.ellipse(790 + 60 * (chance() - 0.5), 700 + 230 * chance(), 5 + 9 * chance(),
        12 + 20 * chance(), 0, 0, 7);
      pen.fill();
    }
    pen.fillStyle = "rgba(20,16,8,0.75)";
    pen.beginPath();
    pen.ellipse(800, 960, 330, 90, 0, 0, 7);
    pen.fill();
  } else {
    fill("#f4f1e6", 1010, 520, 190, 80);
    pen.fillStyle = "#1d6b33";
    pen.font = "bold 44px sans-serif";
    pen.fillText("F-12 OK", 1020, 576);
  }
  const image = pen.getImageData(0, 0, width, height);
  for (let i = 0; i < image.data.length; i += 4) {
    const grain = 14 * (chance() - 0.5);
    for (let c = 0; c < 3; ++c) image.data[i + c] += grain;
  }
  pen.putImageData(image, 0, 0);
  return canvas.toDataURL("image/jpeg", quality).split(",")[1];
}

function render(folder, isLeaking) {
  const page = join(folder, "page.html");
  const call = `(${draw})(${isLeaking}, ${WIDTH}, ${HEIGHT}, ${QUALITY})`;
  writeFileSync(page, `<body><script>document.body.textContent = "<<" + ${call} + ">>"</script>`);
  const options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom",
    `--user-data-dir=${join(folder, "profile")}`, `file://${page}`];
  const dom = execFileSync("chromium", options, {
    encoding: "utf8", maxBuffer: 16 << 20, stdio: ["ignore", "pipe", "ignore"],
  });
  const found = /&lt;&lt;([A-Za-z0-9+/=]+)&gt;&gt;/.exec(dom);
  if (!found) throw new Error("the page drew nothing");
  return Buffer.from(found[1], "base64");
}

// Exif 2.32, clause 4.5: a little-endian TIFF block of three directories.
const ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5;
const ascii = (tag, text) => {
  return { tag, type: ASCII, count: text.length + 1, data: Buffer.from(`${text}\0`) };
};
const number = (tag, type, value) => {
  const data = Buffer.alloc(4);
  if (type === SHORT) data.writeUInt16LE(value);
  else data.writeUInt32LE(value);
  return { tag, type, count: 1, data };
};
const rationals = (tag, pairs) => {
  const data = Buffer.alloc(8 * pairs.length);
  pairs.flat().forEach((value, i) => data.writeUInt32LE(value, 4 * i));
  return { tag, type: RATIONAL, count: pairs.length, data };
};

function directory(entries, start) {
  const table = Buffer.alloc(2 + 12 * entries.length + 4);
  const values = [];
  let next = start + table.length;
  table.writeUInt16LE(entries.length, 0);
  entries.sort((a, b) => a.tag - b.tag).forEach((entry, i) => {
    const at = 2 + 12 * i;
    table.writeUInt16LE(entry.tag, at);
    table.writeUInt16LE(entry.type, at + 2);
    table.writeUInt32LE(entry.count, at + 4);
    if (entry.data.length <= 4) {
      entry.data.copy(table, at + 8);
    } else {
      table.writeUInt32LE(next, at + 8);
      const padded = Buffer.concat([entry.data, Buffer.alloc(entry.data.length % 2)]);
      values.push(padded);
      next += padded.length;
    }
  });
  return Buffer.concat([table, ...values]);
}

function exifBlock() {
  const taken = "2026:11:21 14:23:11";
  const exif = () => [ascii(0x9003, taken), ascii(0x9004, taken), ascii(0x9011, "+08:00")];
  const gps = () => [ascii(1, "N"), rationals(2, [[31, 1], [13, 1], [4944, 100]]), ascii(3, "E"),
    rationals(4, [[121, 1], [28, 1], [2532, 100]])];
  const main = (exifAt, gpsAt) => [ascii(0x010f, "Anlan"), ascii(0x0110, "Test phone"),
    number(0x0112, SHORT, 1), ascii(0x0132, taken), number(0x8769, LONG, exifAt),
    number(0x8825, LONG, gpsAt)];
  const exifAt = 8 + directory(main(0, 0), 8).length;
  const gpsAt = exifAt + directory(exif(), exifAt).length;
  const head = Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0]);
  return Buffer.concat([head, directory(main(exifAt, gpsAt), 8), directory(exif(), exifAt),
    directory(gps(), gpsAt)]);
}

// The Exif segment follows SOI directly, in place of JFIF's, as phones write it.
function withExif(jpeg) {
  const rest = jpeg.readUInt16BE(2) === 0xffe0 ? 4 + jpeg.readUInt16BE(4) : 2;
  const body = Buffer.concat([Buffer.from("Exif\0\0"), exifBlock()]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 4);
  return Buffer.concat([head, body, jpeg.subarray(rest)]);
}

const folder = mkdtempSync(join(tmpdir(), "anlan-photos-"));
try {
  writeFileSync("tests/data/phone.jpg", withExif(render(folder, true)));
  writeFileSync("tests/data/after.jpg", render(folder, false));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
