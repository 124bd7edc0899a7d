import { describe, expect, it } from "vitest";
import type { Notice } from "../../../api/deliveryTypes";
import { isUntold, toldBy } from "./untold";

const notice: Notice = {
  id: "5eed0001-0000-8000-8000-000000000001",
  at: 1_000_000,
  kind: "session_moved",
  session: null,
  tickets: 12,
  invited: 0,
  reason: "",
  told_at: null,
};

describe("news", () => {
  it("is told by itself ten minutes after the change, where the event wants that", () => {
    expect(toldBy(notice, true)).toBe(1_600_000);
    expect(toldBy(notice, false)).toBeNull();
  });

  it("waits for nobody once it was told, or where it concerns nobody", () => {
    expect(isUntold(notice)).toBe(true);
    expect(isUntold({ ...notice, told_at: 1_200_000 })).toBe(false);
    expect(isUntold({ ...notice, tickets: 0 })).toBe(false);
    expect(toldBy({ ...notice, tickets: 0 }, true)).toBeNull();
    expect(isUntold({ ...notice, tickets: 0, invited: 3 })).toBe(true);
  });
});
