import { describe, expect, it } from "vitest";
import type { Question } from "../../../../api/answers";
import { answeredBy, moved, newQuestion } from "./questionFields";

const question = (id: number, more: Partial<Question> = {}): Question => ({
  id,
  kind: "short",
  text: `Question ${id}`,
  required: false,
  asked: "person",
  choices: [],
  ...more,
});

describe("questions", () => {
  it("gives each new one an id that none has", () => {
    expect(newQuestion([]).id).toBe(1);
    expect(newQuestion([question(7), question(2)]).id).toBe(8);
  });

  it("keeps choices for a choice alone", () => {
    const choice = question(1, { kind: "choice", choices: ["Fish", "Mushrooms"] });
    expect(answeredBy(choice, "long").choices).toEqual([]);
    expect(answeredBy(choice, "choice").choices).toEqual(["Fish", "Mushrooms"]);
    expect(answeredBy(question(1), "choice").choices).toEqual(["", ""]);
  });

  it("moves one past its neighbour and none past an end", () => {
    const three = [question(1), question(2), question(3)];
    const ids = (list: Question[]) => list.map(({ id }) => id);
    expect(ids(moved(three, 0, 1))).toEqual([2, 1, 3]);
    expect(ids(moved(three, 2, -1))).toEqual([1, 3, 2]);
    expect(ids(moved(three, 0, -1))).toEqual([1, 2, 3]);
    expect(ids(moved(three, 2, 1))).toEqual([1, 2, 3]);
  });
});
