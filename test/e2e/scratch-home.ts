// A home folder in which the real agents find a model on loopback and nothing else: no account,
// no update, no network beyond this machine.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KEY = "sk-ant-api03-a-key-for-a-model-on-loopback-only";
const CODEX_KEY = "a-key-for-another-model-on-loopback";

/** Whatever an agent looks for elsewhere is refused at a port where nobody listens. */
const LOOPBACK_ONLY = {
  HTTP_PROXY: "http://127.0.0.1:1",
  HTTPS_PROXY: "http://127.0.0.1:1",
  ALL_PROXY: "http://127.0.0.1:1",
  NO_PROXY: "127.0.0.1,localhost",
};

export interface ScratchHome {
  readonly dir: string;
  /** What must never be seen outside of a `launch.env`. */
  readonly secrets: readonly string[];
  /** Variables for a peer's `launch.env`. */
  env(agent: "claude" | "codex"): Readonly<Record<string, string>>;
  remove(): void;
}

export interface HomeOptions {
  readonly modelPort: number;
  /** Left out: claude asks about its key, and codex wants a login. */
  readonly known?: boolean;
}

export function createScratchHome(options: HomeOptions): ScratchHome {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "iapeer-e2e-")));
  const base = `http://127.0.0.1:${options.modelPort}`;
  writeClaude(dir, options.known ?? true);
  if (options.known ?? true) writeCodex(dir, base);
  const common = { HOME: dir, LANG: "C.UTF-8", ...LOOPBACK_ONLY };
  return {
    dir,
    secrets: [KEY, CODEX_KEY],
    env: (agent) =>
      agent === "codex"
        ? { ...common, CODEX_HOME: join(dir, "codex-home"), E2E_API_KEY: CODEX_KEY }
        : {
            ...common,
            ANTHROPIC_BASE_URL: base,
            ANTHROPIC_API_KEY: KEY,
            DISABLE_AUTOUPDATER: "1",
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
            IS_SANDBOX: "1",
          },
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 10 }),
  };
}

function writeClaude(home: string, keyKnown: boolean): void {
  const known = { approved: [KEY.slice(-20)], rejected: [] };
  const state = {
    hasCompletedOnboarding: true,
    theme: "dark",
    ...(keyKnown ? { customApiKeyResponses: known } : {}),
  };
  writeFileSync(join(home, ".claude.json"), JSON.stringify(state, null, 2));
}

function writeCodex(home: string, base: string): void {
  mkdirSync(join(home, "codex-home"));
  writeFileSync(
    join(home, "codex-home", "config.toml"),
    `# A comment that must stay.
model = "gpt-5"
model_provider = "mock"
check_for_update_on_startup = false

[model_providers.mock]
name = "mock"
base_url = "${base}/v1"
wire_api = "responses"
env_key = "E2E_API_KEY"
`,
  );
}
