// A service manager that holds whom the test says, and loads nothing (ports/service-manager.ts).

import type { Personality } from "../../src/core/names.ts";
import { err } from "../../src/core/result.ts";
import type { ServiceManager } from "../../src/ports/service-manager.ts";

const NOTHING = { state: "unknown", reason: "this fake loads nothing" } as const;

export class FakeServiceManager implements ServiceManager {
  readonly name = "embedded";
  readonly managed = new Set<string>();

  manages(personality: Personality): boolean {
    return this.managed.has(personality);
  }

  fileOf(): null {
    return null;
  }

  ownerOf() {
    return { owner: "absent" } as const;
  }

  held() {
    return [];
  }

  render() {
    return err(NOTHING.reason);
  }

  install = () => Promise.resolve(NOTHING);
  remove = () => Promise.resolve(NOTHING);
  start = () => Promise.resolve(NOTHING);
  stop = () => Promise.resolve(NOTHING);
  restart = () => Promise.resolve(NOTHING);
  query = () => Promise.resolve(NOTHING);
}
