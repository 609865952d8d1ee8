// What a failed stage shows of its log: where things broke, then the end. A sanitizer's report or a
// test's failure often stands thousands of lines before the end, and in CI the excerpt is all that
// is kept.

const tailLinesMax = 60;
const placesMax = 8;
const linesOfPlace = 24;
const signs = new RegExp([
  "ERROR: \\w+Sanitizer", "WARNING: ThreadSanitizer", "runtime error:", "terminate called",
  ": Failure$", "^not ok ", "✖ ", " error: ",
].join("|"));

// [{from, to}] of the lines to show, in their order, without overlaps.
function spans(lines) {
  const end = Math.max(0, lines.length - tailLinesMax);
  const found = [];
  for (let i = 0; i < end && found.length < placesMax; i++) {
    if (!signs.test(lines[i])) continue;
    const to = Math.min(i + linesOfPlace, end);
    found.push({ from: Math.max(0, i - 2), to });
    i = to - 1;
  }
  return [...found, { from: end, to: lines.length }];
}

// The lines of a log worth showing; "..." stands for those left out.
export function excerpt(log) {
  const lines = log.trimEnd().split("\n");
  const out = [];
  let shown = 0;
  for (const { from, to } of spans(lines)) {
    if (from > shown) out.push("...");
    out.push(...lines.slice(Math.max(from, shown), to));
    shown = to;
  }
  return out;
}
