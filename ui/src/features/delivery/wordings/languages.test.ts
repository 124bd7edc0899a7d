import { describe, expect, it } from "vitest";
import { languagesOf } from "./languages";

describe("languages of an event's messages", () => {
  it("are its own first, and the usual ones that it does not stand for", () => {
    expect(languagesOf("en")).toEqual(["en", "es", "fr"]);
    expect(languagesOf("fr-CA")).toEqual(["fr-CA", "en", "es"]);
    expect(languagesOf("pt-BR")).toEqual(["pt-BR", "en", "es", "fr"]);
  });
});
