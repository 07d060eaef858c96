// What the fake prints: the shape of real `launchctl print` output as it appears in public
// reports, with lines two tabs deep that look like the ones that count (rules.ts, deeperLines).

import type { Status } from "./state.ts";

export function printJob(status: Status): string {
  const lines = [
    `${status.domain}/${status.label} = {`,
    `\tactive count = ${status.pid === null ? 0 : 1}`,
    `\tpath = ${status.path}`,
    "\ttype = LaunchAgent",
    `\tstate = ${status.state}`,
    "",
    `\tprogram = ${status.program}`,
    "\targuments = {",
    `\t\t${status.program}`,
    "\t}",
    "",
    "\tinherited environment = {",
    "\t\tSSH_AUTH_SOCK => /private/tmp/com.apple.launchd.xyz/Listeners",
    "\t\tpid = 1",
    "\t}",
    "",
    "\tdomain = gui/501 [100005]",
    "\tminimum runtime = 10",
    "\texit timeout = 5",
    `\truns = ${status.runs}`,
    ...(status.pid === null ? [] : [`\tpid = ${status.pid}`]),
    "\timmediate reason = inefficient",
    "\tforks = 0",
    "\texecs = 1",
    "\tinitialized = 1",
    "",
    ...(status.lastSignal === null
      ? [`\tlast exit code = ${status.lastExitCode}`]
      : [`\tlast terminating signal = ${status.lastSignal}`]),
    "",
    "\tspawn type = interactive (4)",
    "\tresource coalition = {",
    "\t\tID = 716",
    "\t\tstate = active",
    "\t\tactive count = 1",
    "\t\tname = " + status.label,
    "\t}",
    "",
    "\tproperties = keepalive | runatload | inferred program | managed LWCR | has LWCR",
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

export const printDomain = (domain: string): string =>
  `${domain} = {\n\ttype = login\n\thandle = 100005\n\tactive count = 300\n}\n`;

export const printDisabled = (store: Readonly<Record<string, boolean>>): string => {
  const rows = Object.entries(store).map(
    ([label, value]) => `\t\t"${label}" => ${value ? "disabled" : "enabled"}`,
  );
  return `\tdisabled services = {\n${rows.join("\n")}\n\t}\n`;
};
