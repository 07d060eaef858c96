// `state/iapeer/oom-kills`: how many processes the kernel had killed for memory a moment ago, for
// the witnesses of all lives: what was killed since a launch weeks ago explains no death. It is
// short, since sh reads a byte a call; whatever follows the two numbers is passed over.

/** How old the file may be and still say what was a moment ago: two looks of the daemon. */
export const OOM_BASE_FRESH_SECS = 120;

export interface OomBase {
  /** When the daemon last vouched for it, whole seconds. */
  readonly wallSecs: number;
  readonly kills: number;
}

export const renderOomBase = ({ wallSecs, kills }: OomBase): string => `${wallSecs} ${kills}\n`;
