import { notifications } from "@mantine/notifications";
import { expect, it, vi } from "vitest";
import { undoLast } from "../shared/undo";
import { offerLastEdit } from "./lastEdit";

const EVENT = "5eed0001-0000-8000-8000-000000000001";
const edit = (n: number, actor: string) => ({
  id: `5eed0001-0000-8000-e000-00000000000${n}`,
  sequence: n,
  at: n,
  actor,
  machine: "front desk",
  command: "change guest",
  reason: null,
  undoable: true,
  undoes: null,
  undone_by: null,
});

it("takes back one's own edit, where somebody else's came right after it", async () => {
  const undone: unknown[] = [];
  const edits = [edit(2, "Bruno Brückner"), edit(1, "Ada Almgren")];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith("/undo")) {
      undone.push(((await request.json()) as { edit: string }).edit);
      return Response.json(edits[1]);
    }
    const own = searchParams.get("own") === "true";
    return Response.json({ items: edits.filter(({ actor }) => !own || actor === "Ada Almgren") });
  });
  vi.spyOn(notifications, "show").mockReturnValue("shown");
  const changed = vi.fn();
  await offerLastEdit(EVENT, "change guest", "The guest was changed.", changed);
  expect(undoLast()).toBe(true);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: 20_000 });
  expect(undone).toEqual([edits[1]?.id]);
});
