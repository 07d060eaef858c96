// The few numbers that a sample is boiled down to.

import type { Numbers } from "./figure.ts";

/** Nearest rank; NaN for an empty sample. */
export function percentile(sample: readonly number[], percent: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

export const median = (sample: readonly number[]): number => percentile(sample, 50);

/** `<name>_p50`, `<name>_p99` and `<name>_max` of a sample. */
export function spread(name: string, sample: readonly number[]): Numbers {
  return {
    [`${name}_p50`]: median(sample),
    [`${name}_p99`]: percentile(sample, 99),
    [`${name}_max`]: Math.max(...sample),
  };
}

/** Least squares: how much y grows for each x. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const above = sum(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  const below = sum(points.map(([x]) => (x - meanX) ** 2));
  return below === 0 ? 0 : above / below;
}

export const sum = (sample: readonly number[]): number =>
  sample.reduce((all, value) => all + value, 0);

export const mean = (sample: readonly number[]): number => sum(sample) / sample.length;

/** Three significant digits, since no figure here is better than that; whole from 1,000 on. */
export function rounded(numbers: Numbers): Numbers {
  const round = (value: number) =>
    Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, round(value)]));
}
