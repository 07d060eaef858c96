// A service manager that holds whom the test says (ports/service-manager.ts).

import type { Personality } from "../../src/core/names.ts";
import type { ServiceManager } from "../../src/ports/service-manager.ts";

export class FakeServiceManager implements ServiceManager {
  readonly name = "embedded";
  readonly managed = new Set<string>();

  manages(personality: Personality): boolean {
    return this.managed.has(personality);
  }
}
