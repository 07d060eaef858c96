// What brings the real agents to the dialogs that a scratch home does not show by itself, without
// a network: found in the programs' own strings, tried with claude 2.1.197 and codex 0.169.0.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { ScratchHome } from "./scratch-home.ts";

const FAR_FUTURE = "2999-01-01T00:00:00Z";
/** Longer ago and more than the 70 minutes and 100,000 tokens from which claude asks. */
const AGE_MS = (13 * 60 + 22) * 60_000;
const TOKENS = 761_000;

/** codex asks when the version it saw last is newer, and looks again only after 20 hours. */
export function offerUpdateToCodex(home: ScratchHome): void {
  const dir = join(home.dir, "codex-home");
  const config = join(dir, "config.toml");
  const text = readFileSync(config, "utf8");
  writeFileSync(config, text.replace("on_startup = false", "on_startup = true"));
  const seen = { latest_version: "99.0.0", last_checked_at: FAR_FUTURE, dismissed_version: null };
  writeFileSync(join(dir, "version.json"), JSON.stringify(seen));
}

/** A user's hook makes codex ask for a review, a folder's for trust in the folder. */
export function addHookForCodex(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const hook = { matcher: "startup", hooks: [{ type: "command", command: "true" }] };
  writeFileSync(join(dir, "hooks.json"), JSON.stringify({ hooks: { SessionStart: [hook] } }));
}

/**
 * claude's onboarding with the question about the terminal. Bedrock leaves out the login, and the
 * look at the network before it; the editor is known by a variable that tmux does not overwrite.
 */
export function onboardClaude(home: ScratchHome): Readonly<Record<string, string>> {
  writeFileSync(join(home.dir, ".claude.json"), "{}");
  return { CLAUDE_CODE_USE_BEDROCK: "1", ANTHROPIC_API_KEY: "", CURSOR_TRACE_ID: "none" };
}

/**
 * An old and large conversation of claude's in a folder. claude asks about it only where a switch
 * of its makers is on, which it keeps in its state, and reads unless it may not send anything.
 */
export function writeLongConversation(
  home: ScratchHome,
  cwd: string,
): Readonly<Record<string, string>> {
  const state = join(home.dir, ".claude.json");
  const known = JSON.parse(readFileSync(state, "utf8"));
  const cachedGrowthBookFeatures = { tengu_gleaming_fair: true };
  writeFileSync(state, JSON.stringify({ ...known, cachedGrowthBookFeatures }));
  const dir = join(home.dir, ".claude/projects", cwd.replaceAll(/[^a-zA-Z0-9]/g, "-"));
  mkdirSync(dir, { recursive: true });
  const sessionId = crypto.randomUUID();
  const rows = conversation({ cwd, sessionId, version: "2.1.197" });
  writeFileSync(join(dir, `${sessionId}.jsonl`), rows.map((row) => `${row}\n`).join(""));
  return { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "" };
}

function conversation(of: Readonly<Record<string, string>>): readonly string[] {
  const timestamp = new Date(Date.now() - AGE_MS).toISOString();
  const common = { ...of, timestamp, isSidechain: false, userType: "external" };
  const [asked, answered] = [crypto.randomUUID(), crypto.randomUUID()];
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [{ type: "text", text: "You said: Good morning." }],
    stop_reason: "end_turn",
    usage: { input_tokens: TOKENS, output_tokens: 5 },
  };
  const question = { role: "user", content: "Good morning." };
  return [
    { ...common, type: "user", parentUuid: null, uuid: asked, message: question },
    { ...common, type: "assistant", parentUuid: asked, uuid: answered, message },
  ].map((row) => JSON.stringify(row));
}

/** Headers of a model whose account has little left: codex asks then whether to use another. */
export const nearLimits = (): Readonly<Record<string, string>> => ({
  "x-codex-primary-used-percent": "96",
  "x-codex-primary-window-minutes": "300",
  "x-codex-primary-reset-at": String(Math.floor(Date.now() / 1000) + 7200),
});
