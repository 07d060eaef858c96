// A home of a test's own with a source to install from, and a host whose process can be cut off
// after any of its changes.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "../../src/effects/exec.ts";
import { createIds } from "../../src/effects/ids.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createProcesses } from "../../src/effects/processes.ts";
import type { ServiceContext } from "../../src/flows/service/context.ts";
import type { RunOutcome, RunSpec } from "../../src/ports/exec.ts";
import type { Host } from "../../src/ports/host.ts";
import { FakeServiceManager, fakeServices } from "../fakes/service-manager.ts";
import { openHost } from "./root-host.ts";

export class CutOff extends Error {}

const done = (state: RunOutcome["state"]): RunOutcome => ({
  state,
  exitCode: state === "ok" ? 0 : 1,
  signal: null,
  stdout: "",
  stderr: "",
  ms: 1,
});

export interface Steps {
  readonly step: <T>(change: () => T) => T;
  readonly half: (path: string) => void;
}

export class InstallPlace {
  readonly home: string;
  readonly share: string;
  readonly launcher: string;
  readonly source: string;
  readonly #bun: string;
  version = 1;

  /** `dir`: a place that another process has made. */
  constructor(readonly dir = realpathSync(mkdtempSync(join(tmpdir(), "iap-install-")))) {
    this.home = join(dir, "home");
    this.share = join(this.home, ".local/share/iapeer");
    this.launcher = join(this.home, ".local/bin/iapeer");
    this.source = join(dir, "source");
    this.#bun = join(dir, "bun");
    if (existsSync(this.home)) return;
    mkdirSync(join(this.source, "src"), { recursive: true });
    mkdirSync(this.home);
    writeFileSync(this.#bun, "a bun\n", { mode: 0o755 });
    this.release(1);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** A new version of the source. */
  release(minor = this.version + 1): void {
    this.version = minor;
    const manifest = { name: "iapeer", version: `0.${minor}.0` };
    writeFileSync(join(this.source, "package.json"), JSON.stringify(manifest));
  }

  /** In place of `bun build`: one file that names the version. */
  #bundle({ argv }: RunSpec): RunOutcome {
    const out = argv.at(-1) ?? "";
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, "main.js"), `version ${this.version}\n`);
    return done("ok");
  }

  /** In place of running what was built: it answers as its bundle says, or ends with 9. */
  #answer({ argv }: RunSpec): RunOutcome {
    const minor = /^version (\d+)$/m.exec(readFileSync(argv[1] ?? "", "utf8"))?.[1];
    if (minor !== undefined) return { ...done("ok"), stdout: `0.${minor}.0\n` };
    return { ...done("failed"), exitCode: 9, stderr: "it is broken\n" };
  }

  /** Dies at its change number `at`; never, when it is absent. */
  context(at = Number.POSITIVE_INFINITY): ServiceContext {
    let changes = 0;
    const step = <T>(change: () => T): T => {
      if (changes >= at) throw new CutOff();
      changes += 1;
      return change();
    };
    return this.contextBy({ step, half: () => undefined });
  }

  /** `step` is handed each change; `half` is told of each file before it is written. */
  contextBy(by: Steps): ServiceContext {
    const host = this.#host(by);
    const status = { schema: "iapeer.daemon.v1", state: "not-running" } as const;
    return {
      host,
      services: fakeServices(new FakeServiceManager()),
      daemon: {
        status: () => Promise.resolve(status),
        stop: () => Promise.resolve({ state: "no-daemon" }),
      },
    };
  }

  #host({ step, half }: Steps): Host {
    const base = openHost(join(this.home, "r"));
    const exec = createExec(createClock(), createProcesses());
    const { files } = base;
    const program = [this.#bun, join(this.source, "src/main.ts")];
    return {
      ...base,
      facts: { ...base.facts, home: this.home, program },
      ids: createIds(),
      files: {
        ...files,
        makeFolder: (path, mode) => step(() => files.makeFolder(path, mode)),
        writeAtomic: (path, text, options) =>
          step(() => {
            half(path);
            return files.writeAtomic(path, text, options);
          }),
        rename: (from, to) => step(() => files.rename(from, to)),
        remove: (path) => step(() => files.remove(path)),
        removeTree: (path) => step(() => files.removeTree(path)),
      },
      exec: {
        ...exec,
        run: (spec) =>
          step(() => {
            if (spec.argv[1] === "build") return Promise.resolve(this.#bundle(spec));
            if (spec.argv[2] === "--version") return Promise.resolve(this.#answer(spec));
            return exec.run(spec);
          }),
      },
    };
  }

  inUse(): string {
    return readFileSync(join(this.share, "current/main.js"), "utf8");
  }
}

/** What came of it: all of it was done, or it was cut off. */
export async function cut(work: Promise<unknown>): Promise<"whole" | "cut"> {
  return work.then(
    () => "whole" as const,
    (error: unknown) => {
      if (error instanceof CutOff) return "cut" as const;
      throw error;
    },
  );
}
