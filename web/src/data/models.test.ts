import { describe, expect, it } from "vitest";
import { changesOf, contextOf, elementsOf, givenOf } from "./models.ts";

const flow = `<?xml version="1.0"?>
<bpmn:definitions id="defs"><!-- <bpmn:userTask id="not_there"/> -->
  <bpmn:process id="round" isExecutable="true">
    <bpmn:startEvent id="begin"/>
    <bpmn:userTask id="look" name="巡检"><bpmn:extensionElements><anlan:assign role="worker"/>
    </bpmn:extensionElements></bpmn:userTask>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="look"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="drawing">
    <bpmndi:BPMNShape id="s1" bpmnElement="look"/>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>`;
const told = (after: string) =>
  changesOf(flow, after).map(({ kind, element }) => `${kind} ${element.kind} ${element.id}`);

describe("what a changed file changes", () => {
  it("is nothing where only the drawing, comments or line ends differ", () => {
    expect(told(flow.replace("s1", "s2").replace("not_there", "x").replaceAll("\n", "\n  ")))
      .toEqual([]);
  });
  it("is the element around what has no id of its own", () => {
    expect(told(flow.replace('role="worker"', 'role="team_leader"')))
      .toEqual(["changed userTask look"]);
  });
  it("names what came and what went", () => {
    const after = flow.replace('<bpmn:startEvent id="begin"/>', '<bpmn:endEvent id="end"/>');
    expect(told(after)).toEqual(["added endEvent end", "removed startEvent begin"]);
  });
  it("knows elements by their names", () => {
    expect(elementsOf(flow).get("look")?.name).toBe("巡检");
    expect(elementsOf(flow).has("drawing")).toBe(false);
  });
});

it("takes what was typed by the type of the input", () => {
  const part = (name: string, type: string) => ({ id: name, name, type });
  const inputs = [part("kind", "string"), part("depth", "number"), part("day", "date"),
    part("length", "dayTimeDuration"), part("free", ""), part("word", ""), part("none", "string"),
    part("made", "number")];
  const values = {
    kind: "12", depth: "2.50", day: "2026-11-22", length: "PT2H", free: "true", word: "red",
    none: " ", made: "= 2 * 3",
  };
  expect(givenOf(inputs, values)).toEqual({
    context: { kind: "12", none: null },
    formulas: {
      depth: "2.50", day: 'date("2026-11-22")', length: 'duration("PT2H")', free: "true",
      word: '"red"', made: " 2 * 3",
    },
  });
});

it("takes a context only if it is an object of JSON", () => {
  expect(contextOf("")).toEqual({});
  expect(contextOf('{"gas": 3}')).toEqual({ gas: 3 });
  for (const bad of ["[1]", "null", "{", "3"]) expect(contextOf(bad)).toBeNull();
});
