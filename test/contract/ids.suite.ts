// What every Ids does (ports/ids.ts).

import { describe, expect, test } from "bun:test";

import { wallMs } from "../../src/core/brand.ts";
import { parseGenerationId } from "../../src/formats/generation-id.ts";
import type { Ids } from "../../src/ports/ids.ts";

const NOW = wallMs(Date.UTC(2025, 1, 3, 4, 5, 6, 7));

export function idsSuite(name: string, factory: () => Ids): void {
  describe(`ids: ${name}`, () => {
    test("a generation is named after its time", () => {
      const id = factory().generation(NOW);
      expect(parseGenerationId(id)).toEqual({ id, wall: NOW });
    });

    test("a later generation sorts later", () => {
      const ids = factory();
      const later = [1, 999, 60_000, 86_400_000].map((ms) => wallMs(NOW + ms));
      const names = [NOW, ...later].map((wall) => ids.generation(wall) as string);
      expect([...names].reverse().toSorted((a, b) => (a < b ? -1 : 1))).toEqual(names);
    });

    test("no two are the same, however many of one millisecond there are", () => {
      const ids = factory();
      // By chance alone two of so many would be, with any suffix of four letters.
      const names = new Set(Array.from({ length: 10_000 }, () => ids.generation(NOW)));
      expect(names.size).toBe(10_000);
    });

    test("short ids are short, plain and different", () => {
      const ids = factory();
      const all = Array.from({ length: 200 }, () => ids.short());
      for (const id of all) expect(id).toMatch(/^[a-z0-9]{6,12}$/);
      expect(new Set(all).size).toBeGreaterThan(198);
    });
  });
}
