// The plan of a whole world, when it will change by itself, and when planning again changes it.

import { describe, expect, test } from "bun:test";
import type { IdentityView } from "../../src/core/world.ts";
import { plan, planIdentity, superseded } from "../../src/rules/plan.ts";
import {
  CLAUDE,
  CODEX,
  CONFIG,
  EARLIER,
  GENERATION,
  NOW,
  ahead,
  doc,
  vanished,
  view,
} from "./build.ts";
import { HOUR, alive, armed, ephemeral, gone, looping, rest, say } from "./cases.ts";

const decided = (given: IdentityView) => planIdentity(given, NOW, CONFIG);

describe("when time alone changes the answer", () => {
  test.each([
    ["a witness", gone({ unwitnessedMs: 400 }), ahead(600)],
    ["idleness", alive({ idleMs: HOUR - 5 }), ahead(5)],
    ["an ephemeral's silence", alive({ idleMs: 1000 }, armed), ahead(19_000)],
    ["an ephemeral's backstop", alive({ idleMs: 1000 }, ephemeral), ahead(599_000)],
    ["a crash loop", rest({ alwaysOn: true }, looping), ahead(299_970)],
    [
      "a back-off",
      rest({ alwaysOn: true }, { restart: { attempts: 2, notBeforeWall: ahead(9) } }),
      ahead(9),
    ],
    [
      "a record, before the back-off ends",
      gone(
        { unwitnessedMs: 100 },
        {
          alwaysOn: true,
          doc: doc({ settled: GENERATION, restart: { attempts: 2, notBeforeWall: ahead(5000) } }),
        },
      ),
      ahead(900),
    ],
  ])("%s", (_, given, untilWall) => expect(decided(given)).toMatchObject({ untilWall }));

  test("and not when it does not", () => {
    expect(decided(rest())).not.toHaveProperty("untilWall");
    expect(decided(alive({ idleMs: HOUR, attached: 1 }))).not.toHaveProperty("untilWall");
  });
});

describe("plan", () => {
  test("one decision an identity, in order, none dropped", () => {
    const identities = [alive({}), rest(), gone({ end: vanished }), view({ managed: true })];
    const decisions = plan({ identities }, NOW, CONFIG);
    expect(decisions.map(say)).toEqual([
      "none alive-working",
      "none asleep",
      "settle-death server-dead 60000",
      "none managed",
    ]);
    expect(decisions).toEqual(identities.map(decided));
  });
  test("an empty world has nothing to do", () => {
    expect(plan({ identities: [] }, NOW, CONFIG)).toEqual([]);
  });
});

describe("superseded", () => {
  const idle = decided(alive({ idleMs: HOUR }));
  test.each([
    ["the same answer", idle, false],
    ["a little older", decided(alive({ idleMs: HOUR + 30 })), false],
    ["a human attached in between", decided(alive({ idleMs: HOUR, attached: 1 })), true],
    ["it moved in between", decided(alive({ idleMs: 3 })), true],
    ["another generation", decided(alive({ id: EARLIER, idleMs: HOUR })), true],
    ["reaped for another reason", decided(alive({ idleMs: HOUR }, armed)), true],
  ])("%s", (_, again, changed) => expect(superseded(idle, again)).toBe(changed));

  const relaunched = (parts: Partial<IdentityView>) => decided(rest(parts, { newEager: true }));
  test("relaunched on another runtime", () => {
    const first = relaunched({ defaultRuntime: CLAUDE });
    expect(first).toMatchObject({ action: "relaunch", cause: "new", runtime: CLAUDE });
    expect(superseded(first, relaunched({ defaultRuntime: CLAUDE }))).toBe(false);
    expect(superseded(first, relaunched({ defaultRuntime: CODEX }))).toBe(true);
  });
});
