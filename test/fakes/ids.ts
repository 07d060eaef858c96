// Ids from a seed (ports/ids.ts).

import type { WallMs } from "../../src/core/brand.ts";
import type { GenerationId } from "../../src/core/names.ts";
import type { Ids } from "../../src/ports/ids.ts";
import type { Random } from "./random.ts";

export class FakeIds implements Ids {
  private readonly taken = new Set<GenerationId>();

  constructor(private readonly random: Random) {}

  generation(now: WallMs): GenerationId {
    const stamp = new Date(now).toISOString().replaceAll(/[-:.]/g, "");
    const id = `${stamp}-${this.random.hex(4)}` as GenerationId;
    if (this.taken.has(id)) return this.generation(now);
    this.taken.add(id);
    return id;
  }

  short(): string {
    return this.random.hex(8);
  }
}
