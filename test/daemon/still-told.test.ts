// What the kernel tells of all peers at once spares the look at each of them that is still
// (src/daemon/still.ts), and nothing of what ends that is missed for it.

import { describe, expect, test } from "bun:test";
import { CHANGES, seen, still, work } from "./seen.ts";

describe("where the kernel tells of all of them at once", () => {
  const told = (...names: readonly string[]) => ({ caughtUp: true, changed: new Set(names) });
  /** Of these the watches tell, or the folder of the logs. */
  const OUTSIDE = ["its server dies", "its pane dies", "it prints", "the log of its pane is gone"];

  for (const [name, change] of Object.entries(CHANGES)) {
    if (OUTSIDE.includes(name)) continue;
    test(`a full look is taken again when ${name}`, async () => {
      const of = await seen();
      expect(still(of, told())).toBe(true);
      change(of);
      expect(still(of, told())).toBe(false);
    });
  }

  test("nobody's processes and nobody's log are looked at", async () => {
    const of = await seen();
    const looks: string[] = [];
    const { files, processes } = of.host;
    const noted = (what: string) => void looks.push(what);
    const host = {
      ...of.host,
      files: { ...files, stat: (path: string) => (noted(path), files.stat(path)) },
      processes: { ...processes, exists: (pid: number) => (noted("pid"), processes.exists(pid)) },
    };
    expect(still({ ...of, host }, told("plain-other.log"))).toBe(true);
    expect(looks).toEqual([]);
    expect(still({ ...of, host }, { caughtUp: true, changed: null })).toBe(true);
    expect(looks).toEqual([host.layout.paneLog(of.live.identity)]);
    expect(still({ ...of, host }, { ...told(), caughtUp: false })).toBe(true);
    expect(looks.slice(1)).toEqual(["pid", "pid"]);
  });

  test("a log that is named is looked at: it may be as it was", async () => {
    const of = await seen();
    const log = `${of.live.identity}.log`;
    expect(still(of, told(log))).toBe(true);
    work(of.scene);
    expect(still(of, told())).toBe(true);
    expect(still(of, told(log))).toBe(false);
  });

  test("in its turn each is looked at, whatever is told", async () => {
    for (const change of OUTSIDE) {
      const of = await seen();
      CHANGES[change]?.(of);
      of.live.doubted = true;
      expect([change, still(of, told())]).toEqual([change, false]);
    }
  });
});
