// Progress of work that has many steps: a bar on a terminal, one line a step elsewhere (CLI
// contract).

import type { VerbContext } from "./context.ts";
import { clip, visible } from "./render/text.ts";

export interface Steps {
  /** One more is done; `said` is what came of it. */
  step(said: string): void;
  /** Takes the bar away. */
  end(): void;
}

const BAR_COLUMNS = 20;

export function showSteps({ output, terminal }: VerbContext, total: number): Steps {
  let done = 0;
  const draw = (said: string): void => {
    const filled = total === 0 ? 0 : Math.floor((done / total) * BAR_COLUMNS);
    const bar = `${"█".repeat(filled)}${"░".repeat(BAR_COLUMNS - filled)}`;
    const line = clip(`${bar} ${done}/${total} ${visible(said)}`, terminal.columns - 1);
    terminal.err(`\r${line}\u001b[K`);
  };
  return {
    step: (said) => {
      done += 1;
      if (output.isQuiet) return;
      if (terminal.isErrTty) draw(said);
      else output.note(`${done}/${total} ${visible(said)}`);
    },
    end: () => {
      if (terminal.isErrTty && !output.isQuiet && done > 0) terminal.err("\r\u001b[K");
    },
  };
}
