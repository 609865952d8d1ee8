// Secrets that stand nowhere else: planted in fields, a comment, a photo's bytes, a file that a
// decision carries, a flow variable and a notice of the matrix pack's form. Whoever finds one in an
// answer has found a leak, unless the rights, read a second time (rights.mjs), give it to him.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { freshPhoto, upload } from "../survive/load.mjs";
import { Rights } from "./rights.mjs";

export const formId = "dossier";
// What the task gives whoever holds it, within the form's ceilings: salary stays hidden, phone
// masked.
const nodeFields = new Set(["title", "note"]);

const token = (field) => `zq${field}${randomBytes(6).toString("hex")}`;

// A picture whose bytes hold the text, in a comment that says how long it is.
function photoWith(text) {
  const bytes = freshPhoto();
  const length = Buffer.from(text).length + 2;
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, length >> 8, length & 255]),
    Buffer.from(text)]);
  return Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2)]);
}

async function plantOne(plant, person, area, level) {
  const secret = {
    photos: token("photo"), comment: token("comment"), attached: token("attached"),
  };
  for (const field of ["title", "note", "verdict", "salary", "phone", "code"]) {
    secret[field] = token(field);
  }
  const bytes = photoWith(secret.photos);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await upload(plant.url, { person, bytes, sha256, acknowledged: 0, isDone: false });
  const { photos: unused, comment, attached, ...fields } = secret;
  const body = { fields: { ...fields, area: area.id, level, photos: [{ sha256, name: "a.jpg" }] } };
  const { record } = await person.ask(plant.url,
    { path: `/api/records/${formId}`, body: JSON.stringify(body) });
  await person.ask(plant.url, { path: `/api/records/${formId}/${record.id}/comment`,
    body: JSON.stringify({ text: comment }) });
  return { id: record.id, secret, sha256, files: [] };
}

// Two of each author and level; of each pair one is closed by the operator.
export async function plantSecrets(plant, authors, operator, areas) {
  const planted = [];
  for (const [i, author] of authors.entries()) {
    for (const level of ["low", "low", "high", "high"]) {
      planted.push(await plantOne(plant, author, areas[i], level));
    }
  }
  for (const one of planted.filter((unused, i) => i % 2 === 1)) {
    const view = await operator.get(plant.url, `/api/records/${formId}/${one.id}`);
    const bytes = photoWith(one.secret.attached);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await upload(plant.url, { person: operator, bytes, sha256, acknowledged: 0, isDone: false });
    one.files.push(sha256);
    await operator.ask(plant.url, { path: `/api/tasks/${view.tasks[0].id}/complete`,
      body: JSON.stringify({ outcome: "close", fields: {}, attachments: [sha256] }) });
  }
  return planted;
}

// Every text of a zip file, also of those inside it.
function unzipped(bytes) {
  let out = "";
  for (let at = bytes.indexOf("PK\x01\x02"); at >= 0; at = bytes.indexOf("PK\x01\x02", at + 4)) {
    const method = bytes.readUInt16LE(at + 10);
    const size = bytes.readUInt32LE(at + 20);
    const local = bytes.readUInt32LE(at + 42);
    if (bytes.readUInt32LE(local) !== 0x04034b50) continue;
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(from, from + size);
    const plain = method === 8 ? inflateRawSync(packed) : packed;
    out += readable(plain);
  }
  return out;
}

// What somebody could read in an answer, whatever it is packed in.
export function readable(bytes) {
  if (bytes.subarray(0, 2).toString("latin1") === "PK") return unzipped(bytes);
  if (bytes.subarray(0, 5).toString("latin1") === "%PDF-") {
    return execFileSync("pdftotext", ["-raw", "-", "-"],
      { input: bytes, encoding: "latin1", stdio: ["pipe", "pipe", "ignore"] }).replace(/\s+/g, "");
  }
  return bytes.toString("latin1");
}

// The secrets that this caller may meet somewhere, from the rights and from nothing else.
export function allowedSecrets({ roles, form, caller, held, copied, planted, rows }) {
  const allowed = new Set();
  const withCase = (secret) => [secret.comment, secret.attached].forEach((one) => allowed.add(one));
  for (const { id, secret } of planted) {
    const row = rows.find((one) => one.id === id);
    for (const action of ["list", "read", "export"]) {
      const rights = new Rights(roles, caller, form, action);
      if (!rights.covers(row)) continue;
      for (const field of Object.keys(form.data.properties)) {
        if (rights.isReadable(field, row.state)) allowed.add(secret[field]);
      }
      if (action === "read") withCase(secret);
    }
    if (held.has(id)) {
      for (const field of nodeFields) allowed.add(secret[field]);
      withCase(secret);
    }
    const read = new Rights(roles, caller, form, "read");
    if (copied.has(id) && read.fit.length > 0) {
      for (const field of nodeFields) {
        if (read.isReadable(field, row.state)) allowed.add(secret[field]);
      }
      withCase(secret);
    }
  }
  return allowed;
}

// Asks about every field of the form in every way that could tell its value by what comes back.
export async function askAround(crawler, form, planted, rows) {
  const list = new Rights(crawler.roles, crawler.caller, form, "list");
  const counts = new Rights(crawler.roles, crawler.caller, form, "aggregate");
  const exports = new Rights(crawler.roles, crawler.caller, form, "export");
  const encode = (filter) => encodeURIComponent(JSON.stringify(filter));
  const expect = async (path, isAllowed) => {
    const { status } = await crawler.get(path);
    if (!isAllowed && status === 200) crawler.find(`${path} is answered`);
    if (isAllowed && status !== 200) crawler.find(`${path} is refused: ${status}`);
  };
  for (const field of ["title", "note", "verdict", "salary", "phone", "code", "level"]) {
    const value = field === "level" ? "high" : planted[0].secret[field];
    const eq = ["eq", field, value];
    for (const filter of [eq, ["not", eq], ["not", ["null", field]], ["ne", field, value],
      ["or", ["eq", "state", "closed"], eq], ["and", ["eq", "state", "closed"], eq],
      ["in", field, [value]]]) {
      const asked = `filter=${encode(filter)}`;
      await expect(`/api/records/${formId}?${asked}`, list.mayAsk(field));
      await expect(`/api/records/${formId}/count?by=state&${asked}`, counts.mayAsk(field));
      await expect(`/api/export/${formId}?kind=csv&${asked}`, exports.mayAsk(field));
    }
    await expect(`/api/records/${formId}/count?by=${field}`, counts.mayAsk(field));
    const isSortable = ["title", "verdict", "salary", "level"].includes(field);
    for (const sort of [field, `-${field}`]) {
      await expect(`/api/records/${formId}?sort=${sort}`, list.mayAsk(field) && isSortable);
    }
    if (!list.mayAsk(field)) continue;
    const { text } = await crawler.get(`/api/records/${formId}?filter=${encode(eq)}`);
    const isThere = rows.filter((row) => list.covers(row) && row[field] === value).length;
    if (JSON.parse(text).rows.length !== isThere) crawler.find(`the filter on ${field} is wrong`);
  }
  for (const { secret } of planted.slice(0, 2)) {
    for (const field of Object.keys(secret)) {
      const searched = ["title", "note"].every((one) => list.mayAsk(one));
      await expect(`/api/records/${formId}?q=${secret[field]}`, searched);
    }
  }
}

// Writes what must not be written; the answers are read like all others.
export async function tryToWrite(crawler, form, planted) {
  for (const { id, secret } of planted.slice(0, 3)) {
    const wrong = [{ salary: "stolen" }, { code: secret.code, phone: 5 },
      { verdict: [secret.note] }];
    for (const fields of wrong) {
      const { status } = await crawler.send("PATCH", `/api/records/${formId}/${id}`,
        { version: 99, fields });
      if (status < 400) crawler.find(`${Object.keys(fields)} of ${id} is written`);
    }
    await crawler.send("POST", `/api/records/${formId}`,
      { fields: { title: "x", code: secret.code, area: id } });
  }
}
