// A plant of many tags for the benches of sensing: its seed as a pack of its own, a broker, and an
// edge node that publishes Sparkplug messages with all of them. The node writes its messages once
// and only puts the values of the second into them, so it costs little beside what is measured.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, pause, root, startServer } from "../../tests/e2e/server.mjs";

const per_message = 1000;
const areas = ["A1", "A2", "A3", "A4", "A5", "A6"];
// What the command asks for: [TAGS] and --NAME NUMBER.
const words = process.argv.slice(2);
export const wish = (name, otherwise) => {
  const at = words.indexOf(name);
  return at < 0 ? otherwise : Number(words[at + 1]);
};
export const tagsAsked = () => Number(words.find((word, at) =>
  /^\d+$/.test(word) && !words[at - 1]?.startsWith("--")) ?? 100_000);

export const tagOf = (at) => `MT-${String(at).padStart(6, "0")}`;

// The alarms of these stand one by one on the desk, whatever flood there is.
export const isUrgent = (at) => at % 50 === 0;

// The product's packs and one that brings `count` tags, each with a limit at 90.
const tagsInFile = 2000;

function packOf(count) {
  const folder = mkdtempSync(join(tmpdir(), "anlan-tags-"));
  const packs = join(folder, "packs");
  mkdirSync(packs);
  for (const name of readdirSync(join(root, "packs"))) {
    cpSync(join(root, "packs", name), join(packs, name), { recursive: true });
  }
  const own = join(packs, "many_tags");
  mkdirSync(join(own, "seed"), { recursive: true });
  writeFileSync(join(own, "pack.json"), JSON.stringify({
    format: "anlan.pack/1", id: "many_tags", version: "1.0.0", needs: ["sensing"],
    title: { zh: "压测测点", en: "Many tags" },
  }));
  const tags = [], limits = [];
  for (let at = 0; at < count; at += 1) {
    const code = tagOf(at);
    const area = { code: areas[at % areas.length] };
    tags.push({ code, name_zh: code, source: { code: "S-MANY" }, area, purpose: "other",
      path: `B/E//${code}`, unit: "%", range_low: 0, range_high: 100 });
    limits.push({ code: `${code}.H`, name_zh: code, tag: { code }, area, kind: "h",
      limit_value: 90, deadband: 1, on_delay_s: 0, off_delay_s: 0,
      priority: isUrgent(at) ? 1 : 3, is_latching: false, is_safety: false, gas_level: 0 });
  }
  const source = {
    code: "S-MANY", name_zh: "压测", protocol: "sparkplug", host: "127.0.0.1", port: 1, topic: "B",
    host_id: "anlan-bench",
  };
  const write = (name, records) => writeFileSync(join(own, "seed", `${name}.json`),
    JSON.stringify({ format: "anlan.seed/1", records }));
  write("demo", [{ form: "source", rows: [source] }]);
  // A file of a pack has a bound.
  for (let at = 0; at < count; at += tagsInFile) {
    write(`part${String(at).padStart(7, "0")}`, [
      { form: "tag", rows: tags.slice(at, at + tagsInFile) },
      { form: "alarm_limit", rows: limits.slice(at, at + tagsInFile) }]);
  }
  return { packs, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

// Seeding 200,000 records takes minutes, and what is measured is a plant that runs: its data are
// made once for a set of packs and a number of tags, by whatever program is there first.
async function seededData(count) {
  const pack = packOf(count);
  const hash = createHash("sha256");
  for (const file of readdirSync(pack.packs, { recursive: true }).toSorted()) {
    const path = join(pack.packs, file);
    if (/\.\w+$/.test(file)) hash.update(file).update(readFileSync(path));
  }
  const shelf = join(root, "build/bench_plants");
  const folder = join(shelf, `${count}-${hash.digest("hex").slice(0, 16)}`);
  if (!existsSync(folder)) {
    mkdirSync(shelf, { recursive: true });
    for (const old of readdirSync(shelf)) {
      if (old.startsWith(`${count}-`)) rmSync(join(shelf, old), { recursive: true, force: true });
    }
    const server = await startServer({
      words: ["--packs", pack.packs, ...nowhere(1)], wait_ms: 600000,
    });
    await server.rest();
    cpSync(server.data, `${folder}.part`, { recursive: true });
    renameSync(`${folder}.part`, folder);
    rmSync(server.folder, { recursive: true, force: true });
  }
  pack.remove();
  return folder;
}

// Nothing of the demo plant's sources is heard; ours is at this port.
const nowhere = (port) => [
  ...["S-PLC1", "S-PLC2", "S-RTLS", "S-SPB", "S-UA"].flatMap((code) =>
    ["--source", `${code}=127.0.0.1:1`]), "--source", `S-MANY=127.0.0.1:${port}`,
];

// What startServer takes for a plant of `count` tags whose edge node is at this broker.
export async function plantOf(count, port) {
  const data = await seededData(count);
  const again = mkdtempSync(join(tmpdir(), "anlan-plant-"));
  cpSync(data, join(again, "data"), { recursive: true });
  return { again, words: nowhere(port) };
}

export async function startBroker() {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "anlan-broker-"));
  const file = join(folder, "mosquitto.conf");
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n` +
    "max_queued_messages 0\n");
  const child = spawn("/usr/sbin/mosquitto", ["-c", file], { stdio: "ignore" });
  const over = new Promise((done) => child.once("exit", done));
  const isOpen = () => new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => done(socket.destroy() && true));
    socket.on("error", () => done(false));
  });
  while (!(await isOpen())) await pause(50);
  return {
    port,
    async stop() {
      child.kill("SIGTERM");
      await over;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// ---- Sparkplug B by hand (protobuf): what an edge node needs to be born and to tell values ----
function varint(value) {
  const bytes = [];
  for (let left = BigInt(value); ;) {
    const digit = Number(left & 127n);
    left >>= 7n;
    bytes.push(left > 0n ? digit | 128 : digit);
    if (left === 0n) return Buffer.from(bytes);
  }
}
const field = (number, type) => varint((number << 3) | type);
const whole = (number, value) => Buffer.concat([field(number, 0), varint(value)]);
const bytes = (number, value) =>
  Buffer.concat([field(number, 2), varint(value.length), Buffer.from(value)]);
const float_type = 9;

function floatField(value) {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return Buffer.concat([field(12, 5), four]);
}
function birthMetric(at, value) {
  return bytes(1 + 1, Buffer.concat([
    bytes(1, Buffer.from(tagOf(at))), whole(2, at), whole(4, float_type), floatField(value),
  ]));
}
// The metrics of all tags, and where each has its value: the last four bytes of its metric.
function birthOf(count) {
  const parts = [], places = [];
  let length = 0;
  for (let at = 0; at < count; at += 1) {
    const metric = birthMetric(at, 0);
    length += metric.length;
    places.push(length - 4);
    parts.push(metric);
  }
  return { metrics: Buffer.concat(parts), places };
}
const dataMetric = (at) => bytes(2, Buffer.concat([whole(2, at), floatField(0)]));

// Eight bytes for the time, one or two for the sequence, at fixed places.
function messageOf(first, count) {
  const time = Buffer.concat([field(1, 0), Buffer.alloc(6, 0x80)]);
  const parts = [time];
  const places = [];
  let length = time.length;
  for (let at = first; at < first + count; at += 1) {
    const metric = dataMetric(at);
    length += metric.length;
    places.push(length - 4);
    parts.push(metric);
  }
  const seq = Buffer.concat([field(3, 0), Buffer.from([0x80, 0x00])]);
  parts.push(seq);
  const payload = Buffer.concat(parts);
  return {
    first, places, payload,
    stamp(ms, number) {
      let left = BigInt(ms);
      for (let i = 0; i < 6; i += 1) {
        payload[1 + i] = Number(left & 127n) | (i < 5 ? 0x80 : 0);
        left >>= 7n;
      }
      payload[payload.length - 2] = (number & 127) | 0x80;
      payload[payload.length - 1] = number >> 7;
    },
  };
}

const text = (value) => {
  const body = Buffer.from(value);
  return Buffer.concat([Buffer.from([body.length >> 8, body.length & 255]), body]);
};
function packet(type, ...parts) {
  const rest = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type]), varint(rest.length), rest]);
}

// {values: Float32Array to write into, second(): all of them once, send(places): these at once,
// stop()}. Values move a little by themselves between 40 and 60.
export async function startEdge(port, count) {
  const node = await connectEdge(port);
  const values = new Float32Array(count).fill(50);
  const messages = [];
  for (let first = 0; first < count; first += per_message) {
    messages.push(messageOf(first, Math.min(per_message, count - first)));
  }
  const birth = birthOf(count);
  node.onBirth = () => node.birth(birth, values);
  node.birth(birth, values);
  let turn = 0;
  const move = (message) => {
    for (let k = 0; k < message.places.length; k += 1) {
      const at = message.first + k;
      if (values[at] < 70) values[at] = 50 + ((at * 7 + turn * 13) % 97) / 10;
      message.payload.writeFloatLE(values[at], message.places[k]);
    }
    message.stamp(Date.now(), node.next());
    node.publish("NDATA", Buffer.from(message.payload));
  };
  return {
    values,
    // Everything once, in parts of a second: a plant's edge does not tell all of it at one moment.
    async second() {
      turn += 1;
      const begin = Date.now();
      for (let i = 0; i < messages.length; i += 1) {
        move(messages[i]);
        const due = begin + (1000 * (i + 1)) / messages.length;
        if (due - Date.now() > 5) await pause(due - Date.now());
      }
      const left = begin + 1000 - Date.now();
      if (left > 0) await pause(left);
    },
    // These tags at once, in messages of their own.
    send(places) {
      for (let from = 0; from < places.length; from += per_message) {
        const metrics = places.slice(from, from + per_message).map((at) =>
          bytes(2, Buffer.concat([whole(2, at), floatField(values[at])])));
        node.publish("NDATA",
          Buffer.concat([whole(1, Date.now()), ...metrics, whole(3, node.next())]));
      }
    },
    stop: () => node.stop(),
  };
}

// The node's session: its will, its births (also when the host asks for one) and its sequence.
async function connectEdge(port) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await new Promise((done, fail) => socket.once("connect", done).once("error", fail));
  const will = bytes(2, Buffer.concat([bytes(1, Buffer.from("bdSeq")), whole(4, 8), whole(11, 0)]));
  const death = Buffer.concat([whole(1, Date.now()), will]);
  socket.write(packet(0x10, text("MQTT"), Buffer.from([4, 0x0e, 0, 0]), text(`edge-${process.pid}`),
    text("spBv1.0/B/NDEATH/E"), Buffer.from([death.length >> 8, death.length & 255]), death));
  let seq = 0;
  const node = {
    onBirth: () => {},
    next: () => (seq = (seq + 1) % 256),
    publish: (kind, payload) =>
      socket.write(packet(0x30, text(`spBv1.0/B/${kind}/E`), payload)),
    birth({ metrics, places }, values) {
      values.forEach((value, at) => metrics.writeFloatLE(value, places[at]));
      seq = 0;
      node.publish("NBIRTH", Buffer.concat([whole(1, Date.now()), will, metrics, whole(3, 0)]));
    },
    stop: () => socket.destroy(),
  };
  // CONNACK, then commands: a node hears of nothing but a rebirth.
  await new Promise((done) => socket.once("data", done));
  const wish = Buffer.concat([Buffer.from([0, 1]), text("spBv1.0/B/NCMD/E"), Buffer.from([0])]);
  socket.write(packet(0x82, wish));
  socket.on("data", (data) => {
    if (data[0] >> 4 === 3) node.onBirth();
  });
  return node;
}

// Seconds of processor that a process and its threads have used.
export function cpuOf(pid) {
  const words = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(words[11]) + Number(words[12])) / 100;
}
export const loadNow = () => Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);

// Nearest rank.
export function percentile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}
