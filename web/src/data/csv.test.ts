import { expect, test } from "vitest";
import { parseCsv, rows_max, toRows } from "./csv.ts";

const columns = [
  { key: "code", names: ["编码", "Code"] }, { key: "name_zh", names: ["名称"] },
  { key: "org", names: ["所属组织编码"] },
];

test("commas, semicolons and tabs are recognised", () => {
  expect(parseCsv("a,b\n1,2")).toEqual([["a", "b"], ["1", "2"]]);
  expect(parseCsv("a;b\r\n1;2\r\n")).toEqual([["a", "b"], ["1", "2"]]);
  expect(parseCsv("a\tb\n1\t2")).toEqual([["a", "b"], ["1", "2"]]);
});

test("quoted cells keep separators, line breaks and quotes", () => {
  expect(parseCsv('"a,1","say ""hi""","two\nlines"')).toEqual([["a,1", 'say "hi"', "two\nlines"]]);
});

test("a BOM, blank lines and blanks around cells are dropped", () => {
  expect(parseCsv("\ufeffcode , name\n\n , \n A1 , 罐区 \n")).toEqual([
    ["code", "name"], ["A1", "罐区"],
  ]);
});

test("columns are found by their headings in either language and in any order", () => {
  const cells = [["名称 *", "编码", "来源"], ["罐区", "A1", "x"]];
  expect(toRows(cells, columns)).toEqual([{ code: "A1", name_zh: "罐区" }]);
});

test("without a known heading the order of the columns counts", () => {
  expect(toRows([["A1", "罐区", "T1"]], columns)).toEqual([
    { code: "A1", name_zh: "罐区", org: "T1" },
  ]);
});

test("a list longer than the limit is cut, not read for ever", () => {
  expect(parseCsv("a,b\n".repeat(rows_max + 500)).length).toBe(rows_max);
});
