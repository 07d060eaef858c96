// The daemon's environment does not depend on the shell that starts it: what is set there in vain
// is told, by each verb that starts one, before anything is done.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { daemonJobOf } from "../../src/flows/service/place.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(() => void (scratch = new Scratch()));
afterEach(() => scratch.remove());

const VERBS = [
  ["daemon", "start"],
  ["daemon", "restart"],
  ["daemon", "start", "--preview"],
  ["daemon", "install", "--manager", "embedded"],
];
const set = { IAPEER_IDLE_SECS: "4", FOO: "bar", IAPEER_TMUX: "/t", IAPEER_SWEEP_SECS: "" };

test.each(VERBS)("%s %s warns of what is set", async (...words) => {
  const { err } = await scratch.type(words, { env: set });
  const where = `put idle_secs, tmux into ${scratch.root}/config.json`;
  const said = `the daemon does not get IAPEER_IDLE_SECS, IAPEER_TMUX from this shell: ${where}`;
  expect(err).toStartWith(`warning: ${said}\n`);
});

test.each(VERBS)("%s %s is quiet where nothing is", async (...words) => {
  const env = { FOO: "bar", IAPEER_ROOT: scratch.root };
  expect((await scratch.type(words, { env })).err).not.toContain("warning");
});

test("a verb that starts no daemon hears them", async () => {
  expect((await scratch.type(["daemon", "status"], { env: set })).err).not.toContain("warning");
});

test("and it is so: the job has a few names, and nothing of the shell's but PATH and LANG", () => {
  const facts = { ...scratch.host.facts, env: { ...set, PATH: "/own/bin", LANG: "de_DE.UTF-8" } };
  const { env } = daemonJobOf({ ...scratch.host, facts });
  const names = ["BUN_GC_TIMER_DISABLE", "HOME", "IAPEER_ROOT", "LANG", "PATH"];
  expect(Object.keys(env).toSorted()).toEqual(names);
  expect(env).toMatchObject({ LANG: "de_DE.UTF-8", HOME: scratch.root });
});
