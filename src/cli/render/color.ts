// Colour, only where the terminal asked for it (CLI contract). Pure.

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Hue = keyof typeof CODES;

export type Paint = (hue: Hue, text: string) => string;

/** A painter that leaves text alone when colour is off. */
export const painter =
  (on: boolean): Paint =>
  (hue, text) => {
    const [open, close] = CODES[hue];
    return on ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  };
