// Configuration: flags over environment over file, and every bad value said by name.

import { describe, expect, test } from "bun:test";
import { type Config, defaultConfig } from "../../src/core/config.ts";
import { allowedForm, CONFIG_OPTIONS, configValue, parseConfig } from "../../src/formats/config.ts";
import { nearestKey } from "../../src/formats/nearest-key.ts";

type Env = Record<string, string | undefined>;

const parse = (env: Env, fileText: string | null = null, flags: Partial<Config> = {}) =>
  parseConfig({ root: "/r", env, fileText, flags });

function valueOf(env: Env, fileText: string | null = null, flags: Partial<Config> = {}): Config {
  const { config, problems } = parse(env, fileText, flags);
  expect(problems).toEqual([]);
  return config;
}

function errorOf(env: Env, fileText: string | null = null): string {
  const { problems } = parse(env, fileText);
  if (problems.length === 0) throw new Error("it was accepted");
  return problems.join("\n");
}

describe("the table", () => {
  test("names what the lifecycle contract names", () => {
    const logs = ["LIFECYCLE", "EXITS", "DELIVERY"].flatMap((log) => [
      `IAPEER_${log}_LOG_MAX_BYTES`,
      `IAPEER_${log}_LOG_KEEP`,
    ]);
    const names = CONFIG_OPTIONS.map((option) => option.name);
    expect(names).toEqual(
      expect.arrayContaining([
        "IAPEER_IDLE_SECS",
        "IAPEER_BOOT_DEADLINE_SECS",
        "IAPEER_READY_GATE_SECS",
        "IAPEER_CRASHLOOP_MAX",
        "IAPEER_CRASHLOOP_WINDOW_SECS",
        "IAPEER_EPHEMERAL_QUIET_SECS",
        "IAPEER_EPHEMERAL_UNARMED_IDLE_SECS",
        "IAPEER_TICK_SECS",
        "IAPEER_SUPERVISE_LOG_VERBOSE",
        "IAPEER_DEATH_WATCH",
        "IAPEER_TMUX",
        "IAPEER_LAUNCH_CONCURRENCY",
        ...logs,
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test("reaches every field but the root, and its defaults are the config's", () => {
    const fields = CONFIG_OPTIONS.map((option) => option.field.split(".")[0] ?? "");
    expect(new Set([...fields, "root"])).toEqual(new Set(Object.keys(defaultConfig("/r"))));
    for (const option of CONFIG_OPTIONS) {
      expect(option.default).toBe(configValue(defaultConfig("/r"), option.field));
      expect(option.meaning).not.toBe("");
      expect(allowedForm(option)).not.toBe("");
    }
  });

  test("every option is heard from the environment and from the file", () => {
    for (const { name, key, field, unit, choices } of CONFIG_OPTIONS) {
      const text = unit === "switch" ? "1" : unit === "choice" ? (choices?.[1] ?? "") : "77";
      const asked = { duration: 77_000, bytes: 77, count: 77, switch: true };
      const expected = unit === "choice" || unit === "program" ? text : asked[unit];
      expect(configValue(valueOf({ [name]: text }), field)).toBe(expected);
      const file = JSON.stringify({ [key]: text });
      expect(configValue(valueOf({}, file), field)).toBe(expected);
    }
  });
});

describe("parsing", () => {
  test("of nothing gives the defaults, frozen through", () => {
    const config = valueOf({});
    expect(config).toEqual(defaultConfig("/r"));
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.exitsLog)).toBe(true);
    expect(Object.isFrozen(defaultConfig("/r").exitsLog)).toBe(false);
  });

  test("lets flags win over environment over file, one limit of a log at a time", () => {
    const file = '{"tick_secs": 10, "exits_log_keep": 9, "idle_secs": "2h"}';
    const env = { IAPEER_TICK_SECS: "20", IAPEER_EXITS_LOG_MAX_BYTES: "1MiB" };
    expect(valueOf({}, file).tickMs).toBe(10_000);
    expect(valueOf(env, file).tickMs).toBe(20_000);
    expect(valueOf(env, file, { tickMs: 5 }).tickMs).toBe(5);
    const config = valueOf(env, file);
    expect(config.idleMs).toBe(7_200_000);
    expect(config.exitsLog).toEqual({ maxBytes: 1024 * 1024, keep: 9 });
    expect(config.lifecycleLog).toEqual(defaultConfig("/r").lifecycleLog);
  });

  test("takes fractions of seconds, and an empty variable for none", () => {
    expect(valueOf({ IAPEER_IDLE_SECS: "0.25" }).idleMs).toBe(250);
    expect(valueOf({}, '{"sweep_secs": 0.1}').sweepMs).toBe(100);
    expect(valueOf({ IAPEER_IDLE_SECS: "" })).toEqual(defaultConfig("/r"));
    expect(valueOf({ IAPEER_IDLE_SECS: "" }, '{"idle_secs": 1}').idleMs).toBe(1000);
    expect(valueOf({ IAPEER_UNHEARD_OF: "x", PATH: "/bin" })).toEqual(defaultConfig("/r"));
  });

  test.each([
    ["IAPEER_IDLE_SECS", "soon", "a duration such as 90"],
    ["IAPEER_IDLE_SECS", "-1", "a duration such as 90"],
    ["IAPEER_TICK_SECS", "0", "at least 10ms"],
    ["IAPEER_TICK_SECS", "86400000000", "at least 10ms, at most a century"],
    ["IAPEER_IDLE_SECS", "36526d", "at most a century"],
    ["IAPEER_CRASHLOOP_MAX", "0", "a whole number from 1 to 1000000"],
    ["IAPEER_CRASHLOOP_MAX", "3.5", "a whole number"],
    ["IAPEER_LAUNCH_CONCURRENCY", "257", "from 1 to 256"],
    ["IAPEER_EXITS_LOG_MAX_BYTES", "5MB", "5242880 or 5MiB"],
    ["IAPEER_EXITS_LOG_MAX_BYTES", "0", "at least 1"],
    ["IAPEER_SUPERVISE_LOG_VERBOSE", "maybe", "1, true, yes, on"],
    ["IAPEER_DEATH_WATCH", "poll", "one of auto, pidfd, kqueue, sweep"],
    ["IAPEER_TMUX", " ", "the name or path"],
  ])("%s=%j is an error that names all three", (name, value, form) => {
    const error = errorOf({ [name]: value });
    expect(error).toStartWith(`${name}=${JSON.stringify(value)}: expected `);
    expect(error).toContain(form);
  });

  test("tells all problems at once", () => {
    const error = errorOf({ IAPEER_TMUX: "\0", IAPEER_IDLE_SECS: "x" }, '{"tick_secs": [1]}');
    expect(error.split("\n")).toHaveLength(3);
  });

  test.each([
    ['{"tick_sec": 1}', 'unknown key "tick_sec"; did you mean "tick_secs"?'],
    ['{"IAPEER_TICK_SECS": 1}', 'did you mean "tick_secs"?'],
    ['{"idle_ms": 1}', 'did you mean "idle_secs"?'],
    ['{"__proto__": {"tick_secs": 1}}', 'unknown key "__proto__"'],
    ['{"xylophone_quartet": 1}', 'unknown key "xylophone_quartet"'],
    ['{"tick_secs": null}', "config.json: tick_secs=null: expected a duration"],
    ['{"tmux": true}', "config.json: tmux=true: expected the name or path of a program"],
    ['{"launchctl": 5}', "config.json: launchctl=5: expected the name or path of a program"],
    ['{"tick_secs": {}}', "config.json: tick_secs=an object: expected"],
    ["[]", "config.json: expected an object"],
    ["{", "config.json: not JSON"],
    ["", "config.json: the file is empty"],
  ])("refuses the file %s", (text, said) => {
    expect(errorOf({}, text)).toContain(said);
  });

  test("a key that resembles nothing gets no guess", () => {
    expect(nearestKey("xylophone_quartet", ["tick_secs"])).toBeNull();
    expect(nearestKey("crashlop_max", ["crashloop_max", "tmux"])).toBe("crashloop_max");
  });
});
