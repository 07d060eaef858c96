// Says whether its pids are the host's own.

import { createProcesses } from "../../../src/effects/processes.ts";

console.log(createProcesses().hasHostPids());
