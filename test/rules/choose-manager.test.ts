// The choice of a service manager and of launchd's domain: each row, with the trace of what was
// seen.

import { describe, expect, test } from "bun:test";
import type { ManagerName, ManagerProbes } from "../../src/core/service.ts";
import { chooseDomain } from "../../src/rules/choose-domain.ts";
import { chooseManager, objectionToAsked } from "../../src/rules/choose-manager.ts";

const LINUX: ManagerProbes = {
  asked: null,
  recorded: null,
  platform: "linux",
  uid: 1000,
  launchctl: { state: "absent" },
  systemctl: { state: "answers" },
};
const MAC: ManagerProbes = {
  ...LINUX,
  platform: "darwin",
  uid: 501,
  launchctl: { state: "answers" },
  systemctl: { state: "absent" },
};

const ROWS: readonly (readonly [string, ManagerProbes, ManagerName, readonly string[]])[] = [
  [
    "Linux with a user manager",
    LINUX,
    "systemd",
    [
      "--manager: not given; it is chosen by what is found",
      "recorded at install: nothing; no manager holds this root yet",
      "launchd: not macOS; no per-user agents here",
      "systemctl --user: answers; systemd it is",
    ],
  ],
  [
    "a container",
    { ...LINUX, systemctl: { state: "no-manager", detail: "Failed to connect to bus" } },
    "embedded",
    [
      "--manager: not given; it is chosen by what is found",
      "recorded at install: nothing; no manager holds this root yet",
      "launchd: not macOS; no per-user agents here",
      "systemctl --user: no-manager: Failed to connect to bus; no user manager runs here",
      "what is left: no service manager; embedded it is",
    ],
  ],
  [
    "Linux where systemctl hangs",
    { ...LINUX, systemctl: { state: "unknown", detail: "no answer within 10000 ms" } },
    "embedded",
    [
      "--manager: not given; it is chosen by what is found",
      "recorded at install: nothing; no manager holds this root yet",
      "launchd: not macOS; no per-user agents here",
      "systemctl --user: unknown: no answer within 10000 ms; " +
        "whether a user manager runs here cannot be told",
      "what is left: no service manager that answers; embedded it is",
    ],
  ],
  [
    "macOS",
    MAC,
    "launchd",
    [
      "--manager: not given; it is chosen by what is found",
      "recorded at install: nothing; no manager holds this root yet",
      "launchd: answers, uid 501; launchd it is",
    ],
  ],
  [
    "macOS where launchctl hangs",
    { ...MAC, launchctl: { state: "unknown", detail: "no answer within 10000 ms" } },
    "embedded",
    [
      "--manager: not given; it is chosen by what is found",
      "recorded at install: nothing; no manager holds this root yet",
      "launchd: unknown: no answer within 10000 ms, uid 501; " +
        "whether it takes agents here cannot be told",
      "systemctl --user: not Linux; no user manager runs here",
      "what is left: no service manager that answers; embedded it is",
    ],
  ],
  [
    "macOS as root: no fallback to root's domain",
    { ...MAC, uid: 0 },
    "embedded",
    [
      "--manager: not given; it is chosen by what is found",
      "recorded at install: nothing; no manager holds this root yet",
      "launchd: answers, uid 0; no per-user agents here",
      "systemctl --user: not Linux; no user manager runs here",
      "what is left: no service manager; embedded it is",
    ],
  ],
  [
    "what an install recorded, whatever is there now",
    { ...LINUX, recorded: "embedded" },
    "embedded",
    [
      "--manager: not given; it is chosen by what is found",
      "recorded at install: embedded; embedded it is",
    ],
  ],
  [
    "what an install recorded, where there is no such manager",
    { ...LINUX, recorded: "launchd" },
    "systemd",
    [
      "--manager: not given; it is chosen by what is found",
      "recorded at install: launchd; it is not on this host, so it holds nothing",
      "launchd: not macOS; no per-user agents here",
      "systemctl --user: answers; systemd it is",
    ],
  ],
  [
    "what a person asks for, whatever is recorded",
    { ...MAC, asked: "embedded", recorded: "launchd" },
    "embedded",
    ["--manager: embedded; embedded it is"],
  ],
];

describe("manager", () => {
  test.each(ROWS)("%s", (...[, probes, manager, lines]) => {
    const choice = chooseManager(probes);
    expect(choice.manager).toBe(manager);
    const said = choice.trace.map(({ probe, saw, meant }) => `${probe}: ${saw}; ${meant}`);
    expect(said).toEqual([...lines]);
  });

  test("every combination of probes has an answer, and a trace that ends in it", () => {
    const names = [null, "launchd", "systemd", "embedded"] as const;
    const states = [
      { state: "answers" },
      { state: "absent" },
      { state: "no-manager", detail: "d" },
      { state: "unknown", detail: "d" },
    ] as const;
    for (const asked of names)
      for (const recorded of names)
        for (const launchctl of states)
          for (const systemctl of states)
            for (const platform of ["linux", "darwin"] as const)
              for (const uid of [0, 501]) {
                const probes = { asked, recorded, platform, uid, launchctl, systemctl };
                const isHere = (name: ManagerName) =>
                  name === "embedded" ||
                  (name === "launchd" ? launchctl : systemctl).state !== "absent";
                const { manager, trace } = chooseManager(probes);
                expect(trace.at(-1)?.meant).toBe(`${manager} it is`);
                if (asked !== null) expect(manager).toBe(asked);
                else if (recorded !== null && isHere(recorded)) expect(manager).toBe(recorded);
                else if (manager === "launchd") expect([platform, uid]).toEqual(["darwin", 501]);
              }
  });
});

test.each([
  [{ ...LINUX, asked: "launchd" }, "launchd is macOS's; here: systemd or embedded"],
  [{ ...MAC, asked: "systemd" }, "systemd is Linux's; here: launchd or embedded"],
  [
    { ...LINUX, asked: "systemd", systemctl: { state: "absent" } },
    "systemd has no program on this host; here: embedded",
  ],
  [{ ...LINUX, asked: "launchd", launchctl: { state: "answers" } }, null],
  [{ ...LINUX, asked: "embedded" }, null],
  [{ ...LINUX, recorded: "launchd" }, null],
] as const)("asked for what this host does not have: %#", (probes, said) => {
  expect(objectionToAsked(probes)).toBe(said);
});

const MUTE = { state: "unknown", detail: "no answer within 10000 ms" } as const;
const NO_BUS = { state: "no-manager", detail: "Failed to connect to bus" } as const;

test.each([
  [{ ...LINUX, asked: "systemd", systemctl: NO_BUS }, `systemd: no-manager: ${NO_BUS.detail}`],
  [{ ...LINUX, recorded: "systemd", systemctl: MUTE }, `systemd: unknown: ${MUTE.detail}`],
  [{ ...MAC, asked: "launchd", uid: 0 }, "launchd: uid 0 has no agents of its own"],
  [{ ...MAC, asked: "launchd", launchctl: MUTE }, `launchd: unknown: ${MUTE.detail}`],
  [{ ...LINUX, asked: "embedded", systemctl: NO_BUS }, undefined],
  [{ ...LINUX, systemctl: NO_BUS }, undefined],
  [{ ...LINUX, asked: "systemd" }, undefined],
  [MAC, undefined],
] as const)("chosen, and not to be asked for anything: %#", (probes, why) => {
  expect(chooseManager(probes).unreached).toBe(why);
});

describe("launchd's domain", () => {
  test.each([
    ["there", "there", "gui/501", ["gui/501", "user/501"]],
    ["absent", "there", "user/501", ["user/501"]],
    ["there", "absent", "gui/501", ["gui/501"]],
  ] as const)("gui %s, user %s: %s", (...[gui, user, domain, looked]) => {
    expect(chooseDomain({ uid: 501, gui, user })).toEqual({
      state: "chosen",
      domain,
      looked: [...looked],
    });
  });

  test.each([
    ["absent", "absent"],
    ["unknown", "there"],
    ["there", "unknown"],
    ["unknown", "unknown"],
  ] as const)("gui %s, user %s: nothing is chosen on a guess", (gui, user) => {
    const choice = chooseDomain({ uid: 501, gui, user });
    expect(choice).toMatchObject({ state: "refused", next: expect.stringContaining("launchctl") });
  });

  test("uid 0 is refused, whatever is there", () => {
    const choice = chooseDomain({ uid: 0, gui: "there", user: "there" });
    expect(choice).toMatchObject({ state: "refused", next: expect.stringContaining("sudo") });
  });
});
