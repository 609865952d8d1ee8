// An edge node by sparkplug-client, for src/connect/sparkplug_source_test.cpp.
//   node sparkplug_edge.mjs PORT [NOW_MS]   its clock begins at NOW_MS
// Says "born" when its births are out, then every kind of value once, and lives until it is killed.
import sparkplug from "sparkplug-client";

const [port, startMs] = process.argv.slice(2).map(Number);
const offset = (startMs || Date.now()) - Date.now();
const now = () => Date.now() + offset;
const edge = sparkplug.newClient({
  serverUrl: `mqtt://127.0.0.1:${port}`, username: "", password: "", groupId: "G", edgeNode: "E",
  clientId: `peer-${process.pid}`, version: "spBv1.0",
});

const table = { numOfColumns: 1, types: ["Int32"], columns: ["n"], rows: [[1]] };

function births() {
  edge.publishNodeBirth({ timestamp: now(), metrics: [
    { name: "Node Control/Rebirth", type: "Boolean", value: false },
    { name: "Temp", alias: 1, timestamp: now(), type: "Float", value: 20.5 },
  ] });
  edge.publishDeviceBirth("D", { timestamp: now(), metrics: [
    { name: "Flow", alias: 2, timestamp: now(), type: "Int16", value: -7 },
    { name: "Table", alias: 3, timestamp: now(), type: "DataSet", value: table },
  ] });
}

function values() {
  const data = (metric) => edge.publishDeviceData("D", { timestamp: now(), metrics: [
    { alias: 2, timestamp: now(), type: "Int16", ...metric }] });
  edge.publishNodeData({ timestamp: now(), metrics: [
    { alias: 1, timestamp: now(), type: "Float", value: 21.5 }] });
  data({ value: -8 });
  data({ value: 5, timestamp: now() - 3600_000, isHistorical: true });
  edge.publishDeviceData("D", { timestamp: now(), metrics: [
    { name: "Flow", timestamp: now() + 1, type: "Int16", value: -9 }] });
  data({ value: null, timestamp: now() + 2 });
}

edge.on("birth", () => {
  births();
  setTimeout(values, 300);
  console.log("born");
});
edge.on("ncmd", (payload) => {
  if (payload.metrics.some((metric) => metric.name === "Node Control/Rebirth")) births();
});
edge.on("error", (error) => { console.error(error.message); process.exit(1); });
