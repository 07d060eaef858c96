// Progress (CLI contract): a spinner or a bar on a terminal, one line elsewhere, nothing when quiet
// and nothing for what is done at once; labels are data.

import { describe, expect, test } from "bun:test";
import type { VerbContext } from "../../src/cli/context.ts";
import { Output } from "../../src/cli/output.ts";
import { withProgress } from "../../src/cli/progress.ts";
import { showSteps } from "../../src/cli/steps.ts";

interface Place {
  readonly tty: boolean;
  readonly quiet?: boolean;
  readonly inPeer?: boolean;
  /** Sleeps that pass at once; the next ones wait for their signal. */
  readonly passing?: number;
}

function place({ tty, quiet = false, inPeer = false, passing = 0 }: Place) {
  const printed: string[] = [];
  const worked = Promise.withResolvers<string>();
  let slept = 0;
  const sleep = (_ms: number, signal: AbortSignal) => {
    slept += 1;
    if (slept <= passing) return Promise.resolve();
    worked.resolve("done");
    return new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  };
  const terminal = { isErrTty: tty, columns: 40, err: (text: string) => void printed.push(text) };
  const output = new Output(terminal as never, { json: false, quiet });
  const clock = { sleep, mono: () => slept * 1000 };
  const app = async () => ({ host: { clock } });
  const env = inPeer ? { PEER_IDENTITY: "command-echo" } : {};
  const context = { output, terminal, app, env } as unknown as VerbContext;
  return { context, printed, work: worked.promise, worked };
}

describe("work that takes long", () => {
  test("spins on a terminal, and leaves its line as it was", async () => {
    const { context, printed, work } = place({ tty: true, passing: 3 });
    expect(await withProgress(context, "wake \u001b[2Ja", work)).toBe("done");
    expect(printed).toEqual([
      "\r⠋ wake \\x1b[2Ja 1s ",
      "\r⠙ wake \\x1b[2Ja 2s ",
      "\r⠹ wake \\x1b[2Ja 3s ",
      "\r\u001b[K",
    ]);
  });

  test.each([
    ["elsewhere", { tty: false }],
    ["in a peer's session, whose output is kept", { tty: true, inPeer: true }],
  ])("is one line %s", async (_, where) => {
    const { context, printed, work, worked } = place({ ...where, passing: 1 });
    const waiting = withProgress(context, "wake a", work);
    while (printed.length === 0) await Bun.sleep(1);
    worked.resolve("done");
    await waiting;
    expect(printed).toEqual(["wake a…\n"]);
  });

  test.each([
    ["when quiet", { tty: true, quiet: true }],
    ["when it is done at once", { tty: true }],
    ["when it is done at once, off a terminal", { tty: false }],
  ])("shows nothing %s", async (_, where) => {
    const { context, printed } = place(where);
    await withProgress(context, "wake a", Promise.resolve());
    expect(printed).toEqual([]);
  });
});

describe("work of many steps", () => {
  const take = (where: Place) => {
    const { context, printed } = place(where);
    const steps = showSteps(context, 2);
    for (const said of ["one\n", "two"]) steps.step(said);
    steps.end();
    return printed;
  };

  test("is a bar on a terminal", () => {
    expect(take({ tty: true })).toEqual([
      "\r██████████░░░░░░░░░░ 1/2 one\\n\u001b[K",
      "\r████████████████████ 2/2 two\u001b[K",
      "\r\u001b[K",
    ]);
  });

  test("is a line a step elsewhere, and nothing when quiet", () => {
    expect(take({ tty: false })).toEqual(["1/2 one\\n\n", "2/2 two\n"]);
    expect(take({ tty: true, quiet: true })).toEqual([]);
  });
});
