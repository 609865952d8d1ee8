// A program that speaks the HTTP interface as a person does: cookie, idempotency keys.
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { pause } from "./server.mjs";

export class Client {
  constructor(url) {
    Object.assign(this, { url, cookie: "" });
  }

  async send(method, path, body, type = "application/json") {
    const headers = { "X-Anlan": "1", "Idempotency-Key": randomUUID(), Cookie: this.cookie };
    if (body !== undefined) headers["Content-Type"] = type;
    const answer = await fetch(this.url + path, { method, headers, body });
    const cookie = answer.headers.get("set-cookie");
    if (cookie) this.cookie = cookie.split(";")[0];
    return answer;
  }

  async ask(method, path, body, type) {
    const answer = await this.send(method, path, body, type);
    const json = await answer.json();
    assert.ok(answer.ok, `${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  }

  get(path) {
    return this.ask("GET", path);
  }

  post(path, body = {}) {
    return this.ask("POST", path, JSON.stringify(body));
  }

  async logIn(login, password) {
    this.me = await this.post("/api/login", { login, password, client: "m" });
    return this;
  }

  async upload(file) {
    const bytes = readFileSync(file);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const path = `/api/blobs/${sha256}?offset=0&total=${bytes.length}`;
    await this.ask("PUT", path, bytes, "application/octet-stream");
    return sha256;
  }
}

// Asks until the answer is right, every 50 ms.
export async function until(what, ask, patience_ms = 60000) {
  const end = Date.now() + patience_ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    assert.ok(Date.now() < end, `${what} did not come`);
    await pause(50);
  }
}
