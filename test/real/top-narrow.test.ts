// `iapeer top` in a real terminal that is too small for it: what there is no room for is cut off
// at the edge, or scrolled to, and pushes nothing else away.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { Program, MAIN } from "../cli/program.ts";
import { RealTmux } from "../contract/real-tmux.ts";
import { exec, tools } from "./host-under-test.ts";

let program: Program;
beforeEach(() => {
  program = new Program();
});
afterEach(() => program.close());

const argv = () => [process.execPath, MAIN, "--root", program.root, "top", "--every", "100ms"];

async function create(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    expect(await program.run(["create", name, "--", "cat"])).toMatchObject({ code: 0 });
  }
}

/** `top` on a screen of that size, which is waited for until its lines begin so. */
async function watch(place: RealTmux, columns: number, rows: number) {
  const { socket, identity } = place.spec;
  const tmux = async (...words: string[]): Promise<string> => {
    const ran = await exec.run({ argv: [tools.tmux, "-S", socket, ...words], timeoutMs: 10_000 });
    expect(ran).toMatchObject({ state: "ok" });
    return ran.stdout;
  };
  const at = ["-t", `=${identity}:`] as const;
  expect(await place.tmux.newSession(place.spec)).toMatchObject({ state: "up" });
  await tmux("resize-window", ...at, "-x", String(columns), "-y", String(rows));
  return {
    press: (key: string) => tmux("send-keys", ...at, key),
    shows: async (starts: readonly string[]): Promise<readonly string[]> => {
      let screen: string[] = [];
      await place.until(async () => {
        screen = (await tmux("capture-pane", "-p", ...at)).split("\n").slice(0, rows);
        return starts.every((start, line) => screen[line]?.startsWith(start));
      });
      return screen;
    },
  };
}

test("each line of a small terminal is one of the table's", async () => {
  await create("ada", "bob");
  await using place = new RealTmux({ argv: argv() });
  const top = await watch(place, 36, 6);
  // A frame of the size before has no such edge.
  const edge = "NAME  RUNTIME  STATE   SINCE  IDLE …";
  const screen = await top.shows(["daemon  ", "peers   ", "", edge, "ada   ", "bob   "]);
  expect(screen.map((line) => line.length > 36)).not.toContain(true);
  expect(screen[3]).toHaveLength(36);
}, 30_000);

test("what there is no room for is scrolled to", async () => {
  await create("ada", "bob", "cat", "dan");
  await using place = new RealTmux({ argv: argv() });
  const top = await watch(place, 60, 7);
  const head = ["daemon  ", "peers   ", "", "NAME  "];
  await top.shows([...head, "ada  ", "bob  ", "… 2 below: arrow keys scroll"]);
  await top.press("End");
  await top.shows([...head, "cat  ", "dan  ", "… 2 above: arrow keys scroll"]);
  await top.press("Up");
  await top.shows([...head, "bob  ", "cat  ", "… 1 above, 1 below: arrow keys scroll"]);
  await top.press("Home");
  await top.shows([...head, "ada  ", "bob  ", "… 2 below: arrow keys scroll"]);
}, 30_000);

test("where there is no room to scroll, list of the same root is named", async () => {
  await create("ada");
  await using place = new RealTmux({ argv: argv() });
  const top = await watch(place, 160, 3);
  const named = `… 3 more: a taller terminal, or iapeer --root ${program.root} list`;
  await top.shows(["daemon  ", "peers   ", named]);
}, 30_000);
