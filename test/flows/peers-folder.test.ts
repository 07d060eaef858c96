// Which folders cannot be a peer's: those in which iapeer keeps its own state (storage contract).

import { expect, test } from "bun:test";
import { createPeer, type CreateSpec } from "../../src/flows/peers/create.ts";
import { codeOf, must, preparedPlace } from "./root-host.ts";

const CAT: CreateSpec = { name: "echo", runtime: "command", command: { argv: ["/bin/cat"] } };

test("what iapeer keeps is nobody's folder, but for those of its peers", async () => {
  using at = preparedPlace();
  const { root, peersDir, panesDir } = at.host.layout;
  for (const cwd of [root, peersDir, `${root}/state`, panesDir, `${root}/state/mine`]) {
    expect([cwd, codeOf(await createPeer(at.host, { ...CAT, cwd }))]).toEqual([
      cwd,
      "peer-folder-refused",
    ]);
  }
  must(await createPeer(at.host, { ...CAT, cwd: `${peersDir}/mine` }));
});
