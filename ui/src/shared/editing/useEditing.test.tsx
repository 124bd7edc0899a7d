import { act, renderHook } from "@testing-library/react";
import { beforeAll, expect, it, vi } from "vitest";
import { startSpeech } from "../../locales";
import { Problem } from "../problem";
import type { Versioned } from "../versioned";
import { type Source, useEditing } from "./useEditing";

interface Words {
  title: string;
  tagline: string;
}

/** Words that somebody else may change meanwhile. */
function office(first: Words) {
  let now: Versioned<Words> = { body: first, version: "1" };
  const write = vi.fn(async (change: Partial<Words>, version: string | null) => {
    if (version !== now.version) {
      throw new Problem({ code: "edited_meanwhile", detail: "", status: 412 });
    }
    now = { body: { ...now.body, ...change }, version: `${Number(version) + 1}` };
    return now;
  });
  const source: Source<Words> = { read: async () => now, write, saved: () => undefined };
  const meanwhile = (change: Partial<Words>) => {
    now = { body: { ...now.body, ...change }, version: `${Number(now.version) + 1}` };
  };
  const { result, rerender } = renderHook(({ begun }) => useEditing(begun, source), {
    initialProps: { begun: now },
  });
  const readAnew = () => rerender({ begun: now });
  return { result, write, meanwhile, readAnew, read: () => now.body };
}

beforeAll(async () => {
  await startSpeech();
});

const first = { title: "Ball", tagline: "" };

it("writes only what was changed", async () => {
  const { result, write } = office(first);
  act(() => result.current.change({ title: "Gala" }));
  expect(result.current.changed).toEqual(["title"]);
  await act(() => result.current.save());
  expect(write).toHaveBeenCalledExactlyOnceWith({ title: "Gala" }, "1");
  expect(result.current.changed).toEqual([]);
});

it("needs no question where two people changed different fields", async () => {
  const { result, meanwhile, read } = office(first);
  act(() => result.current.change({ title: "Gala" }));
  meanwhile({ tagline: "at the quay" });
  await act(() => result.current.save());
  expect(result.current.conflict).toBeNull();
  expect(read()).toEqual({ title: "Gala", tagline: "at the quay" });
});

it("overwrites nothing unseen, and saves what is chosen", async () => {
  const { result, meanwhile, read } = office(first);
  act(() => result.current.change({ title: "Gala", tagline: "by night" }));
  meanwhile({ title: "Fair" });
  await act(() => result.current.save());
  expect(read().title).toBe("Fair");
  expect(result.current.conflict).toEqual({ theirs: { title: "Fair", tagline: "" }, fields: ["title"] });
  await act(() => result.current.settle([]));
  expect(read()).toEqual({ title: "Fair", tagline: "by night" });
  expect(result.current.conflict).toBeNull();
});

it("takes what is read anew, and asks all the same where it was typed over", async () => {
  const { result, meanwhile, readAnew, read } = office(first);
  act(() => result.current.change({ title: "Gala" }));
  meanwhile({ tagline: "at the quay" });
  readAnew();
  expect(result.current.typed).toEqual({ title: "Gala", tagline: "at the quay" });
  meanwhile({ title: "Fair" });
  readAnew();
  await act(() => result.current.save());
  expect(read().title).toBe("Fair");
  expect(result.current.conflict?.fields).toEqual(["title"]);
});
