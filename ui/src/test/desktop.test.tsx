import { fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import en from "../locales/en.json";
import { findPlatform, type Printer } from "../platform";
import { readFrame, type RequestHead, writeFrame } from "../platform/frame";
import { answer, EVENT, made, me, open } from "./office";

/** The shell as the page knows it: it carries requests, and has what it was given besides. */
function shell(commands: Record<string, (given: unknown) => unknown>) {
  const asked: [string, unknown][] = [];
  const invoke = async (command: string, given: unknown) => {
    asked.push([command, given]);
    if (command === "api") {
      const { head } = readFrame<RequestHead>(given as Uint8Array<ArrayBuffer>);
      const { method, path, headers } = head;
      const said = await fetch(new Request(`http://localhost${path}`, { method, headers }));
      const body = new Uint8Array(await said.arrayBuffer());
      return writeFrame({ status: said.status, headers: [...said.headers] }, body).buffer;
    }
    const known = commands[command];
    if (known === undefined) throw `Command ${command} not found`;
    return known(given);
  };
  vi.stubGlobal("__TAURI_INTERNALS__", { invoke });
  return asked;
}

const may = [...me.may, "issue_tickets"] as const;

describe("printing on the desktop", () => {
  beforeEach(() => answer({ may: [...may] }));

  const openDialog = async () => {
    await findPlatform();
    await open(`/events/${EVENT}/print`);
    fireEvent.click(await screen.findByRole("button", { name: en.printing.open }));
    return screen.findByRole("dialog", { name: en.printing.title });
  };

  it("proposes the usual printer, makes the file and hands it on", async () => {
    const printers: Printer[] = [
      { name: "Back room", is_default: false },
      { name: "Front desk", is_default: true },
    ];
    const asked = shell({ printers: () => printers, print_file: () => ({ printer: "Front desk" }) });
    const dialog = await openDialog();
    const field = await within(dialog).findByRole<HTMLInputElement>("combobox", { name: en.printing.printer });
    expect(field.value).toBe("Front desk");
    fireEvent.click(within(dialog).getByRole("button", { name: en.printing.submit }));
    expect(await screen.findByText("tickets.pdf is on its way to the printer.")).toBeTruthy();
    expect(await screen.findByText("Sent to Front desk.")).toBeTruthy();
    const printed = asked.filter(([command]) => command === "print_file").map(([, given]) => given);
    expect(printed).toEqual([{ task: made.id, printer: "Front desk" }]);
  });

  it("opens the file in another program where the shell names no printer", async () => {
    const asked = shell({ printers: () => [], print_file: () => ({ printer: null }) });
    const dialog = await openDialog();
    expect(await within(dialog).findByText(en.printing.none)).toBeTruthy();
    fireEvent.click(within(dialog).getByRole("button", { name: en.printing.elsewhere }));
    expect(await screen.findByText(/^tickets\.pdf is open in the program/)).toBeTruthy();
    const printed = asked.filter(([command]) => command === "print_file").map(([, given]) => given);
    expect(printed).toEqual([{ task: made.id, printer: null }]);
  });

  it("says in the reader's words what a printer refused", async () => {
    const refuse = () => {
      throw { type: "about:blank", status: 500, code: "printing_failed", detail: "no" };
    };
    shell({ printers: () => [{ name: "Front desk", is_default: true }], print_file: refuse });
    const dialog = await openDialog();
    fireEvent.click(await within(dialog).findByRole("button", { name: en.printing.submit }));
    expect(await screen.findByText(en.refused.printingFailed)).toBeTruthy();
  });
});
