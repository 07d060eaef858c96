// The embedded manager, on processes of this host.

import { managerPlace } from "./manager-place.ts";
import { serviceManagerSuite } from "./service-manager.suite.ts";

serviceManagerSuite({
  name: "embedded",
  open: () => {
    const place = managerPlace("embedded", {});
    return Promise.resolve({ ...place, close: () => Promise.resolve(place.remove()) });
  },
  withoutFiles: "it keeps no file by which others could know a job",
});
