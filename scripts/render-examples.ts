// Writes launchd/*: the plists and units of an example user, as iapeer would write them. With
// --check it only compares, and fails when they differ.

import { fileURLToPath } from "node:url";
import type { Personality, RuntimeName } from "../src/core/names.ts";
import { daemonJob, peerJob, type JobPlace } from "../src/core/service-job.ts";
import { labelOf, unitOf, type ServiceJob } from "../src/core/service.ts";
import type { Result } from "../src/core/result.ts";
import { renderAgent } from "../src/formats/launch-agent.ts";
import { renderUnit } from "../src/formats/systemd-unit.ts";

export const EXAMPLES = fileURLToPath(new URL("../launchd/", import.meta.url));

const placeIn = (home: string, rest: Pick<JobPlace, "path" | "lang">): JobPlace => ({
  root: `${home}/.iapeer`,
  home,
  program: [
    `${home}/.local/share/iapeer/bin/bun`,
    `${home}/.local/share/iapeer/current/main.js`,
  ],
  build: "0.1.0-0a1b2c3d",
  ...rest,
});

const MAC = placeIn("/Users/you", {
  path: "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  lang: "en_US.UTF-8",
});
const LINUX = placeIn("/home/you", {
  path: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  lang: "C.UTF-8",
});

const jobsOf = (place: JobPlace): readonly ServiceJob[] => [
  daemonJob(place),
  peerJob(place, {
    personality: "bridge" as Personality,
    runtime: "telegram" as RuntimeName,
  }),
];

const must = (text: Result<string>): string => {
  if (!text.ok) throw new Error(text.error);
  return text.value;
};

/** Name and text of each example. */
export const examples = (): ReadonlyMap<string, string> =>
  new Map([
    ...jobsOf(MAC).map((job) => [`${labelOf(job.id)}.plist`, must(renderAgent(job))] as const),
    ...jobsOf(LINUX).map((job) => [unitOf(job.id), must(renderUnit(job))] as const),
  ]);

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  for (const [name, text] of examples()) {
    const file = Bun.file(EXAMPLES + name);
    if ((await file.exists()) && (await file.text()) === text) continue;
    if (!isCheck) await Bun.write(file, text);
    else {
      process.stderr.write(`launchd/${name} has drifted: bun scripts/render-examples.ts\n`);
      process.exitCode = 1;
    }
  }
}
