// From README's link to an installed program and back: the program that takes itself away puts the
// link back by which the checkout's own is run.

import { afterAll, expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { MAIN } from "../cli/program.ts";
import { ServiceUser } from "./service-user.ts";

const SLOW_MS = 60_000;
const user = new ServiceUser();
const launcher = join(user.home, ".local/bin/iapeer");
const must = (...words: string[]) => user.must(words, [launcher]);
afterAll(() => user.delete());

test(
  "uninstall by the launcher itself: the link is back, and works",
  () => {
    mkdirSync(dirname(launcher), { recursive: true });
    symlinkSync(MAIN, launcher);
    must("install");
    expect(lstatSync(launcher).isFile()).toBe(true);
    const again = `would link ${launcher} to ${MAIN} again, as before install\n`;
    expect(must("uninstall", "--preview")).toContain(again);
    const out = must("uninstall", "--yes");
    expect(out).toContain(`the link to ${MAIN} is back\n`);
    expect(out).not.toContain(`deleted ${launcher}\n`);
    expect(readlinkSync(launcher)).toBe(MAIN);
    expect(existsSync(join(user.home, ".local/share/iapeer"))).toBe(false);
    expect(must("uninstall", "--yes")).toStartWith("nothing was installed");
    expect(readlinkSync(launcher)).toBe(MAIN);
  },
  SLOW_MS,
);
