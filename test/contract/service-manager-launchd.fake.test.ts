// launchd, over the fake launchctl (test/fakes/launchctl), which runs real processes.

import { FakeLaunchd } from "../fakes/launchctl/fake-launchd.ts";
import { managerPlace } from "./manager-place.ts";
import { serviceManagerSuite } from "./service-manager.suite.ts";

serviceManagerSuite({
  name: "launchd",
  open: () => {
    const fake = new FakeLaunchd();
    const place = managerPlace("launchd", { launchctl: fake.program, uid: 501 });
    const close = async () => {
      await fake.close();
      place.remove();
    };
    return Promise.resolve({ ...place, close });
  },
});
