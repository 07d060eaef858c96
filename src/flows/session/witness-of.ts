// Whose word it is how a life ended, in what this process does (lifecycle §5).

import type { EndWitness } from "../../core/states.ts";
import type { Host } from "../../ports/host.ts";

export const witnessOf = ({ by }: Host): EndWitness => by ?? "daemon";
