// A daemon that runs in a terminal where no service manager does: what is said of it, by whoever
// looks and whoever installs, is about that one and not about the one in the background before it.

import { afterEach, beforeEach, expect, test } from "bun:test";
import type { ServiceAnswer } from "../../src/core/service.ts";
import { fakeServices, FakeServiceManager } from "../fakes/service-manager.ts";
import { Scratch } from "./fake-app.ts";
import { Program } from "./program.ts";

/** What the fake daemon says its pid is. */
const PID = 4242;
const TERMINAL = "it runs as in a terminal, and ends with it if it has one";

/** Whoever was started in the background. */
class Background extends FakeServiceManager {
  constructor(private readonly answered: ServiceAnswer) {
    super("embedded");
  }

  override query(): Promise<ServiceAnswer> {
    return Promise.resolve(this.answered);
  }
}

const loaded = (pid: number): ServiceAnswer => ({
  state: "loaded",
  reason: `runs as pid ${pid}, in the background`,
  job: {
    pid,
    activity: "in the background",
    domain: null,
    alsoIn: [],
    path: null,
    runs: null,
    lastExit: null,
  },
});

const ENDED = "started in the background, pid 23417 has ended";

let scratch: Scratch;
beforeEach(() => void (scratch = new Scratch()));
afterEach(() => scratch.remove());

function beside(answered: ServiceAnswer, isRunning = true): void {
  const services = fakeServices(new Background(answered));
  scratch.services = { ...services, recorded: "embedded" };
  if (isRunning) scratch.answer = () => ({ result: "done", identity: "x" as never, detail: "" });
}

test.each([[["daemon", "status"]], [["daemon", "status", "--verbose"]]])(
  "%j: who has ended is not said to be the one that runs",
  async (words) => {
    beside({ state: "not-loaded", reason: ENDED });
    const { out } = await scratch.type(words);
    expect(out).toContain(`daemon  running, pid ${PID}`);
    expect(out).toContain(`\n  nothing holds it: ${TERMINAL}\n`);
    expect(out).not.toContain("23417");
  },
);

test("daemon status: what runs in the background is told as such, or did", async () => {
  beside(loaded(PID));
  const { out } = await scratch.type(["daemon", "status"]);
  expect(out).toContain(`  nothing holds it: runs as pid ${PID}, in the background\n`);
  scratch.answer = undefined;
  beside({ state: "not-loaded", reason: ENDED }, false);
  const ended = await scratch.type(["daemon", "status"]);
  expect(ended.out).toContain(`  nothing holds it: ${ENDED}\n`);
});

const WARNING = `the daemon (pid ${PID}) was not started in the background, and is left as it is`;

test("daemon install: one in a terminal is said to end with it, and what helps", async () => {
  beside({ state: "not-loaded", reason: ENDED });
  const { code, err } = await scratch.type(["daemon", "install"]);
  expect(code).toBe(0);
  expect(err).toContain(`${WARNING}: one in a terminal ends with it; next: iapeer daemon restart `);
  beside(loaded(PID));
  expect((await scratch.type(["daemon", "install"])).err).not.toContain(WARNING);
});

test("for real: one in a terminal, installed beside, and restarted away from there", async () => {
  const program = new Program();
  const pidOf = async () =>
    (JSON.parse((await program.run(["daemon", "status", "--json"])).out) as { pid: number }).pid;
  try {
    await program.startDaemon();
    const before = await pidOf();
    const installed = await program.run(["daemon", "install", "--manager", "embedded"]);
    expect(installed.code).toBe(0);
    expect(installed.err).toContain(`the daemon (pid ${before}) was not started in the background`);
    const status = await program.run(["daemon", "status"]);
    expect(status.out).toContain(`nothing holds it: ${TERMINAL}`);
    expect(await program.run(["daemon", "restart"])).toMatchObject({ code: 0 });
    const after = await pidOf();
    expect(after).not.toBe(before);
    const { out } = await program.run(["daemon", "status"]);
    expect(out).toContain(`nothing holds it: runs as pid ${after}, in the background`);
    const again = await program.run(["daemon", "install", "--manager", "embedded"]);
    expect(again.err).not.toContain("was not started in the background");
  } finally {
    await program.run(["daemon", "stop"]);
    await program.close();
  }
}, 60_000);
