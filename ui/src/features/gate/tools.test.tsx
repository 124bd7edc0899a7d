import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startSpeech } from "../../locales";
import { type Tool, Tools } from "./Tools";

const run = vi.fn();
const tool = (word: string, key: string, more: Partial<Tool> = {}): Tool => ({ sign: "search", word, key, run, ...more });

const tools = [tool("Find", "F2"), tool("Undo", "F3", { disabled: true }), tool("Walk-in", "F4"), tool("Sound", "F5")];

const button = (word: string) => screen.getByRole("button", { name: new RegExp(word) });
const stops = () => screen.getAllByRole("button").filter(({ tabIndex }) => tabIndex === 0);

beforeAll(() => startSpeech());
afterEach(cleanup);

describe("the gate's toolbar", () => {
  it("is one stop for Tab, and arrows lead round past what can't be used", () => {
    render(<Tools tools={tools} />);
    expect(stops()).toEqual([button("Find")]);
    button("Find").focus();
    for (const [key, word] of [
      ["ArrowDown", "Walk-in"],
      ["ArrowDown", "Sound"],
      ["ArrowDown", "Find"],
      ["ArrowUp", "Sound"],
      ["Home", "Find"],
      ["End", "Sound"],
      ["ArrowLeft", "Walk-in"],
      ["ArrowRight", "Sound"],
    ] as const) {
      fireEvent.keyDown(document.activeElement ?? document.body, { key });
      expect(document.activeElement, key).toBe(button(word));
      expect(stops(), key).toEqual([button(word)]);
    }
    expect(run).not.toHaveBeenCalled();
  });

  it("leaves other keys to the gate", () => {
    render(<Tools tools={tools} />);
    button("Find").focus();
    expect(fireEvent.keyDown(button("Find"), { key: "Enter" })).toBe(true);
    expect(fireEvent.keyDown(button("Find"), { key: "ArrowDown", altKey: true })).toBe(true);
    expect(document.activeElement).toBe(button("Find"));
  });

  it("has a stop though the one that was reached can't be used any more", () => {
    const { rerender } = render(<Tools tools={tools} />);
    button("Sound").focus();
    rerender(<Tools tools={tools.map((one) => (one.word === "Sound" ? { ...one, disabled: true } : one))} />);
    expect(stops()).toEqual([button("Find")]);
  });
});
