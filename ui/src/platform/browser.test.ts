import { describe, expect, it, vi } from "vitest";
import { browser } from "./browser";

/** The next field or link that is pressed. */
function pressedNext(kind: typeof HTMLInputElement | typeof HTMLAnchorElement): Promise<HTMLElement> {
  return new Promise((resolve) => {
    vi.spyOn(kind.prototype as HTMLElement, "click").mockImplementation(function (
      this: HTMLElement,
    ) {
      resolve(this);
    });
  });
}

const LISTS = { name: "Guest lists", endings: ["csv", "xlsx"] };

describe("the browser", () => {
  it("lets a file be chosen, of the kinds that are meant", async () => {
    const pressed = pressedNext(HTMLInputElement);
    const chosen = browser.pickFile(LISTS);
    const field = (await pressed) as HTMLInputElement;
    expect(field.accept).toBe(".csv,.xlsx");
    const list = new File(["name"], "guests.csv");
    Object.defineProperty(field, "files", { value: [list] });
    field.dispatchEvent(new Event("change"));
    expect(await chosen).toBe(list);
  });

  it("says so when no file was chosen", async () => {
    const pressed = pressedNext(HTMLInputElement);
    const chosen = browser.pickFile(LISTS);
    (await pressed).dispatchEvent(new Event("cancel"));
    expect(await chosen).toBeNull();
  });

  it("downloads under the name that was given", async () => {
    const pressed = pressedNext(HTMLAnchorElement);
    const place = await browser.savePath("report.csv", LISTS);
    if (place?.kind !== "browser") throw new Error("a browser knows no paths");
    await place.write(new Blob(["a,b"]));
    const link = (await pressed) as HTMLAnchorElement;
    expect(link.download).toBe("report.csv");
    expect(link.href).toMatch(/^blob:/);
  });

  it("keeps quiet where it may not speak", async () => {
    vi.stubGlobal("Notification", { permission: "denied" });
    expect(await browser.notify("Printed", "500 pages")).toBe(false);
  });
});
