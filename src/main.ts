// The program. --version and shell completion answer without loading anything else; all other
// verbs load only their own module, and wire.ts when they first need it.

import { homedir } from "node:os";
import { version } from "../package.json" with { type: "json" };

const words = process.argv.slice(2);

if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  process.stdout.write(`${version}\n`);
} else {
  process.exit(await commandLine());
}

async function commandLine(): Promise<number> {
  const { createTerminal } = await import("./cli/terminal.ts");
  const terminal = createTerminal({ env: process.env, noColor: words.includes("--no-color") });
  const cli = {
    words,
    env: process.env,
    cwd: process.cwd(),
    home: process.env["HOME"] ?? homedir(),
    version,
    terminal,
    createApp: async (root: string) => {
      const { createApp } = await import("./wire.ts");
      return createApp({ root, env: process.env, flags: {} });
    },
  };
  const { run } = await import("./cli/run.ts");
  const code = await run(cli);
  await terminal.flush();
  return code;
}
