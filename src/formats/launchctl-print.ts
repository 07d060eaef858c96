// What `launchctl print` says of one job. It is no API: only lines one tab deep are read, the
// first of each key, and whatever is missing, new or in another language is passed over. Deeper
// lines show other states and the job's environment, and would give false answers.

export interface Printed {
  /** `running`, `not running`, `spawn scheduled`, `xpcproxy`, `SIGTERMed`, … */
  readonly state: string | null;
  readonly pid: number | null;
  /** A number, `78: EX_CONFIG`, or `(never exited)`. */
  readonly lastExitCode: string | null;
  /** `Killed: 9`; stands in for the exit code after a death by signal. */
  readonly lastSignal: string | null;
  readonly runs: number | null;
  readonly path: string | null;
}

export function parsePrint(text: string): Printed {
  return {
    state: valueOf(text, "state"),
    pid: numberOf(text, "pid"),
    lastExitCode: valueOf(text, "last exit code"),
    lastSignal: valueOf(text, "last terminating signal"),
    runs: numberOf(text, "runs"),
    path: valueOf(text, "path"),
  };
}

function valueOf(text: string, key: string): string | null {
  const head = `\t${key} = `;
  const found = text.split("\n").find((line) => line.startsWith(head));
  const value = found?.slice(head.length).trimEnd() ?? "";
  return value === "" ? null : value;
}

function numberOf(text: string, key: string): number | null {
  const value = valueOf(text, key);
  if (value === null || !/^\d{1,15}$/.test(value)) return null;
  const number = Number(value);
  return key === "pid" && number < 1 ? null : number;
}

/**
 * Whether `launchctl print-disabled` lists a label as disabled: `"label" => disabled`, or `true`
 * on older systems. Null: it does not say.
 */
export function disabledIn(text: string, label: string): boolean | null {
  for (const line of text.split("\n")) {
    const [, name, word] = /^\s*"?([^"\s]+)"?\s*=>\s*(\w+)\s*$/.exec(line) ?? [];
    if (name !== label) continue;
    if (word === "disabled" || word === "true") return true;
    if (word === "enabled" || word === "false") return false;
  }
  return null;
}
