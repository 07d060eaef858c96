// Whose events they are when names change and are given again: against a simulated past of a few
// peers, in which every event is known to be about one of them.

import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  isThen,
  nameNow,
  type Leaving,
  namesOfBearer,
  namesOfNobody,
  type NameThen,
} from "../../src/cli/names-then.ts";

const NAMES = ["a", "b", "c"];

interface Said {
  readonly ts: string;
  readonly name: string;
  readonly peer: number;
}

/** Steps are tried in turn; what cannot be, such as a taken name, is passed over. */
function past(steps: readonly (readonly [string, string, string])[]) {
  const bearers = new Map<string, number>();
  const last = new Map<string, { readonly ts: string; readonly peer: number }>();
  const leavings: Leaving[] = [];
  const said: Said[] = [];
  steps.forEach(([what, name, other], at) => {
    const ts = `${at}`.padStart(3, "0");
    const peer = bearers.get(name);
    if (peer === undefined) {
      if (what === "create") bearers.set(name, at);
      return;
    }
    if (what === "say") said.push({ ts, name, peer });
    const isRename = what === "rename" && !bearers.has(other);
    if (what !== "remove" && !isRename) return;
    bearers.delete(name);
    last.set(name, { ts, peer });
    if (isRename) bearers.set(other, peer);
    leavings.unshift({ ts, from: name, ...(isRename ? { to: other } : {}) });
  });
  return { bearers, last, leavings, said };
}

const toldOf = (names: readonly NameThen[], said: readonly Said[]): readonly Said[] =>
  said.filter((event) =>
    names.some((then) => then.name === event.name && isThen(event.ts, then)),
  );

const one = fc.constantFrom(...NAMES);
const step = fc.tuple(fc.constantFrom("create", "say", "say", "rename", "remove"), one, one);
const STEPS = fc.array(step, { maxLength: 60, size: "max" });

test("how the last bearer of a name is called now", () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const { bearers, last, leavings } = past(steps);
      for (const [name, { peer }] of last) {
        const now = [...bearers].find(([, bearer]) => bearer === peer)?.[0] ?? null;
        expect(nameNow(name, leavings)).toBe(now);
      }
      expect(nameNow("never", leavings)).toBe("never");
    }),
  );
});

test("the bearer's are all of its own, and nobody else's", () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const { bearers, leavings, said } = past(steps);
      for (const [name, peer] of bearers) {
        const names = namesOfBearer(name, leavings);
        expect(toldOf(names, said)).toEqual(said.filter((event) => event.peer === peer));
      }
    }),
    { seed: 11, numRuns: 500 },
  );
});

test("of a name that nobody bears, all that was said of it, and what its last bearer was", () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const { bearers, last, leavings, said } = past(steps);
      for (const name of NAMES.filter((each) => !bearers.has(each))) {
        const names = namesOfNobody(name, leavings);
        const { peer, ts = "" } = last.get(name) ?? {};
        const wanted = said.filter(
          (event) => event.name === name || (event.peer === peer && event.ts < ts),
        );
        expect(toldOf(names, said)).toEqual(wanted);
      }
    }),
    { seed: 12, numRuns: 500 },
  );
});
