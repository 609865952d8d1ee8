// The styles of the desk come with its first page; src/desk and what it shares has none of its own.
import { expect, test } from "vitest";
import { lateStyles } from "../../scripts/budgets.mjs";

const manifest = {
  "desk/index.html": {
    file: "desk.js", css: ["first.css"], dynamicImports: ["overview.tsx", "case.tsx"],
  },
  "overview.tsx": { file: "overview.js", css: ["first.css"], imports: ["_plan.js"] },
  "_plan.js": { file: "plan.js", css: ["plan.css"] },
  "case.tsx": { file: "case.js", dynamicImports: ["proof.tsx"] },
  "proof.tsx": { file: "proof.js", css: ["proof.css"] },
};

test("a stylesheet of a later page is found, however far away it is asked for", () => {
  expect(lateStyles(manifest, "desk/index.html")).toEqual(["plan.css", "proof.css"]);
  const whole = { ...manifest["desk/index.html"], css: ["first.css", "plan.css", "proof.css"] };
  expect(lateStyles({ ...manifest, "desk/index.html": whole }, "desk/index.html")).toEqual([]);
});
