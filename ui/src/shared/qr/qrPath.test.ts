import { describe, expect, it } from "vitest";
import { qrPath } from "./qrPath";

/** The modules that a path of runs darkens. */
function modules({ size, path }: { size: number; path: string }): boolean[][] {
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, from, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)) {
    rows[Number(y)]?.fill(true, Number(from), Number(from) + Number(width));
  }
  return rows;
}

const FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"];

describe("a QR code as a path", () => {
  const code = qrPath("https://front-desk.local:8443/");
  const rows = modules(code);

  it("keeps four light modules around itself", () => {
    const edge = [...rows.slice(0, 4), ...rows.slice(-4)].flat();
    const sides = rows.flatMap((row) => [...row.slice(0, 4), ...row.slice(-4)]);
    expect([...edge, ...sides]).not.toContain(true);
  });

  it("has its three finders, and the size of a version", () => {
    expect((code.size - 8 - 17) % 4).toBe(0);
    const at = (x: number, y: number) =>
      rows.slice(y, y + 7).map((row) => row.slice(x, x + 7).map((dark) => (dark ? "#" : ".")).join(""));
    const far = code.size - 4 - 7;
    for (const [x, y] of [[4, 4], [far, 4], [4, far]] as const) expect(at(x, y)).toEqual(FINDER);
  });
});
