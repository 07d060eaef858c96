// Plists: every key of the contract, in a typed schema; read back by Python's plistlib, without a
// duplicate key; and the marks of ownership.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { EXAMPLES, examples } from "../../scripts/render-examples.ts";
import { parseJobFile } from "../../src/formats/job-shown.ts";
import { agentMark, renderAgent } from "../../src/formats/launch-agent.ts";
import { parsePlist, renderPlist, type PlistDict } from "../../src/formats/plist.ts";
import { AGENT_KEYS, agentProblems } from "./agent-schema.ts";
import { DAEMON, hostileJob, PEER, shownOf } from "./job-samples.ts";
import { readPlists } from "./python-plist.ts";

const RUNS = { seed: 20_261_125, numRuns: 150 };

const rendered = (job: typeof DAEMON): string => {
  const text = renderAgent(job);
  if (!text.ok) throw new Error(text.error);
  return text.value;
};

const parsed = (text: string): PlistDict => {
  const found = parsePlist(text);
  if (!found.ok) throw new Error(found.error);
  return found.value;
};

test("a diagnosis reads what was meant", () => {
  fc.assert(
    fc.property(hostileJob, (job) => {
      const other = { ...job, argv: [job.root, job.cwd, ...job.argv] };
      expect(parseJobFile(rendered(other))).toEqual(shownOf(other));
    }),
    RUNS,
  );
});

describe("keys", () => {
  const daemon = parsed(rendered(DAEMON));
  const peer = parsed(rendered(PEER));

  test("are those of the contract, no more and no less", () => {
    for (const dict of [daemon, peer]) {
      expect(Object.keys(dict).toSorted()).toEqual(Object.keys(AGENT_KEYS).toSorted());
      expect(agentProblems(dict)).toEqual([]);
    }
    for (const key of ["WatchPaths", "Sockets", "LimitLoadToSessionType"]) {
      expect(daemon).not.toHaveProperty(key);
    }
  });

  test("of the daemon", () => {
    expect(daemon).toMatchObject({
      Label: "com.iapeer.daemon",
      RunAtLoad: true,
      KeepAlive: true,
      ThrottleInterval: 10,
      ExitTimeOut: 20,
      ProcessType: "Interactive",
      AbandonProcessGroup: true,
      SoftResourceLimits: { NumberOfFiles: 10_240 },
      Umask: 63,
      "com.iapeer.managed": true,
    });
  });

  test("of a peer: a deliberate end stays down", () => {
    expect(peer).toMatchObject({
      Label: "com.iapeer.peer.bridge",
      KeepAlive: { SuccessfulExit: false, Crashed: true },
      ThrottleInterval: 30,
      ExitTimeOut: 20,
    });
  });

  test("hold no variable but these", () => {
    const names = ["BUN_GC_TIMER_DISABLE", "HOME", "IAPEER_ROOT", "LANG", "PATH"];
    expect(Object.keys(daemon["EnvironmentVariables"] ?? {}).toSorted()).toEqual(names);
  });

  test.each([
    [{ KeepAlive: "true" }, "KeepAlive is not of type keep-alive"],
    [{ ThrottleInterval: "10" }, "ThrottleInterval is not of type integer"],
    [{ ProgramArguments: "/bin/sh" }, "ProgramArguments is not of type strings"],
    [{ EnvironmentVariables: { A: 1 } }, "EnvironmentVariables is not of type texts"],
    [{ WatchPaths: ["/"] }, "WatchPaths is no key of ours"],
  ] as readonly (readonly [PlistDict, string])[])("the schema notices %j", (wrong, said) => {
    expect(agentProblems({ ...daemon, ...wrong })).toEqual([said]);
  });
});

describe("an independent parser", () => {
  const jobs = fc.sample(hostileJob, RUNS);
  const texts = [rendered(DAEMON), rendered(PEER), ...jobs.map(rendered)];
  const read = readPlists(texts);

  test.skipIf(read === null)("reads what was meant, and no key twice", () => {
    for (const [index, found] of (read ?? []).entries()) {
      if ("error" in found) throw new Error(`${found.error}: ${texts[index]}`);
      expect(found.doubled).toEqual([]);
      expect(found.value).toEqual(parsed(texts[index] ?? "") as typeof found.value);
    }
    for (const [index, job] of jobs.entries()) {
      const found = read?.[index + 2];
      expect(found).toMatchObject({
        value: {
          ProgramArguments: [...job.argv],
          EnvironmentVariables: { ...job.env },
          WorkingDirectory: job.cwd,
        },
      });
    }
  });

  test.skipIf(read === null)("refuses what ours refuses", () => {
    const texts = [
      rendered(DAEMON).replace("</dict>", ""),
      rendered(DAEMON).replace("<true/>", "<true>"),
      rendered(DAEMON).replace("10</integer>", "ten</integer>"),
      rendered(DAEMON).replace("iapeer", "&"),
    ];
    for (const text of texts) expect(parsePlist(text).ok).toBe(false);
    for (const found of readPlists(texts) ?? []) expect(found).toHaveProperty("error");
  });
});

describe("refused by name", () => {
  test.each([
    ["\u0007", "U+0007"],
    ["\n", "U+000A"],
    ["\u0000", "U+0000"],
    ["\u009b", "U+009B"],
    ["\ud800", "U+D800"],
    ["\uffff", "U+FFFF"],
  ])("%j", (character, named) => {
    const text = renderAgent({ ...DAEMON, argv: ["/bin/echo", `a${character}b`] });
    expect(text).toMatchObject({ ok: false, error: expect.stringContaining(named) });
  });

  test("a program that is no full path, a variable that is no name", () => {
    expect(renderAgent({ ...DAEMON, argv: ["bun"] }).ok).toBe(false);
    expect(renderAgent({ ...DAEMON, env: { "A-B": "1" } }).ok).toBe(false);
  });
});

describe("ownership", () => {
  test("is told by the marks alone", () => {
    expect(agentMark(rendered(DAEMON))).toEqual({ mark: "ours", root: DAEMON.root });
    const { "com.iapeer.managed": _, ...unmarked } = parsed(rendered(DAEMON));
    expect(agentMark(renderPlist(unmarked))).toMatchObject({ mark: "foreign" });
    const text = { ...unmarked, "com.iapeer.managed": "true" };
    expect(agentMark(renderPlist(text))).toMatchObject({ mark: "foreign" });
    const { "com.iapeer.root": _root, ...rootless } = parsed(rendered(DAEMON));
    expect(agentMark(renderPlist(rootless))).toMatchObject({ mark: "foreign" });
    expect(agentMark("bplist00")).toMatchObject({ mark: "foreign" });
  });

  test("a duplicate key makes it nobody's", () => {
    const doubled = rendered(DAEMON).replace(
      "<key>Umask</key>",
      "<key>com.iapeer.managed</key><false/><key>Umask</key>",
    );
    expect(agentMark(doubled)).toMatchObject({ mark: "foreign" });
  });
});

test("launchd/ holds what is rendered: bun scripts/render-examples.ts", () => {
  for (const [name, text] of examples()) {
    expect(readFileSync(`${EXAMPLES}${name}`, "utf8")).toBe(text);
  }
});

test("a plist of any values comes back", () => {
  const value = fc.letrec<{ value: PlistDict[string] }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.boolean(),
      fc.integer(),
      fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/\p{Cc}|[<]/gu, "")),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-zA-Z.]{1,8}$/), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value), (dict) => {
      expect(parsed(renderPlist(dict))).toEqual(dict);
    }),
    RUNS,
  );
});
