// Random FEEL out of a seed: expressions of every kind of value, most of them sound, some not: what
// is wrong must become null with the same warning on both sides.

// mulberry32: small, the same everywhere.
export function dice(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count) => Math.floor(next() * count);
  return { below, one: (list) => list[below(list.length)], chance: (share) => next() < share };
}

export const context = {
  a: 5, "gas value": 0.35, 浓度: 12.5, name: "受限空间 A-7", list: [3, 1, 4, 1, 5, 9, 2.5],
  people: [{ name: "李", age: 41 }, { name: "Wei", age: 29 }, { name: null, age: 33 }],
  isHot: true, nothing: null,
};
export const formulas = {
  day: 'date("2026-02-28")', moment: 'date and time("2026-11-22T08:30:00+08:00")',
  shift: 'duration("PT8H30M")', tenure: 'duration("P2Y7M")', hour: 'time("23:59:30Z")',
};

const numbers = ["0", "1", "-3", "2.50", "0.1", "1e3", "12345678901234567890.123", "0.000001", "a",
  "gas value", "浓度", "list[2]", "people[1].age", "9999999999999999999999999999999999"];
const texts = ['""', '"x"', '"安全第一"', '"a,b;c"', '"Ünïcödé 😀"', '"2026-11-22"', "name",
  '"line\\nbreak"', '"LEL 25%"'];
const patterns = ['"[a-z]+"', '"^.{2}"', '"\\\\s+"', '"(\\\\d)(\\\\d)"', '"[一-龥]"', '"a|b"', '"("',
  '"\\\\p{L}+"', '"[^,;]"'];
const days = ["day", 'date("2024-02-29")', 'date("1999-12-31")', 'date("0001-01-01")',
  "date(2026, 11, 22)", 'date("not one")'];
const moments = ["moment", 'date and time("2024-02-29T23:59:59.123456789Z")',
  'date and time(day, hour)', 'date and time("2026-01-01T00:00:00")'];
const lengths = ["shift", 'duration("P1D")', 'duration("-PT90M")', 'duration("PT0.5S")'];
const spans = ["tenure", 'duration("P1Y")', 'duration("-P14M")'];

const binary = (from, signs) => (dice, depth) =>
  `${make[from](dice, depth)} ${dice.one(signs)} ${make[dice.chance(0.95) ? from : "any"](
    dice, depth)}`;
const call = (name, ...kinds) => (dice, depth) =>
  `${name}(${kinds.map((kind) => make[kind](dice, depth)).join(", ")})`;
const calls = (names, ...kinds) => (dice, depth) => call(dice.one(names), ...kinds)(dice, depth);

// Of each kind: what stands alone, and what is made of others.
const kinds = {
  number: [numbers, [
    binary("number", ["+", "-", "*", "/", "**"]),
    calls(["abs", "floor", "ceiling", "sqrt", "exp", "log"], "number"),
    calls(["modulo", "decimal", "round half up", "round down"], "number", "number"),
    calls(["sum", "count", "min", "max", "mean", "median", "stddev", "product"], "list"),
    call("string length", "text"), call("number", "text"),
    (dice, depth) => `(${make.number(dice, depth)})`,
    (dice, depth) => `-${make.number(dice, depth)}`,
    (dice, depth) => `${make.day(dice, depth)}.${dice.one(["year", "month", "day", "weekday"])}`,
  ]],
  text: [texts, [
    binary("text", ["+"]), calls(["upper case", "lower case"], "text"), call("string", "any"),
    calls(["substring before", "substring after"], "text", "text"),
    call("substring", "text", "number"),
    (dice, depth) =>
      `replace(${make.text(dice, depth)}, ${dice.one(patterns)}, ${make.text(dice, depth)})`,
    call("string join", "list", "text"),
  ]],
  truth: [["true", "false", "isHot", "null"], [
    binary("number", ["<", ">", "<=", ">=", "=", "!="]), binary("text", ["=", "<", "!="]),
    binary("truth", ["and", "or"]), binary("day", ["<", "="]), call("not", "truth"),
    calls(["contains", "starts with", "ends with"], "text", "text"),
    (dice, depth) => `matches(${make.text(dice, depth)}, ${dice.one(patterns)})`,
    (dice, depth) => `${make.number(dice, depth)} in ${make.range(dice, depth)}`,
    (dice, depth) => `${make.number(dice, depth)} between ${make.number(dice, depth)} and ${
      make.number(dice, depth)}`,
    (dice, depth) => `${dice.one(["some", "every"])} x in ${make.list(dice, depth)} satisfies x ${
      dice.one([">", "=", "<"])} ${make.number(dice, depth)}`,
    (dice, depth) => `${make.any(dice, depth)} instance of ${
      dice.one(["number", "string", "date", "list<number>", "boolean"])}`,
    call("list contains", "list", "any"), calls(["before", "after", "meets"], "range", "range"),
  ]],
  day: [days, [
    (dice, depth) => `${make.day(dice, depth)} ${dice.one(["+", "-"])} ${
      make[dice.one(["length", "span"])](dice, depth)}`,
    call("date", "text"), call("date", "moment"),
  ]],
  moment: [moments, [
    (dice, depth) => `${make.moment(dice, depth)} ${dice.one(["+", "-"])} ${
      make[dice.one(["length", "span"])](dice, depth)}`,
    () => "now()",
  ]],
  length: [lengths, [
    binary("length", ["+", "-"]), binary("moment", ["-"]),
    (dice, depth) => `${make.length(dice, depth)} ${dice.one(["*", "/"])} ${
      make.number(dice, depth)}`,
  ]],
  span: [spans, [call("years and months duration", "day", "day"), binary("span", ["+", "-"])]],
  list: [["list", "people.age", "[]", "[1, 2, 3]", '["b", "a", null]', "1..4"], [
    (dice, depth) => `[${make.any(dice, depth)}, ${make.any(dice, depth)}]`,
    (dice, depth) => `for x in ${make.list(dice, depth)} return x ${dice.one(["+", "*"])} ${
      make.number(dice, depth)}`,
    (dice, depth) => `${make.list(dice, depth)}[item ${dice.one([">", "<", "="])} ${
      make.number(dice, depth)}]`,
    calls(["reverse", "distinct values", "flatten", "sort", "mode"], "list"),
    calls(["append", "concatenate", "union", "remove", "index of"], "list", "any"),
    (dice, depth) => `split(${make.text(dice, depth)}, ${dice.one(patterns)})`,
    (dice, depth) => `sort(${make.list(dice, depth)}, function(x, y) x > y)`,
  ]],
  range: [["[1..5]", "(0..10]", '["a".."f"]', "< 5", ">= 2"], [
    (dice, depth) => `[${make.number(dice, depth)}..${make.number(dice, depth)}]`,
  ]],
  context: [["people[1]", "{}", "{x: 1, 名: \"值\"}"], [
    (dice, depth) => `{x: ${make.any(dice, depth)}, "y z": ${make.number(dice, depth)}}`,
    call("context put", "context", "text", "any"), call("get entries", "context"),
    call("context merge", "list"),
  ]],
};
const names = Object.keys(kinds);
const depthMost = 4;

const make = Object.fromEntries(names.map((name) => [name, (dice, depth) => {
  const [alone, made] = kinds[name];
  const isAlone = depth >= depthMost || dice.chance(0.35);
  return isAlone ? dice.one(alone) : dice.one(made)(dice, depth + 1);
}]));
make.any = (dice, depth) => dice.chance(0.08)
  ? `if ${make.truth(dice, depth + 1)} then ${make.any(dice, depth + 1)} else ${
    make.any(dice, depth + 1)}`
  : make[dice.one(names)](dice, depth);

export const expression = (dice) => make.any(dice, 0);
export function tests(dice) {
  const one = () => dice.one([
    () => `${dice.one(["<", ">", "<=", ">="])} ${make.number(dice, 3)}`,
    () => make.range(dice, 3), () => make.number(dice, 3), () => make.text(dice, 3),
    () => `not(${make.number(dice, 3)})`, () => `? ${dice.one(["<", "="])} ${
      make.number(dice, 3)}`, () => "-",
  ])();
  return Array.from({ length: 1 + dice.below(3) }, one).join(", ");
}

// A text with something cut out, doubled or put in: what a person has half typed.
export function spoiled(dice) {
  const text = [...expression(dice)];
  const at = dice.below(text.length);
  const what = dice.below(3);
  if (what === 0) text.splice(at, 1 + dice.below(4));
  else if (what === 1) text.splice(at, 0, dice.one([..."()[]{}\",.+*?:=<> 安"]));
  else text.length = at;
  return text.join("");
}
