// A root with real effects and the real runtimes, a slot, and providers that are small programs.

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, defaultConfig } from "../../src/core/config.ts";
import type { LogEvent } from "../../src/core/log-event.ts";
import type { ProvisionCommand, ProvisionOutcome } from "../../src/core/provider.ts";
import { prepareRoot } from "../../src/flows/storage/root.ts";
import { runProvision, type ProvisionRun } from "../../src/flows/provision/run.ts";
import { createRuntimes } from "../../src/runtimes/registry.ts";
import type { Host } from "../../src/ports/host.ts";
import { must, openHost, type RootHost } from "../flows/root-host.ts";

export const V1 = { provider: "acme", package: "@acme/memory", version: "1" };

export class Place implements Disposable {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), "iapeer-provision-")));
  readonly host: RootHost;

  constructor(config: Partial<Config> = {}) {
    const home = join(this.dir, "home");
    mkdirSync(home);
    const root = join(home, ".iapeer");
    const plain = openHost(root);
    const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: home };
    const { files, clock, facts } = plain;
    const host: Host = {
      ...plain,
      config: { ...defaultConfig(root), provisionTimeoutMs: 20_000, ...config },
      facts: { ...facts, env, home },
      runtimes: createRuntimes({ files, clock, home, env }),
    };
    this.host = { ...plain, ...host };
    must(prepareRoot(this.host));
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  get slot(): string {
    return this.host.layout.memoryProvider;
  }

  declare(declaration: unknown): void {
    writeFileSync(this.slot, JSON.stringify(declaration));
  }

  /** Both directions through one sh script; `$1` to `$5` are direction, and the placeholders. */
  provide(script: string): void {
    const command = this.script("provider", script);
    const args = ["{cwd}", "{runtime}", "{personality}", "{occasion}"];
    const both = (direction: string): ProvisionCommand => ({ command, args: [direction, ...args] });
    this.declare({ ...V1, provision: both("on"), unprovision: both("off") });
  }

  script(name: string, text: string, shebang = "#!/bin/sh\n"): string {
    const path = this.path(name);
    writeFileSync(path, `${shebang}${text}`);
    chmodSync(path, 0o755);
    return path;
  }

  run(argv: readonly string[], run: Partial<ProvisionRun> = {}): Promise<ProvisionOutcome> {
    return runProvision(this.host, { argv, ...run });
  }

  /** The lines that went to lifecycle.log, of this event. */
  logged(ev: string): readonly LogEvent["fields"][] {
    return this.host.logged.filter((event) => event.ev === ev).map(({ fields }) => fields);
  }
}
