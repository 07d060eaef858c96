// A daemon that was started by an older program answers what it knew: a failure without a next
// step is told with one all the same.

import { afterAll, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Program } from "./program.ts";

const SLOW_MS = 60_000;
const program = new Program();
afterAll(() => program.close(), SLOW_MS);

test.each([[[]], [["--root", program.root]]])("a failure, asked with %j", async (root) => {
  await program.run(["create", "echo", "--", "/bin/cat"]);
  mkdirSync(join(program.root, "run"), { recursive: true });
  const answer = { result: "failed", identity: "command-echo", cause: "asleep", detail: "no" };
  const daemon = Bun.serve({
    unix: join(program.root, "run/daemon.sock"),
    fetch: () => Response.json(answer),
  });
  try {
    const { code, err } = await program.run(["interrupt", "echo", ...root]);
    const again = ["iapeer", ...root, "why echo"].join(" ");
    expect({ code, err }).toEqual({
      code: 1,
      err: `iapeer: interrupt command-echo: failed (asleep)\n  why: no\n  next: ${again}\n`,
    });
  } finally {
    await daemon.stop(true);
  }
}, SLOW_MS);
