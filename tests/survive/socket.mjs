// A small client of the live stream (RFC 6455) on a plain socket, that can also read slowly.
import { randomBytes } from "node:crypto";
import { connect } from "node:net";

const text = 1, closing = 8, ping = 9, pong = 10;

export class Socket {
  constructor(port, cookie) {
    Object.assign(this, { texts: [], frames: 0, closeCode: 0 });
    Object.assign(this, { isOpen: false, isAcking: true });
    this.waiting = Buffer.alloc(0);
    this.over = new Promise((done) => (this.end = done));
    this.socket = connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.end());
    this.socket.on("data", (bytes) => this.read(bytes));
    this.opened = new Promise((done) => (this.begin = done));
    this.socket.write("GET /api/live HTTP/1.1\r\n" +
      `Host: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
      `Connection: Upgrade\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n` +
      `Sec-WebSocket-Version: 13\r\nCookie: ${cookie}\r\n\r\n`);
  }

  // Client's frames are masked (5.3).
  send(kind, body) {
    const bytes = Buffer.from(body);
    const mask = randomBytes(4);
    const isLong = bytes.length > 125;
    const head = Buffer.alloc(isLong ? 4 : 2);
    head[0] = 0x80 | kind;
    head[1] = 0x80 | (isLong ? 126 : bytes.length);
    if (isLong) head.writeUInt16BE(bytes.length, 2);
    const masked = Buffer.from(bytes.map((byte, i) => byte ^ mask[i & 3]));
    this.socket.write(Buffer.concat([head, mask, masked]));
  }

  say(message) {
    this.send(text, JSON.stringify(message));
  }

  async hello({ topics = ["note", "task", "notice"], credit = 262144, from = 0 } = {}) {
    await this.opened;
    this.say({ type: "hello", from, topics, credit });
  }

  read(bytes) {
    this.waiting = Buffer.concat([this.waiting, bytes]);
    if (!this.isOpen) {
      const at = this.waiting.indexOf("\r\n\r\n");
      if (at < 0) return;
      this.status = Number(this.waiting.subarray(9, 12).toString());
      this.waiting = this.waiting.subarray(at + 4);
      this.isOpen = true;
      this.begin();
    }
    while (this.takeFrame());
  }

  takeFrame() {
    const { waiting } = this;
    if (waiting.length < 2) return false;
    let length = waiting[1] & 127;
    let from = 2;
    if (length === 126) {
      if (waiting.length < 4) return false;
      length = waiting.readUInt16BE(2);
      from = 4;
    } else if (length === 127) {
      if (waiting.length < 10) return false;
      length = Number(waiting.readBigUInt64BE(2));
      from = 10;
    }
    if (waiting.length < from + length) return false;
    const body = waiting.subarray(from, from + length);
    this.waiting = waiting.subarray(from + length);
    this.take(waiting[0] & 15, body);
    return true;
  }

  take(kind, body) {
    if (kind === ping) return this.send(pong, body);
    if (kind === closing) {
      this.closeCode = body.length >= 2 ? body.readUInt16BE(0) : 1005;
      return this.socket.end();
    }
    if (kind !== text) return void (this.frames += 1);
    const message = JSON.parse(body.toString());
    this.texts.push(message);
    this.onText?.(message);
    if (message.seq && this.isAcking) this.say({ type: "ack", seq: message.seq });
  }

  // Stops reading: what the server goes on to send stays in the pipe.
  stall() {
    this.socket.pause();
  }

  close() {
    this.socket.destroy();
  }
}
