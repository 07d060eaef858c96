// Each way of cutting launchd's corners that the contract names is put into a copy of our own
// source, and must turn a scene red that the source itself passes.

import { afterAll, describe, expect, test } from "bun:test";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLaunchd } from "../../src/managers/launchd/manager.ts";
import {
  doubtsBootstrap,
  waitsForTheDrain,
  waitsForTheLabel,
  type CreateLaunchd,
} from "./launchd-scenarios.ts";

const PROJECT = join(import.meta.dir, "../..");
const TIMEOUT_MS = 30_000;

interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly scene: (create: CreateLaunchd) => Promise<void>;
}

const MUTATIONS: readonly Mutation[] = [
  {
    name: "no polling after bootout",
    file: "launchd/steps.ts",
    from: "  const until = clock.mono() + limits.exitMs + limits.drainExtraMs;",
    to: "  if (places.length > 0) return null;\n  const until = clock.mono();",
    scene: waitsForTheDrain,
  },
  {
    name: "state is not running means gone",
    file: "launchd/steps.ts",
    from: '    if (seen.state === "not-loaded") return null;',
    to: '    if (!("job" in seen) || seen.job.pid === null) return null;',
    scene: waitsForTheLabel,
  },
  {
    name: "bootstrap exit 0 means up",
    file: "launchd/manager.ts",
    from: "    return this.#prove(job, proof, { reason, saidBefore });",
    to: '    return { state: "loaded", reason, job: {} as never };',
    scene: doubtsBootstrap,
  },
];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function mutated({ file, from, to }: Mutation): Promise<CreateLaunchd> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "iap-mutation-")));
  folders.push(folder);
  for (const layer of ["core", "rules", "formats", "ports", "managers"]) {
    cpSync(join(PROJECT, "src", layer), join(folder, "src", layer), { recursive: true });
  }
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  const path = join(folder, "src/managers", file);
  const text = readFileSync(path, "utf8");
  expect(text.split(from)).toHaveLength(2);
  writeFileSync(path, text.replace(from, () => to));
  const module = (await import(join(folder, "src/managers/launchd/manager.ts"))) as {
    createLaunchd: CreateLaunchd;
  };
  return module.createLaunchd;
}

describe.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))("%s", (_, it) => {
  test.concurrent("our own source passes", () => it.scene(createLaunchd), TIMEOUT_MS);

  test.concurrent(
    "the mutated copy does not",
    async () => {
      const create = await mutated(it);
      const outcome = await it.scene(create).then(
        () => "passed",
        () => "failed",
      );
      expect(outcome).toBe("failed");
    },
    TIMEOUT_MS,
  );
});
