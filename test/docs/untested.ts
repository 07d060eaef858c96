// Commands in the pages that no test runs, each with the reason. One that is gone from its page,
// or that is run after all, makes a test fail.

export interface Untested {
  readonly page: string;
  /** The block's first line, exactly. */
  readonly line: string;
  readonly why: string;
}

export const UNTESTED: readonly Untested[] = [
  {
    page: "README.md",
    line: "./scripts/test",
    why: "it is what runs this test; test/setup runs it with --list",
  },
  {
    page: "README.md",
    line: "iapeer wake reviewer --message 'look at the latest commit'",
    why: "needs a logged-in claude; test/e2e wakes the real one against a scripted model server",
  },
  {
    page: "CONTRIBUTING.md",
    line: "./scripts/test --only formats,rules",
    why: "it would run two stages inside another; test/setup runs one small stage that way",
  },
  {
    page: "CONTRIBUTING.md",
    line: "bun test test/formats/logfmt.test.ts",
    why: "all three are stages of the suite themselves; once more would only take time",
  },
  {
    page: "docs/start-a-fleet.md",
    line: "iapeer attach builder",
    why: "needs a terminal; test/cli attaches inside a tmux server of its own",
  },
  {
    page: "docs/start-a-fleet.md",
    line: "iapeer wake site",
    why: "needs a logged-in claude; test/e2e sees its own layer reach a scripted model server",
  },
  {
    page: "README.md",
    line: "iapeer install",
    why: "would change this user's own session; test/real does it over launchd's fake and systemd",
  },
  {
    page: "docs/macos.md",
    line: "iapeer install",
    why: "needs a Mac; test/real follows the same way over a fake launchd",
  },
  {
    page: "docs/linux.md",
    line: "iapeer install",
    why: "needs a user manager of its own; test/real follows the same way with a real one",
  },
  {
    page: "docs/linux.md",
    line: "exec iapeer daemon run",
    why: "is a container's last command; the page's own daemon was started that way",
  },
  {
    page: "docs/upgrade.md",
    line: "git pull",
    why: "there is no other version to pull; test/real updates to a changed copy of the source",
  },
  {
    page: "docs/upgrade.md",
    line: "iapeer rollback",
    why: "goes back from what the block before would have done; test/real does both",
  },
  {
    page: "docs/upgrade.md",
    line: "git pull && ./scripts/run",
    why: "there is no other version to pull; the second part is the README's first command",
  },
  {
    page: "docs/write-a-runtime.md",
    line: "iapeer create aider --runtime command --ready '^> ' -- aider --yes-always",
    why: "names a program as an example; --ready is tested on docs/start-a-fleet.md",
  },
  {
    page: "docs/configuration.md",
    line: `iapeer create critic --runtime claude --env 'IAPEER_ARGS=["--model", "opus"]'`,
    why: "shows an argument of claude's; test/runtimes checks that it is passed on",
  },
];
