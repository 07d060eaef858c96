// Verbs about the program itself, as data (CLI contract; service-manager contract).

import type { OptionSpec, VerbSpec } from "../spec.ts";

const FROM: OptionSpec = {
  name: "from",
  takes: "text",
  value: "DIR",
  summary: "its source folder (default: where this program's source is)",
  completes: "folders",
};

const INSTALLATION = "an iapeer.installation.v1 document";

export const INSTALL_VERBS: readonly VerbSpec[] = [
  {
    name: "install",
    group: "host",
    summary: "put this program at a stable path of yours",
    details:
      "Under ~/.local/share/iapeer, with the launcher ~/.local/bin/iapeer. A daemon that is held " +
      "is restarted onto it, and proved healthy twice in a row. Safe to repeat: a daemon that " +
      "runs it already is left alone.",
    effect: "changes",
    root: "made",
    positionals: [],
    options: [FROM],
    json: INSTALLATION,
    examples: [{ line: "iapeer install", does: "from a checkout: build it and put it in place" }],
    exits: { 0: "it is in place", 1: "it is not, or its daemon is not healthy" },
    load: () => import("../verbs/install.ts"),
  },
  {
    name: "update",
    group: "host",
    summary: "replace the installed program by a newer one",
    details:
      "Builds from the folder that it was installed from, and keeps the version before. Sessions " +
      "live on; the daemon has to be healthy twice in a row, or you are told how to go back. " +
      "Where nothing is new, the daemon is left alone.",
    effect: "changes",
    root: "made",
    positionals: [],
    options: [FROM],
    json: INSTALLATION,
    examples: [
      { line: "git -C ~/src/iapeer pull && iapeer update", does: "after a pull" },
      { line: "iapeer update --from ~/src/iapeer", does: "from another folder" },
    ],
    exits: { 0: "the newer version is in use", 1: "it is not, or its daemon is not healthy" },
    load: () => import("../verbs/update.ts"),
  },
  {
    name: "rollback",
    group: "host",
    summary: "put the version before back in use",
    details:
      "Once more goes forward again: the two versions change places. The daemon is restarted " +
      "onto it, also one that an update has ended and that did not come up since.",
    effect: "changes",
    root: "made",
    positionals: [],
    options: [],
    json: INSTALLATION,
    examples: [{ line: "iapeer rollback", does: "after an update that was no good" }],
    exits: { 0: "the version before is in use", 1: "there is none, or it is not healthy" },
    load: () => import("../verbs/rollback.ts"),
  },
  {
    name: "uninstall",
    group: "host",
    summary: "take away exactly what install made",
    details:
      "Also takes the daemon and held peers out of the service manager, and puts a link back " +
      "that install took the place of. Peers' folders and data stay, unless --delete-data says " +
      "otherwise: that is refused while one of them may be alive, as --preview says, and the " +
      "memory provider is told of each peer.",
    effect: "destroys",
    root: "as-it-is",
    positionals: [],
    options: [
      {
        name: "delete-data",
        summary:
          "also the root's registry, config.json, IAPEER.md, state, logs, and its peers in peers/",
      },
    ],
    json: "an iapeer.uninstall.v1 document",
    examples: [{ line: "iapeer uninstall --preview", does: "see every path that would go" }],
    exits: { 0: "gone", 1: "something is left; it is named" },
    load: () => import("../verbs/uninstall.ts"),
  },
];
