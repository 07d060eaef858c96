// Ids from a seed keep the contract of random ones.

import { FakeIds } from "../fakes/ids.ts";
import { Random } from "../fakes/random.ts";
import { idsSuite } from "./ids.suite.ts";

idsSuite("fake", () => new FakeIds(new Random(1)));
