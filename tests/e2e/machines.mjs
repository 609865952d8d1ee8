// The demo plant's machines for a walk: an MQTT broker and the simulator, on free loopback ports.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort, pause, root } from "./server.mjs";

const program = resolve(root, process.env.ANLAN_BIN ?? "build/release/anlan");
const patience_ms = 20000;

// Where guardians and workers of the seed's permits stand, as in tools/demo.sh.
const posts = ["B-0004=165,310", "B-0048=163,308", "B-0047=164,313", "B-0049=167,313",
  "B-0019=330,300", "B-0020=331,302", "B-0018=334,303"];

function isOpen(port) {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => done(socket.destroy() && true));
    socket.on("error", () => done(false));
  });
}

async function begin(name, words, port) {
  const child = spawn(name, words, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes) => (said += bytes));
  const over = new Promise((done) => child.once("exit", done).once("error", done));
  const end = Date.now() + patience_ms;
  while (!(await isOpen(port))) {
    if (Date.now() > end) throw new Error(`${name} did not get ready:\n${said.slice(-2000)}`);
    await pause(50);
  }
  return async () => {
    child.kill("SIGKILL");
    await over;
  };
}

// One message at QoS 0 by hand: MQTT 3.1.1, CONNECT, PUBLISH, DISCONNECT.
export function publish(port, topic, body) {
  const text = (value) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  };
  const packet = (type, ...parts) => {
    const rest = Buffer.concat(parts);
    const length = [];
    for (let left = rest.length; ;) {
      const digit = left % 128;
      left = Math.floor(left / 128);
      length.push(left > 0 ? digit | 128 : digit);
      if (left === 0) break;
    }
    return Buffer.concat([Buffer.from([type, ...length]), rest]);
  };
  return new Promise((done, fail) => {
    const socket = connect(port, "127.0.0.1", () => {
      const id = `e2e-${process.pid}-${Math.random().toString(36).slice(2)}`;
      socket.write(packet(0x10, text("MQTT"), Buffer.from([4, 2, 0, 60]), text(id)));
    });
    socket.once("data", () => {
      socket.write(packet(0x30, text(topic), Buffer.from(JSON.stringify(body))));
      socket.end(packet(0xe0), done);
    });
    socket.on("error", fail);
  });
}

// {words: options of `serve`, command(json) to the simulator, mqtt, stop()}.
export async function startMachines({ people = 300, seed = 7 } = {}) {
  const [mqtt, modbus, opcua] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), "anlan-machines-"));
  const config = join(folder, "mosquitto.conf");
  writeFileSync(config, `listener ${mqtt} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const stops = [await begin("/usr/sbin/mosquitto", ["-c", config], mqtt)];
  const words = ["plantsim", "--modbus-port", `${modbus}`, "--mqtt-port", `${mqtt}`,
    "--opcua-port", `${opcua}`, "--people", `${people}`, "--seed", `${seed}`,
    ...posts.flatMap((post) => ["--post", post])];
  stops.unshift(await begin(program, words, modbus));
  return {
    mqtt,
    opcua,
    words: ["--source", `S-PLC1=127.0.0.1:${modbus}`, "--source", `S-PLC2=127.0.0.1:${modbus}`,
      "--source", `S-RTLS=127.0.0.1:${mqtt}`, "--source", `S-SPB=127.0.0.1:${mqtt}`,
      "--source", `S-UA=127.0.0.1:${opcua}`],
    command: (json) => publish(mqtt, "anlan/sim/command", json),
    stop: async () => {
      for (const stop of stops) await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
