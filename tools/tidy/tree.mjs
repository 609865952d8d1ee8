// The rules that look at the repository as a whole: who includes whom, which file belongs to
// nothing, which page names a path that is gone. Each takes a Map of path to text (tracked text
// files) and gives findings {path, line, say}.

const includePattern = /^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]/gm;

export function includesOf(text) {
  return [...text.matchAll(includePattern)].map((match) => ({
    target: match[2],
    line: text.slice(0, match.index).split("\n").length,
  }));
}

const roomOf = (path) => /^src\/([a-z_]+)\//.exec(path)?.[1] ?? null;

// Foreign headers that only one room may see.
const owners = [
  [/^drogon\//, ["api", "connect"]],
  [/^sqlite3\.h/, ["store", "history"]],
  [/^(libpq-fe\.h|libpq\/|postgresql\/)/, ["store"]],
  [/^sodium/, ["access", "core"]],
  [/^yyjson\.h/, ["core"]],
  [/^open62541\//, ["connect"]],
  [/^(opencv2\/|jpeglib\.h|png\.h|webp\/|seccomp\.h)/, ["vision"]],
];

// engine answers questions of many kinds: one door for each, so that asking for figures does not
// build evidence anew.
const engineDoors = ["alarm_performance", "alarm_view", "anonymous", "answers", "duty", "evidence",
  "evidence_queue", "export", "figures", "flow_trial", "flow_view", "health", "permit_board",
  "permit_room", "permit_rules", "permit_sheet", "policy_report", "retirement", "thread",
  "view_as"];
const moreDoors = engineDoors.map((name) => `engine/${name}.h`)
  .concat("flow/shown.h", "flow/findings.h", "store/own_tables.h");

// What a group of acts reads ahead: a door beside the front one, in the few rooms that know what
// will be asked.
const aheadDoors = ["store", "flow", "records"].map((room) => `${room}/ahead.h`);

// The front door of rules is several headers, those that rules/rules.h names; the runner of its
// conformance suite reads files and so stays out of that one, and zones are data that few bring.
function isFrontDoor(target, files) {
  const [room, ...rest] = target.split("/");
  if (rest.join("/") === `${room}.h`) return true;
  if (moreDoors.includes(target) || aheadDoors.includes(target)) return true;
  if (room !== "rules") return false;
  if (["rules/tck.h", "rules/zones.h"].includes(target)) return true;
  return includesOf(files.get("src/rules/rules.h") ?? "").some((named) => named.target === target);
}

function judgeInclude(path, target, rooms, files) {
  const own = roomOf(path);
  const owner = owners.find(([pattern]) => pattern.test(target));
  if (owner && !owner[1].includes(own)) return `${target} belongs to ${owner[1].join(", ")}`;
  const room = target.includes("/") ? target.split("/")[0] : null;
  if (!room || !rooms.includes(room) || room === own || room === "core") return null;
  if (rooms.indexOf(room) > rooms.indexOf(own)) return `${own} stands above ${room} in src/ROOMS`;
  if (!isFrontDoor(target, files)) return `${target} is not the front door of ${room}`;
  return null;
}

export function roomOrder(files) {
  const rooms = (files.get("src/ROOMS") ?? "").split("\n").filter((line) => line.trim());
  const findings = [];
  for (const [path, text] of files) {
    const own = roomOf(path);
    if (!own || !/\.(cpp|h)$/.test(path)) continue;
    if (!rooms.includes(own)) findings.push({ path, line: 1, say: `${own} is not in src/ROOMS` });
    for (const { target, line } of includesOf(text)) {
      const say = judgeInclude(path, target, rooms, files);
      if (say) findings.push({ path, line, say });
    }
  }
  return findings;
}

// A source that no target compiles, a header that nobody includes.
export function filesInNoTarget(files) {
  const build = files.get("CMakeLists.txt") ?? "";
  const included = new Set();
  for (const [path, text] of files) {
    if (!/\.(cpp|h)$/.test(path)) continue;
    const folder = path.slice(0, path.lastIndexOf("/"));
    for (const { target } of includesOf(text)) {
      included.add(target).add(`src/${target}`).add(`${folder}/${target}`);
    }
  }
  const findings = [];
  for (const path of files.keys()) {
    if (path.endsWith(".h") && !included.has(path) && !isDoor(path)) {
      findings.push({ path, line: 1, say: "nobody includes this header" });
    }
    if (path.endsWith(".cpp") && !isCompiled(path, build, files)) {
      findings.push({ path, line: 1, say: "no target compiles this file" });
    }
  }
  return findings;
}

const isDoor = (path) => /^src\/([a-z_]+)\/\1\.h$/.test(path);

function isCompiled(path, build, files) {
  const room = /^src\/([a-z_]+)\/[^/]+$/.exec(path)?.[1];
  if (room) return new RegExp(`anlan_room\\(${room}\\b`).test(build);
  const name = path.split("/").pop();
  for (let folder = path; folder.includes("/"); ) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    const list = files.get(`${folder}/CMakeLists.txt`);
    if (list) return list.includes(name) || /GLOB[^)]*\*\.cpp/.test(list);
  }
  return false;
}

const roots = /^(src|web|packs|tests|tools|docs|\.ci)\/[\w./*{},-]*$/;

// Paths in backticks, and links, must lead somewhere. `exists` answers for files and folders.
export function namedPaths(files, exists) {
  const findings = [];
  for (const [path, text] of files) {
    if (!/^(docs\/.*|[^/]*)\.md$/.test(path)) continue;
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
    const readsBackticks = path === "ARCHITECTURE.md" || path === "README.md";
    text.split("\n").forEach((line, i) => {
      for (const named of namesIn(line, folder, readsBackticks)) {
        if (!exists(named)) findings.push({ path, line: i + 1, say: `${named} does not exist` });
      }
    });
  }
  return findings;
}

function namesIn(line, folder, readsBackticks) {
  const links = [...line.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1])
    .filter((target) => !/^[a-z]+:/.test(target)).map((target) => normal(folder + target));
  if (!readsBackticks) return links;
  const ticked = [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1])
    .filter((word) => roots.test(word) && !/[*{}]/.test(word));
  return [...links, ...ticked];
}

function normal(path) {
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

export const treeRules = [roomOrder, filesInNoTarget, namedPaths];
