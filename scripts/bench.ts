// Benchmarks (docs/performance.md): each figure beside a baseline measured in the same run. It
// tells, and judges nothing: figures depend on the machine and on what else it does.

import { parseArgs } from "node:util";

import type { Bench, Figure, Size } from "./bench/figure.ts";
import { FIGURES } from "./bench/figures.ts";
import { requireProc } from "./bench/kernel.ts";
import { machine } from "./bench/machine.ts";
import { Place } from "./bench/place.ts";
import { renderReport, type Report } from "./bench/report.ts";
import { rounded } from "./bench/statistics.ts";

const USAGE = `bun run bench [--only NAME[,NAME]] [--json] [--quick]
  --only    these figures: ${FIGURES.map(({ name }) => name).join(", ")}
  --json    one document a line
  --quick   fewer peers and runs
  --smoke   as few as can be: shows that it runs, the numbers mean nothing
`;

const places = new Set<Place>();

async function main(words: readonly string[]): Promise<number> {
  const options = {
    only: { type: "string" },
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  const { values } = parseArgs({ args: [...words], options });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const names = values.only?.split(",") ?? FIGURES.map(({ name }) => name);
  const unknown = names.find((name) => !FIGURES.some((figure) => figure.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`there is no figure "${unknown}"\n${USAGE}`);
    return 2;
  }
  requireProc();
  const size = values.smoke ? "smoke" : values.quick ? "quick" : "full";
  try {
    for (const figure of FIGURES.filter(({ name }) => names.includes(name))) {
      const report = await measure(figure, size);
      const text = values.json ? `${JSON.stringify(report)}\n` : renderReport(figure, report);
      process.stdout.write(text);
    }
  } finally {
    await closeAll();
    removeAll();
  }
  return 0;
}

async function measure(figure: Figure, size: Size): Promise<Report> {
  const before = machine();
  const bench: Bench = {
    pick: (by) => by[size],
    place: () => {
      const place = new Place();
      places.add(place);
      return place;
    },
    note: (text) => void process.stderr.write(`${figure.name}: ${text}\n`),
  };
  try {
    const { runs, figures, baseline, ratio } = await figure.measure(bench);
    return {
      name: figure.name,
      machine: before,
      runs,
      figures: rounded(figures),
      baseline: rounded(baseline),
      ratio: rounded(ratio),
    };
  } finally {
    await closeAll();
  }
}

async function closeAll(): Promise<void> {
  await Promise.all([...places].map((place) => place.close()));
}

function removeAll(): void {
  for (const place of places) place.remove();
  places.clear();
}

/** Whatever was started is ended first, on Ctrl-C too. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    process.stderr.write("ending what was started\n");
    void closeAll()
      .then(removeAll)
      .finally(() => process.exit(130));
  });
}

process.exit(await main(process.argv.slice(2)));
