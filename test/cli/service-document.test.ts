// `iapeer.service.v1`: one shape, whatever the verb and however it went.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { labelOf, DAEMON_JOB, type ServiceAnswer } from "../../src/core/service.ts";
import { FakeServiceManager } from "../fakes/service-manager.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(() => void (scratch = new Scratch()));
afterEach(() => scratch.remove());

const label = labelOf(DAEMON_JOB);
const documentOf = async (...words: readonly string[]) => {
  const { code, out } = await scratch.type(["daemon", ...words, "--json"]);
  return { code, document: JSON.parse(out) };
};

test.each(["install", "start", "restart"])("daemon %s: a job is an object", async (verb) => {
  const { code, document } = await documentOf(verb);
  expect({ code, document }).toMatchObject({
    code: 0,
    document: { schema: "iapeer.service.v1", manager: "embedded", label, job: { pid: 4242 } },
  });
});

test("daemon uninstall: none is null", async () => {
  const { code, document } = await documentOf("uninstall", "--yes");
  const state = "not-loaded";
  expect({ code, document }).toMatchObject({ code: 0, document: { label, job: null, state } });
});

/** A unit of the same name that is somebody else's. */
class Foreign extends FakeServiceManager {
  override install(): Promise<ServiceAnswer> {
    return Promise.resolve({ state: "refused-foreign", path: "/u", reason: "it is not ours" });
  }
}

test("an install that failed names the manager that was asked for, and no job", async () => {
  const systemd = new Foreign("systemd");
  const { services } = scratch;
  scratch.services = {
    recorded: null,
    named: (name) => (name === "systemd" ? systemd : services.named(name)),
    probe: async (asked) => ({ ...(await services.probe(asked)), systemctl: { state: "answers" } }),
  };
  const { code, document } = await documentOf("install", "--manager", "systemd");
  const state = "refused-foreign";
  expect({ code, document }).toMatchObject({
    code: 1,
    document: { manager: "systemd", label, job: null, state },
  });
});
