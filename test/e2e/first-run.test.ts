// A peer's first launch: what `create` makes known to the agent beforehand, what it asks all the
// same, and what it leaves behind.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { RuntimeName } from "../../src/core/names.ts";
import { createClock } from "../../src/effects/clock.ts";
import { createFiles } from "../../src/effects/files.ts";
import type { Runtime } from "../../src/ports/runtime.ts";
import { createRuntimes } from "../../src/runtimes/registry.ts";
import { peerIn } from "./peer.ts";
import { createScratchHome } from "./scratch-home.ts";
import { programs, useStage } from "./stage.ts";
import { Terminal } from "./terminal.ts";

const TIMEOUT_MS = 180_000;
const missing = programs.state === "missing";

describe.skipIf(missing)("claude", () => {
  const stage = useStage("claude");

  const state = () => join(stage().home.dir, ".claude.json");
  const read = () => JSON.parse(readFileSync(state(), "utf8"));

  test(
    "is told at create that the folder is trusted",
    async () => {
      const before = read();
      const cwd = await stage().create("ada");
      const { projects, ...rest } = read();
      expect(rest).toEqual(before);
      expect(projects).toEqual({ [cwd]: { hasTrustDialogAccepted: true } });
    },
    TIMEOUT_MS,
  );

  test(
    "passes the dialogs of trust and of bypassed permissions, and gets the message after them",
    async () => {
      const cwd = await stage().create("bea");
      const { projects, ...distrustful } = read();
      expect(projects[cwd]).toBeDefined();
      writeFileSync(state(), JSON.stringify(distrustful));
      const said = await stage().say("bea", "After all questions.");
      expect(said.request.latest).toContain("After all questions.");
      expect(read().projects[cwd].hasTrustDialogAccepted).toBe(true);
      const settings = readFileSync(join(stage().home.dir, ".claude/settings.json"), "utf8");
      expect(JSON.parse(settings).skipDangerousModePermissionPrompt).toBe(true);
      expect(stage().fleet.log("panes/claude-bea.log")).toContain("Security");
    },
    TIMEOUT_MS,
  );

  test(
    "is known by its screen when it asks what only a person can answer",
    async () => {
      if (programs.state === "missing") throw new Error(programs.why);
      const home = createScratchHome({ modelPort: stage().model.port, known: false });
      const peer = peerIn(home.dir, "claude");
      const argv = [programs.claude, "--dangerously-skip-permissions"];
      const terminal = new Terminal(claudeIn(home.dir), peer, {
        argv,
        env: home.env("claude"),
        ready: { by: "screen" },
      });
      await terminal.untilDialog("folder-trust");
      terminal.keys(["Enter"]);
      await terminal.untilDialog("api-key");
      expect(terminal.screen()).toMatchObject({ shows: "dialog", name: "api-key", keys: null });
      terminal.stop();
      home.remove();
    },
    TIMEOUT_MS,
  );
});

describe.skipIf(missing)("codex", () => {
  const stage = useStage("codex");

  const home = () => join(stage().home.dir, "codex-home");

  test(
    "is told at create that the folder is trusted, and not one byte of its file is lost",
    async () => {
      const config = join(home(), "config.toml");
      const before = readFileSync(config, "utf8");
      const cwd = await stage().create("ada");
      const mark = "# Trusted by iapeer, until the peer is removed.";
      const table = `\n${mark}\n[projects."${cwd}"]\ntrust_level = "trusted"\n`;
      expect(readFileSync(config, "utf8")).toBe(before + table);
    },
    TIMEOUT_MS,
  );

  test(
    "starts no server of its own that would outlive the session",
    async () => {
      await stage().create("bea");
      await stage().say("bea", "Alone?");
      await stage().fleet.must(["stop", "bea"]);
      expect(existsSync(join(home(), "app-server-daemon"))).toBe(false);
    },
    TIMEOUT_MS,
  );
});

function claudeIn(home: string): Runtime {
  const deps = { files: createFiles(), clock: createClock(), home, env: {} };
  const runtime = createRuntimes(deps).get("claude" as RuntimeName);
  if (runtime === undefined) throw new Error("no claude");
  return runtime;
}
