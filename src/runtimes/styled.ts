// A screen with its styles, as tmux writes them. What a program only suggests is dim, and so is
// what follows the inverse cell of a cursor that stands on its first letter.

const ESCAPE = "\u001b";
const STYLE = new RegExp(`${ESCAPE}\\[([0-9;:]*)m`);
/** Links, and the switch to line drawing. */
const LINK = `${ESCAPE}\\][^\\u0007${ESCAPE}]*(?:\\u0007|${ESCAPE}\\\\)`;
const OTHER = new RegExp(`${LINK}|[\\u000e\\u000f]`, "g");
const COLOURS = new Set(["38", "48", "58"]);

/** The screen as text, with blanks for what is only suggested. */
export function solidText(styled: string): string {
  const runs = runsOf(styled);
  const isHint = (at: number): boolean => {
    const run = runs[at];
    if (run?.isInverse !== true) return run?.isDim === true;
    // The cursor on what was typed has no suggestion behind it.
    return runs[at + 1]?.isDim === true;
  };
  return runs
    .map(({ text }, at) => (isHint(at) ? text.replaceAll(/[^\n]/gu, " ") : text))
    .join("");
}

/** The screen as text, whatever its style. */
export const plainText = (styled: string): string =>
  runsOf(styled)
    .map(({ text }) => text)
    .join("");

interface Run extends Style {
  readonly text: string;
}

function runsOf(styled: string): readonly Run[] {
  const [first = "", ...rest] = styled.replace(OTHER, "").split(STYLE);
  let style: Style = { isDim: false, isInverse: false };
  const runs: Run[] = [{ text: first, ...style }];
  // Parameters and the text behind them take turns.
  for (let at = 0; at < rest.length; at += 2) {
    style = styleAfter(style, rest[at] ?? "");
    runs.push({ text: rest[at + 1] ?? "", ...style });
  }
  return runs.filter(({ text }) => text !== "");
}

interface Style {
  readonly isDim: boolean;
  readonly isInverse: boolean;
}

function styleAfter(before: Style, parameters: string): Style {
  let { isDim, isInverse } = before;
  const codes = parameters.split(";");
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? "";
    if (COLOURS.has(code)) at += codes[at + 1] === "2" ? 4 : 2;
    else if (code === "" || code === "0") isDim = isInverse = false;
    else if (code === "2") isDim = true;
    else if (code === "22") isDim = false;
    else if (code === "7") isInverse = true;
    else if (code === "27") isInverse = false;
  }
  return { isDim, isInverse };
}
