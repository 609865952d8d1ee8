// An OPC UA server by node-opcua, for src/connect/opcua_peer_test.cpp.
//   node opcua_server.mjs PORT FOLDER [NOW_MS]   its clock begins at NOW_MS
// Where FOLDER has server.der and server.key.der (DER) it offers Basic256Sha256 beside None. Says
// "ready" when it listens, then lives until it is killed. T rises by one every 100 ms, F stays, X
// has no good value.
import { createPrivateKey } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

// It takes its time to load; whoever waits hears that it goes on.
const heard = (what) => console.log(what);
heard("loading");
const certificates = await import("node-opcua-certificate-manager");
const channel = await import("node-opcua-secure-channel");
const variant = await import("node-opcua-variant");
const codes = await import("node-opcua-status-code");
heard("loading the server");
const opcua = await import("node-opcua-server");
heard("loaded");

const [port, folder, startMs] = process.argv.slice(2);
const offset = (Number(startMs) || Date.now()) - Date.now();
const { MessageSecurityMode, SecurityPolicy } = channel;
const { DataType, Variant } = variant;

function keyOf(der) {
  for (const type of ["pkcs8", "pkcs1", "sec1"]) {
    try {
      return createPrivateKey({ key: der, format: "der", type });
    } catch { /* another kind */ }
  }
  throw new Error("no such key");
}

function identity() {
  if (!existsSync(`${folder}/server.der`)) return {};
  const text = readFileSync(`${folder}/server.der`).toString("base64").match(/.{1,64}/g).join("\n");
  writeFileSync(`${folder}/server.pem`,
    `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`);
  const key = keyOf(readFileSync(`${folder}/server.key.der`));
  writeFileSync(`${folder}/key.pem`, key.export({ type: "pkcs8", format: "pem" }));
  return { certificateFile: `${folder}/server.pem`, privateKeyFile: `${folder}/key.pem` };
}

const files = identity();
const isSecure = files.certificateFile !== undefined;
const manager = new certificates.OPCUACertificateManager({
  rootFolder: `${folder}/pki`, automaticallyAcceptUnknownCertificate: true });
const server = new opcua.OPCUAServer({
  port: Number(port), hostname: "127.0.0.1", ...files, serverCertificateManager: manager,
  userCertificateManager: manager,
  serverInfo: { applicationUri: "urn:anlan:peer" },
  securityModes: isSecure
    ? [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt] : [MessageSecurityMode.None],
  securityPolicies: isSecure
    ? [SecurityPolicy.None, SecurityPolicy.Basic256Sha256] : [SecurityPolicy.None],
});
await server.initialize();
heard("initialized");

const { addressSpace } = server.engine;
const own = addressSpace.getOwnNamespace();
const line = own.addObject({ organizedBy: addressSpace.rootFolder.objects, browseName: "Line 1",
  nodeId: "s=Line 1" });
const add = (name) => own.addVariable({
  componentOf: line, browseName: name, nodeId: `s=${name}`, dataType: "Double",
  value: new Variant({ dataType: DataType.Double, value: 0 }) });
const set = (node, value, status = codes.StatusCodes.Good) => node.setValueFromSource(
  new Variant({ dataType: DataType.Double, value }), status, new Date(Date.now() + offset));
const rising = add("T");
set(add("F"), 5);
set(add("X"), 0, codes.StatusCodes.BadSensorFailure);
let value = 20;
set(rising, value);
setInterval(() => set(rising, value += 1), 100);

await server.start();
console.log("ready");
