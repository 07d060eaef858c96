// Ids from the system's own randomness.

import { createIds } from "../../src/effects/ids.ts";
import { idsSuite } from "./ids.suite.ts";

idsSuite("system", createIds);
