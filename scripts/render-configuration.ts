// Writes the table in docs/configuration.md from the options themselves. With --check it only
// compares, and fails when they differ.

import { CONFIG_OPTIONS, type ConfigOption } from "../src/formats/config-options.ts";
import { renderDuration } from "../src/formats/duration.ts";

const PAGE = new URL("../docs/configuration.md", import.meta.url);
export const CONFIGURATION = Bun.fileURLToPath(PAGE);

const BEGIN = "<!-- options: rendered by scripts/render-configuration.ts -->\n";
const END = "<!-- end of options -->\n";
const HEAD = "| variable | in config.json | default | meaning |\n|---|---|---|---|\n";
const MIB = 1024 * 1024;

/** The page with its table as it should be. */
export function withOptions(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`${CONFIGURATION}: the comments around the table are gone`);
  }
  return [before, BEGIN, HEAD, ...CONFIG_OPTIONS.map(row), END, after].join("");
}

function row(option: ConfigOption): string {
  const choices = option.choices === undefined ? "" : ` (${option.choices.join(", ")})`;
  const cells = [
    `\`${option.name}\``,
    `\`${option.key}\``,
    shownDefault(option),
    `${option.meaning}${choices}`,
  ];
  return `| ${cells.join(" | ")} |\n`;
}

function shownDefault({ unit, default: value }: ConfigOption): string {
  if (unit === "duration") return renderDuration(Number(value));
  if (unit === "bytes") return `${Number(value) / MIB}MiB`;
  if (unit === "switch") return value === true ? "on" : "off";
  return String(value);
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const page = await Bun.file(CONFIGURATION).text();
  const wanted = withOptions(page);
  if (page !== wanted && !isCheck) await Bun.write(CONFIGURATION, wanted);
  if (page !== wanted && isCheck) {
    process.stderr.write("docs/configuration.md: run bun scripts/render-configuration.ts\n");
    process.exitCode = 1;
  }
}
