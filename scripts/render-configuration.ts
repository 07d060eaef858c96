// Writes docs/configuration.md from the table of options. With --check it only compares, and fails
// when they differ.

import { CONFIG_OPTIONS, type ConfigOption } from "../src/formats/config-options.ts";
import { renderDuration } from "../src/formats/duration.ts";

export const CONFIGURATION = new URL("../docs/configuration.md", import.meta.url).pathname;

const HEAD = `# Configuration

Rendered from the table of options by \`bun scripts/render-configuration.ts\`.

A variable in the environment wins over \`config.json\` in the root, which wins over the default. The
daemon reads both when it starts; verbs read them when they run. A value that cannot be used is an
error that names it, never a silent default. Durations are \`90\`, \`90s\`, \`5m\` or \`2h\`; sizes are
bytes, or \`5MiB\`.

<!-- test -->
\`\`\`sh
echo '{"idle_secs": "2h", "pane_log_keep": 5}' > ~/.iapeer/config.json
iapeer status
\`\`\`

The root itself is \`--root\`, else \`IAPEER_ROOT\`, else \`~/.iapeer\`.

| variable | in config.json | default | meaning |
|---|---|---|---|
`;

const TAIL = `
## A peer's own environment

\`<peer folder>/.iapeer/runtimes/<runtime>/launch.env\` holds \`KEY=value\` lines: variables and secrets
of this peer in this runtime. \`create --env K=V\` writes it; \`create --env-file F\` names a file that
is read at each launch, before it. Nothing in either is interpolated or executed. Their values are
kept out of command lines, logs and records.

<!-- test -->
\`\`\`sh
iapeer create greeter --runtime command --env GREETING=hello -- sh -c 'echo "$GREETING"; exec cat'
cat ~/.iapeer/peers/greeter/.iapeer/runtimes/command/launch.env
iapeer wake greeter
iapeer logs greeter
\`\`\`

Two names in it are for iapeer, in every runtime but \`command\`:

| name | meaning |
|---|---|
| \`IAPEER_PROGRAM\` | the program to start in place of \`claude\`, \`codex\`, …: a name or a path |
| \`IAPEER_ARGS\` | further arguments: words with blanks between them, or a JSON array of strings. No secrets: everybody on the host can read them |

\`\`\`sh
iapeer create reviewer --runtime claude --env 'IAPEER_ARGS=["--model", "opus"]'
\`\`\`

## A peer's profile

\`<peer folder>/.iapeer/peer-profile.json\` is the truth about a peer, and may be edited by hand;
\`iapeer verify --fix\` brings the registry up to it. Unknown fields are kept.

| field | meaning |
|---|---|
| \`personality\` | its name |
| \`runtimes\`, \`default_runtime\` | in which ways it can be present, and the one it is woken in |
| \`description\` | what it is for, at most 450 characters |
| \`intelligence\` | \`artificial\`, \`natural\` or \`absent\` |
| \`initial_prompt\` | said first at a fresh wake |
| \`wake_policy\` | \`warm\`, or \`ephemeral\`: fresh for each message |
| \`always_on\` | restarted whenever it dies |
| \`command\` | \`argv\` and \`ready\`, for the \`command\` runtime |
| \`interfaces\` | ways people reach it, such as \`telegram\` |
| \`env_file\` | a file of \`KEY=value\` lines, read at each launch |
`;

const MIB = 1024 * 1024;

function shownDefault(option: ConfigOption): string {
  const { unit, default: value } = option;
  if (unit === "duration") return renderDuration(Number(value));
  if (unit === "bytes") return `${Number(value) / MIB}MiB`;
  if (unit === "switch") return value === true ? "on" : "off";
  return String(value);
}

function row(option: ConfigOption): string {
  const choices = option.choices === undefined ? "" : ` (${option.choices.join(", ")})`;
  const cells = [
    `\`${option.name}\``,
    `\`${option.key}\``,
    shownDefault(option),
    `${option.meaning}${choices}`,
  ];
  return `| ${cells.join(" | ")} |\n`;
}

export const configuration = (): string => `${HEAD}${CONFIG_OPTIONS.map(row).join("")}${TAIL}`;

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const file = Bun.file(CONFIGURATION);
  const isCurrent = (await file.exists()) && (await file.text()) === configuration();
  if (!isCurrent && !isCheck) await Bun.write(file, configuration());
  if (!isCurrent && isCheck) {
    process.stderr.write("docs/configuration.md: run bun scripts/render-configuration.ts\n");
    process.exitCode = 1;
  }
}
