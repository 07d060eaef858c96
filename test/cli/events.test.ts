// `iapeer events` for a person: what it says when there is nothing, and what it leaves out.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { unregisterPeer } from "../../src/flows/peers/unregister.ts";
import { Scratch } from "./fake-app.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.type(["create", "echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
});
afterEach(() => scratch.remove());

test.each([
  [[], "nothing has happened yet\n"],
  [["--since", "2100-01-01T00:00:00Z"], "nothing since 2100-01-01T00:00:00Z\n"],
  [["--peer", "echo"], "nothing about echo yet\n"],
  [["--peer", "echo", "--since", "2h"], "nothing about echo since 2h\n"],
])("%j without events", async (words, said) => {
  const { code, out, err } = await scratch.type(["events", ...words]);
  expect({ code, out, err }).toEqual({ code: 0, out: "", err: said });
});

test("an empty value is left out for a person, and kept for a program", async () => {
  const { lifecycleLog } = scratch.host.layout;
  mkdirSync(dirname(lifecycleLog), { recursive: true });
  const line = 'ts=2026-01-31T08:00:00.000Z ev=ready identity=command-echo state=ok detail=""\n';
  appendFileSync(lifecycleLog, line);
  const { out } = await scratch.type(["events"]);
  expect(out).toMatch(/^2026-01-31T08:00:00.000Z ready +command-echo +state=ok\n$/);
  const json = JSON.parse((await scratch.type(["events", "--json"])).out);
  expect(json.fields).toEqual({ identity: "command-echo", state: "ok", detail: "" });
});

describe("more than are shown", () => {
  const OLDER = "older events are left out; --all shows all\n";

  beforeEach(() => {
    const { lifecycleLog } = scratch.host.layout;
    mkdirSync(dirname(lifecycleLog), { recursive: true });
    for (let n = 10; n < 70; n += 1) {
      const ts = `2026-01-31T08:00:00.0${n}Z`;
      appendFileSync(lifecycleLog, `ts=${ts} ev=wake identity=command-echo n=${n}\n`);
    }
  });

  test.each([
    [[], 50, OLDER],
    [["--peer", "echo"], 50, OLDER],
    [["-n", "3"], 3, ""],
    [["--since", "2026-01-31T08:00:00Z"], 60, ""],
    [["--since", "2026-01-31T08:00:00Z", "-n", "4"], 4, ""],
    [["--all"], 60, ""],
  ])("%j is the same for a person and a program", async (words, count, said) => {
    const person = await scratch.type(["events", ...words]);
    const program = await scratch.type(["events", "--json", ...words]);
    const lines = program.out.trimEnd().split("\n").map((line) => JSON.parse(line));
    expect(lines).toHaveLength(count);
    const stamps = person.out.trimEnd().split("\n").map((line) => line.split(" ")[0]);
    expect(stamps).toEqual(lines.map(({ ts }) => ts));
    expect([person.err, program.err]).toEqual([said, said]);
  });
});

describe("a name that was given twice", () => {
  const REMOVED = "ts=2026-01-31T08:00:02.000Z ev=removed personality=echo cwd=/e purged=1\n";

  function write(path: string, second: number, rest: string): void {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `ts=2026-01-31T08:00:0${second}.000Z ${rest}\n`);
  }

  beforeEach(() => {
    const { deliveryLog, exitsLog, lifecycleLog } = scratch.host.layout;
    write(`${lifecycleLog}.1`, 0, "ev=wake identity=command-echo mode=fresh");
    write(exitsLog, 1, "ev=teardown identity=command-echo reason=remove");
    appendFileSync(`${lifecycleLog}.1`, REMOVED);
    write(lifecycleLog, 3, "ev=removed personality=command-echo cwd=/c purged=1");
    write(deliveryLog, 0, "ev=delivery identity=command-echo state=delivered");
  });

  const seconds = async (...words: string[]): Promise<string> => {
    const interrupted = AbortSignal.abort();
    const { code, out } = await scratch.type(["events", "--json", ...words], { interrupted });
    expect(code).toBe(0);
    const lines = out.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line).ts[18]).join("");
  };

  test.each([["echo"], ["command-echo"]])("%s is the present peer's", async (peer) => {
    const none = await scratch.type(["events", "--peer", peer]);
    expect(none).toEqual({ code: 0, out: "", err: `nothing about ${peer} yet\n` });
    write(scratch.host.layout.lifecycleLog, 4, "ev=wake identity=command-echo mode=fresh");
    expect(await seconds("--peer", peer)).toBe("4");
    expect(await seconds("--peer", peer, "-f")).toBe("4");
    expect(await seconds("--peer", peer, "-n", "3")).toBe("4");
    expect(await seconds()).toBe("001234");
  });

  test("it is everybody's once nobody has it, and of no peer with a longer name", async () => {
    expect(await unregisterPeer(scratch.host, "echo")).toMatchObject({ ok: true });
    write(scratch.host.layout.lifecycleLog, 4, "ev=wake identity=command-echo mode=fresh");
    expect(await seconds("--peer", "echo")).toBe("00124");
    expect(await seconds("--peer", "echo", "-f")).toBe("00124");
  });

  test("logs does not take the first one's launch for the second one's", async () => {
    const { err } = await scratch.type(["logs", "echo"]);
    expect(err).toEndWith("\n  next: iapeer wake echo\n");
  });
});

test("a peer whose name looks like an identity is called by its name", async () => {
  await scratch.type(["create", "mid-echo", "--runtime", "command", "-q", "--", "/bin/cat"]);
  const { code, err } = await scratch.type(["events", "--peer", "mid-echo"]);
  expect({ code, err }).toEqual({ code: 0, err: "nothing about mid-echo yet\n" });
});
