// The waking table of lifecycle §3, row by row, and what must hold for every set of facts.

import { describe, expect, test } from "bun:test";
import type { WakeTrigger } from "../../src/core/states.ts";
import { WAKE_TABLE, chooseWake, hasLived, type WakeFacts } from "../../src/rules/wake.ts";
import { doc, EARLIER, GENERATION } from "./build.ts";

const facts = (parts: Partial<WakeFacts> = {}): WakeFacts => ({
  trigger: "message",
  doc: doc(),
  managed: false,
  crashLooped: false,
  everRan: true,
  lastEndedInCleanPark: false,
  wakePolicy: "warm",
  humanFacing: false,
  resumable: true,
  ...parts,
});

test.each([
  ["no launch yet", doc({ generation: null, settled: null }), false],
  ["all that is known is a launch", doc({ settled: GENERATION }), true],
  ["no launch began a life", doc({ settled: GENERATION, neverLived: true }), false],
  ["the latest launch is not settled", doc({ settled: EARLIER, neverLived: true }), true],
  ["the only launch is not settled", doc({ settled: null, neverLived: true }), true],
])("has lived: %s", (_what, given, lived) => {
  expect(hasLived(given)).toBe(lived);
});

const parked = (parts: Partial<WakeFacts> = {}) => facts({ lastEndedInCleanPark: true, ...parts });
const topical = doc({ topics: ["tax", "trip"] });

type Row = [what: string, given: WakeFacts, outcome: string];

// `fresh!` consumes the fresh-next mark.
const CONTRACT: Row[] = [
  ["launch from the folder", facts({ trigger: "folder-launch" }), "fresh folder-launch"],
  ["attach, something to resume", facts({ trigger: "attach" }), "resume attach"],
  [
    "attach, nothing to resume",
    facts({ trigger: "attach", resumable: false }),
    "refused attach-nothing-to-resume",
  ],
  ["new", facts({ trigger: "new" }), "fresh new"],
  ["stop flag", parked({ doc: doc({ stopped: true }) }), "refused stopped"],
  ["managed", parked({ managed: true }), "refused managed"],
  ["crash loop", facts({ crashLooped: true }), "refused crash-loop"],
  ["fresh-next", parked({ doc: doc({ freshNext: true }) }), "fresh! soft-reload"],
  ["ephemeral", parked({ wakePolicy: "ephemeral" }), "fresh ephemeral-policy"],
  ["never ran", facts({ everRan: false }), "fresh first-wake"],
  ["no clean park", facts(), "fresh crash-or-self-close"],
  ["parked, human-facing", parked({ humanFacing: true }), "resume parked-human"],
  ["parked, same topic", parked({ doc: topical, topic: "tax" }), "resume parked-same-topic"],
  ["parked, new topic", parked({ doc: topical, topic: "war" }), "fresh parked-new-topic"],
  ["parked, no topic", parked({ doc: topical }), "fresh parked-no-topic"],
  [
    "parked human, nothing to resume",
    parked({ humanFacing: true, resumable: false }),
    "fresh parked-human-no-resume",
  ],
  [
    "parked topic, nothing to resume",
    parked({ doc: topical, topic: "trip", resumable: false }),
    "fresh parked-same-topic-no-resume",
  ],
];

const ORDER: Row[] = [
  [
    "the stop flag is told before all else",
    facts({ doc: doc({ stopped: true, freshNext: true }), managed: true, crashLooped: true }),
    "refused stopped",
  ],
  ["managed before the crash loop", facts({ managed: true, crashLooped: true }), "refused managed"],
  [
    "the crash loop before the mark",
    facts({ crashLooped: true, doc: doc({ freshNext: true }) }),
    "refused crash-loop",
  ],
  [
    "the mark before the policy",
    facts({ doc: doc({ freshNext: true }), wakePolicy: "ephemeral" }),
    "fresh! soft-reload",
  ],
  [
    "the policy before a first wake",
    facts({ wakePolicy: "ephemeral", everRan: false }),
    "fresh ephemeral-policy",
  ],
  [
    "a person before the topic",
    parked({ humanFacing: true, doc: topical, topic: "war" }),
    "resume parked-human",
  ],
];

const EXTRA: Row[] = [
  ["start", facts({ trigger: "start" }), "fresh start"],
  ["start after a park", parked({ trigger: "start" }), "resume start-parked"],
  [
    "start after a park, nothing to resume",
    parked({ trigger: "start", resumable: false }),
    "fresh start-parked-no-resume",
  ],
  [
    "start of an ephemeral peer",
    parked({ trigger: "start", wakePolicy: "ephemeral" }),
    "fresh start",
  ],
  [
    "start of a refreshed peer",
    parked({ trigger: "start", doc: doc({ freshNext: true }) }),
    "fresh! soft-reload",
  ],
  [
    "start passes the stop flag",
    facts({ trigger: "start", doc: doc({ stopped: true }) }),
    "fresh start",
  ],
  [
    "start, crash-looped: only time and new pass the guard",
    facts({ trigger: "start", doc: doc({ stopped: true }), crashLooped: true }),
    "refused crash-loop",
  ],
  ["new, crash-looped", facts({ trigger: "new", crashLooped: true }), "fresh new"],
  ["start, managed", facts({ trigger: "start", managed: true }), "refused managed"],
  ["new, managed", facts({ trigger: "new", managed: true }), "refused managed"],
  ["attach, managed", facts({ trigger: "attach", managed: true }), "refused managed"],
  ["folder, managed", facts({ trigger: "folder-launch", managed: true }), "refused managed"],
  ["always-on", parked({ trigger: "always-on" }), "fresh always-on"],
  [
    "always-on, stopped",
    facts({ trigger: "always-on", doc: doc({ stopped: true }) }),
    "refused stopped",
  ],
  ["always-on, managed", facts({ trigger: "always-on", managed: true }), "refused managed"],
  [
    "always-on, crash-looped",
    facts({ trigger: "always-on", crashLooped: true }),
    "refused crash-loop",
  ],
  ["asked fresh", parked({ asked: "fresh", humanFacing: true }), "fresh asked-fresh"],
  [
    "asked fresh fulfils the mark",
    parked({ asked: "fresh", doc: doc({ freshNext: true }) }),
    "fresh! asked-fresh",
  ],
  ["asked resume", facts({ asked: "resume" }), "resume asked-resume"],
  [
    "asked resume keeps the mark",
    facts({ asked: "resume", doc: doc({ freshNext: true }) }),
    "resume asked-resume",
  ],
  [
    "asked resume, nothing to resume",
    facts({ asked: "resume", resumable: false }),
    "refused resume-nothing-to-resume",
  ],
  [
    "asked, stopped",
    facts({ asked: "resume", doc: doc({ stopped: true }) }),
    "refused stopped",
  ],
  ["asked, crash-looped", facts({ asked: "fresh", crashLooped: true }), "refused crash-loop"],
];

const say = (given: WakeFacts): string => {
  const choice = chooseWake(given);
  if (choice.result === "refused") return `refused ${choice.cause}`;
  return `${choice.mode}${choice.consumesFreshNext ? "!" : ""} ${choice.cause}`;
};

describe("the contract's table", () => {
  test.each(CONTRACT)("%s", (_, given, outcome) => expect(say(given)).toBe(outcome));
});
describe("its order", () => {
  test.each(ORDER)("%s", (_, given, outcome) => expect(say(given)).toBe(outcome));
});
describe("rows beyond it", () => {
  test.each(EXTRA)("%s", (_, given, outcome) => expect(say(given)).toBe(outcome));
});

const BOTH = [false, true];
const OPERATORS: WakeTrigger[] = ["folder-launch", "attach", "new", "start"];
const TRIGGERS: WakeTrigger[] = [...OPERATORS, "message", "always-on"];

/** Every combination of facts: 6 triggers, 3 asked, 3 topics, 9 flags. */
function* everyWake(): Generator<WakeFacts> {
  for (const trigger of TRIGGERS)
    for (const asked of [undefined, "fresh", "resume"] as const)
      for (const topic of [undefined, "tax", "war"])
        for (let bits = 0; bits < 2 ** 9; bits++) {
          const flag = (bit: number) => BOTH[(bits >> bit) & 1] ?? false;
          yield {
            trigger,
            doc: doc({ stopped: flag(0), freshNext: flag(1), topics: ["tax"] }),
            managed: flag(2),
            crashLooped: flag(3),
            everRan: flag(4),
            lastEndedInCleanPark: flag(5),
            wakePolicy: flag(6) ? "ephemeral" : "warm",
            humanFacing: flag(7),
            resumable: flag(8),
            ...(asked === undefined ? {} : { asked }),
            ...(topic === undefined ? {} : { topic }),
          };
        }
}

describe("every set of facts", () => {
  const all = [...everyWake()].map((given) => ({ given, choice: chooseWake(given) }));
  const broken = (holds: (given: WakeFacts, choice: (typeof all)[number]["choice"]) => boolean) =>
    all.filter(({ given, choice }) => !holds(given, choice)).slice(0, 3);

  test("nothing is resumed that is not there", () => {
    expect(broken((f, c) => c.result === "refused" || c.mode === "fresh" || f.resumable)).toEqual(
      [],
    );
  });
  test("a managed peer is never woken", () => {
    expect(broken((f, c) => !f.managed || c.result === "refused")).toEqual([]);
  });
  test("no message and no tick passes the stop flag or the guard, and no start the guard", () => {
    const gated = ({ trigger, doc, crashLooped }: WakeFacts) =>
      trigger === "message" || trigger === "always-on"
        ? doc.stopped || crashLooped
        : trigger === "start" && crashLooped;
    expect(broken((f, c) => !gated(f) || c.result === "refused")).toEqual([]);
  });
  test("of a crash-looped peer no refusal names a start, which would be refused", () => {
    const fine = (f: WakeFacts, c: (typeof all)[number]["choice"]) =>
      !f.crashLooped || f.managed || c.result === "wake" || !c.next.includes("iapeer start");
    expect(broken(fine)).toEqual([]);
  });
  test("a mark is consumed only when it was set, and by a fresh wake", () => {
    const fine = (f: WakeFacts, c: (typeof all)[number]["choice"]) =>
      c.result === "refused" || !c.consumesFreshNext || (f.doc.freshNext && c.mode === "fresh");
    expect(broken(fine)).toEqual([]);
  });
  test("a refusal says what to do", () => {
    expect(broken((_, c) => c.result === "wake" || c.next.length > 0)).toEqual([]);
  });
  test("no row is dead", () => {
    const hit = new Set(all.map(({ given }) => WAKE_TABLE.find((row) => row.when(given))?.name));
    expect(WAKE_TABLE.map((row) => row.name).filter((name) => !hit.has(name))).toEqual([]);
  });
});
