// What an install says where no daemon runs: who can hold one here, and how to start one.

import { expect, test } from "bun:test";
import type { App } from "../../src/cli/app.ts";
import type { VerbContext } from "../../src/cli/context.ts";
import { putInPlace, tellInstallation } from "../../src/cli/installed.ts";
import type { ManagerName, ProgramProbe } from "../../src/core/service.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";

const IN_PLACE = {
  state: "installed",
  build: "0.1.0-00000000",
  previous: null,
  launcher: "/bin/iapeer",
  daemon: { state: "no-daemon" },
} as const;

async function noteWhere(recorded: ManagerName | null, systemctl: ProgramProbe): Promise<string> {
  const notes: string[] = [];
  const launchctl = { state: "absent" } as const;
  const probes = { asked: null, recorded, platform: "linux", uid: 1000, launchctl, systemctl };
  const services = {
    ...fakeServices(new FakeServiceManager()),
    recorded,
    probe: () => Promise.resolve(probes),
  };
  const nothing = () => undefined;
  const note = (text: string) => notes.push(text);
  const output = { json: nothing, line: nothing, warn: nothing, note };
  const context = {
    args: { text: nothing },
    env: { PATH: "/bin" },
    output,
    app: () => Promise.resolve({ services, client: {}, host: {} } as unknown as App),
  } as unknown as VerbContext;
  expect(await tellInstallation(context, { ok: true, value: IN_PLACE })).toBe(0);
  return notes.join("\n");
}

const ANSWERS: ProgramProbe = { state: "answers" };
const ABSENT: ProgramProbe = { state: "absent" };

test("where something can hold one, it is named", async () => {
  expect(await noteWhere(null, ANSWERS)).toBe(
    "no daemon runs here; to have systemd start it and hold it: iapeer daemon install",
  );
});

test("where nothing can, nobody is said to hold one", async () => {
  const start = "start it in the background: iapeer daemon start";
  const terminal = "or in a terminal of its own: iapeer daemon run";
  expect(await noteWhere(null, ABSENT)).toBe(`no daemon runs here; ${start}; ${terminal}`);
});

test("where an install has said who holds it, it is started there", async () => {
  const start = "no daemon runs here; start it: iapeer daemon start";
  expect(await noteWhere("systemd", ANSWERS)).toBe(start);
});

test("one that is cut off says so, and what completes it", async () => {
  const interrupted = AbortSignal.abort();
  const terminal = { interrupted };
  const context = { spec: { name: "update" }, terminal, output: { isQuiet: true } };
  const never = new Promise<never>(() => undefined);
  expect(await putInPlace(context as unknown as VerbContext, never).catch(String)).toStartWith(
    "IapeerError: update was cut off: ",
  );
});
