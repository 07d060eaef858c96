// What `systemctl show` says of one unit: KEY=value lines, in no promised order, empty when a key
// means nothing for it.

export interface UnitShown {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly load: string;
  /** `active`, `activating`, `deactivating`, `inactive`, `failed`. */
  readonly active: string;
  readonly sub: string;
  readonly pid: number | null;
  readonly restarts: number | null;
  readonly exitStatus: string;
  /** `success`, `exit-code`, `signal`, `start-limit-hit`, … */
  readonly result: string;
  readonly path: string | null;
  /** `enabled`, `disabled`, `masked`, … */
  readonly file: string;
}

/** Asked for by name, so that nothing depends on what a version shows by default. */
export const SHOWN_KEYS = [
  "LoadState",
  "ActiveState",
  "SubState",
  "MainPID",
  "NRestarts",
  "ExecMainStatus",
  "Result",
  "FragmentPath",
  "UnitFileState",
] as const;

/** Null when it says nothing of a unit's load state: whatever that was, it was not an answer. */
export function parseShow(text: string): UnitShown | null {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const cut = line.indexOf("=");
    if (cut > 0) values.set(line.slice(0, cut), line.slice(cut + 1));
  }
  const value = (key: (typeof SHOWN_KEYS)[number]): string => values.get(key) ?? "";
  if (value("LoadState") === "" || value("ActiveState") === "") return null;
  const pid = number(value("MainPID"));
  return {
    load: value("LoadState"),
    active: value("ActiveState"),
    sub: value("SubState"),
    pid: pid === 0 ? null : pid,
    restarts: number(value("NRestarts")),
    exitStatus: value("ExecMainStatus"),
    result: value("Result"),
    path: value("FragmentPath") === "" ? null : value("FragmentPath"),
    file: value("UnitFileState"),
  };
}

const number = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);
