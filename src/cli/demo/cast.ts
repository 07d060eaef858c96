// The peers of the demonstration: small sh programs, each showing one thing.

import type { PeerTraits } from "../../flows/peers/spec.ts";

export interface DemoPeer {
  readonly name: string;
  readonly traits: PeerTraits;
}

const sh = (script: string): readonly string[] => ["/bin/sh", "-c", script];

/** Says how it was started, then answers every line; resumed, it goes on counting. */
const ANSWERS = `
count=0
[ "$PEER_MODE" = resume ] && [ -r count ] && read -r count < count
echo "ada is ready ($PEER_MODE, $count lines so far)"
while read -r line; do
  count=$((count + 1)); echo "$count" > count
  echo "ada heard: $line"
done`;

const TICKS = `
echo "bob is ready"
while :; do sleep 1; echo "tick"; done`;

const CRASHES = `
echo "cyd starts, and will fail"
sleep 0.4
exit 3`;

export const CAST: readonly DemoPeer[] = [
  {
    name: "ada",
    traits: {
      runtime: "command",
      description: "answers when it is spoken to",
      command: { argv: sh(ANSWERS), ready: "ada is ready" },
    },
  },
  {
    name: "bob",
    traits: {
      runtime: "command",
      description: "always on",
      alwaysOn: true,
      command: { argv: sh(TICKS), ready: "bob is ready" },
    },
  },
  {
    name: "cyd",
    traits: {
      runtime: "command",
      description: "always on, and always failing",
      alwaysOn: true,
      command: { argv: sh(CRASHES) },
    },
  },
];

/** Shorter than a fleet's, so that all of it is seen in a few seconds. */
export const DEMO_ENV: Readonly<Record<string, string>> = {
  IAPEER_RESTART_FIRST_SECS: "0.5",
  IAPEER_RESTART_HEALTHY_SECS: "2",
};
