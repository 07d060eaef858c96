// What a diagnosis gathers of the jobs on disk, by a unit of ours among real files.

import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Personality } from "../../src/core/names.ts";
import { peerJobId } from "../../src/core/service.ts";
import { peerJobOf } from "../../src/flows/service/place.ts";
import { surveyService } from "../../src/flows/service/survey.ts";
import { writeManagerRecord } from "../../src/flows/service/record.ts";
import { renderUnit } from "../../src/formats/systemd-unit.ts";
import { choice, COMMAND, peer, place } from "./managers-place.ts";
import { must } from "./root-host.ts";

/** One peer is held by a unit whose program and output are where it says. */
function held() {
  const here = place([peer("bridge", true), peer("plain", false)]);
  const { systemd } = here.managers;
  must(writeManagerRecord(here.host, choice("systemd")));
  systemd.managed.add("bridge");
  const unit = join(here.dir, "bridge.service");
  systemd.fileOf = (id) => (id.kind === "peer" ? unit : null);
  const program = [join(here.dir, "bun"), join(here.dir, "main.js")];
  for (const path of program) writeFileSync(path, "");
  const tmuxPath = join(here.dir, "tmux");
  writeFileSync(tmuxPath, "");
  const { facts, config } = here.host;
  const host = { ...here.host, facts: { ...facts, program }, config: { ...config, tmuxPath } };
  const job = peerJobOf(host, peer("bridge", true), COMMAND);
  writeFileSync(unit, must(renderUnit(job)));
  mkdirSync(dirname(job.stdout), { recursive: true });
  const survey = async () => {
    const { jobs } = await surveyService({ ...here.context, host });
    const found = jobs.filter(({ id }) => id.kind === "peer");
    expect(found.map(({ id }) => id)).toEqual([peerJobId("bridge" as Personality)]);
    return found[0];
  };
  return { ...here, host, job, program, tmuxPath, survey };
}

test("nothing is missing where all is there", async () => {
  using here = held();
  const { job } = here;
  const shown = { env: job.env, program: job.argv[0], stdout: job.stdout };
  const well = { wanted: true, down: null, logTrouble: null, missing: [], shown };
  expect(await here.survey()).toMatchObject(well);
});

test.each(["program", "what it runs", "tmux"] as const)("%s is missed", async (what) => {
  using here = held();
  const [program = "", script = ""] = here.program;
  const path = { program, "what it runs": script, tmux: here.tmuxPath }[what];
  rmSync(path);
  expect(await here.survey()).toMatchObject({ missing: [path] });
});

test("an output that cannot be written is told of by what is in its way", async () => {
  using here = held();
  const { stdout } = here.job;
  const folder = dirname(stdout);
  const trouble = async () => (await here.survey())?.logTrouble;
  writeFileSync(stdout, "", { mode: 0o400 });
  expect(await trouble()).toBe(`${stdout} is not writable`);
  rmSync(stdout);
  mkdirSync(stdout);
  expect(await trouble()).toBe(`${stdout} is a folder`);
  rmSync(stdout, { recursive: true });
  chmodSync(folder, 0o500);
  expect(await trouble()).toBe(`${folder} is not writable`);
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
  expect(await trouble()).toBe(`the folder ${folder} is not there`);
  writeFileSync(folder, "");
  expect(await trouble()).toBe(`${folder} is a file`);
});

test("a peer of whom nothing can be read is not said to be down", async () => {
  using here = held();
  const path = here.host.layout.identityDoc("command-bridge" as never);
  mkdirSync(path, { recursive: true });
  expect(await here.survey()).toMatchObject({ down: null });
});
