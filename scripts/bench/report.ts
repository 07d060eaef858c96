// One figure's report: the document of `--json`, and the same for people.

import type { Figure, Numbers, Target } from "./figure.ts";
import type { Machine } from "./machine.ts";

export interface Report {
  readonly name: string;
  readonly machine: Machine;
  readonly runs: Numbers;
  readonly figures: Numbers;
  readonly baseline: Numbers;
  readonly ratio: Numbers;
}

export function renderReport(figure: Figure, report: Report): string {
  const { machine } = report;
  const host = `${machine.cores} cores, load ${machine.load_1m}`;
  const lines = [`${figure.name}: ${figure.what} (${host}; ${inline(report.runs)})`];
  for (const part of ["figures", "baseline", "ratio"] as const) {
    for (const [name, value] of Object.entries(report[part])) {
      const key = part === "ratio" ? `ratio.${name}` : name;
      const target = part === "baseline" ? undefined : figure.targets.find(({ of }) => of === key);
      lines.push(`  ${part.padEnd(9)}${name.padEnd(42)}${told(value)}${aim(value, target)}`);
    }
  }
  return `${lines.join("\n")}\n\n`;
}

const told = (value: number): string => value.toLocaleString("en-US").padStart(10);

const inline = (numbers: Numbers): string =>
  Object.entries(numbers)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

function aim(value: number, target: Target | undefined): string {
  if (target === undefined) return "";
  const { most = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY } = target;
  const wanted = target.most === undefined ? `>= ${least}` : `<= ${most}`;
  return `   ${value <= most && value >= least ? "reaches" : "MISSES"} ${wanted}`;
}
