// A rename that was cut off is finished (storage contract) without taking what is another's, and
// without losing what could not be moved.

import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import type { GenerationId, Identity } from "../../src/core/names.ts";
import { createPeer } from "../../src/flows/peers/create.ts";
import { finishRenames } from "../../src/flows/peers/cut-rename.ts";
import { socketFor } from "../../src/flows/session/socket-for.ts";
import { listGenerations } from "../../src/flows/session/records.ts";
import { changeDoc, peekDoc } from "../../src/flows/storage/identity-doc.ts";
import type { Host } from "../../src/ports/host.ts";
import { must, preparedPlace } from "./root-host.ts";

const FROM = "command-a" as Identity;
const TO = "command-b" as Identity;
const [FIRST, SECOND] = ["20260131T235959007Z-ab12", "20260201T000000000Z-cd34"] as [
  GenerationId,
  GenerationId,
];

/** Lives of the old name and of the new one, whose document speaks of the latest of the old. */
async function place(names: readonly string[], lives: Readonly<Record<Identity, GenerationId[]>>) {
  const at = preparedPlace();
  const { host } = at;
  const command = { argv: ["/bin/cat"] };
  for (const name of names) must(await createPeer(host, { name, runtime: "command", command }));
  for (const [identity, generations] of Object.entries(lives)) {
    for (const generation of generations) {
      mkdirSync(host.layout.generation(identity as Identity, generation).dir, { recursive: true });
    }
  }
  for (const identity of [FROM, TO]) {
    changeDoc(host, identity, (doc) => ({ ...doc, stopped: true, generation: SECOND }));
  }
  return at;
}

const livesOf = (host: Host) => [FROM, TO].map((identity) => listGenerations(host, identity));

test("its lives follow, also to where others are already", async () => {
  using at = await place(["b"], { [FROM]: [SECOND], [TO]: [FIRST] });
  expect(finishRenames(at.host)).toEqual([{ from: FROM, to: TO }]);
  expect(livesOf(at.host)).toEqual([[], [FIRST, SECOND]]);
  expect(peekDoc(at.host, FROM).state).toBe("missing");
});

test("of two peers that are there, neither has the other's", async () => {
  using at = await place(["a", "b"], { [FROM]: [FIRST, SECOND] });
  expect(finishRenames(at.host)).toEqual([]);
  expect(livesOf(at.host)).toEqual([[FIRST, SECOND], []]);
});

test("a name that nobody has keeps lives of its own", async () => {
  using at = await place(["a"], { [FROM]: [SECOND], [TO]: [FIRST] });
  finishRenames(at.host);
  expect(livesOf(at.host)).toEqual([[SECOND], [FIRST]]);
});

test("what cannot be moved stays, is told, and follows the next time", async () => {
  using at = await place(["b"], { [FROM]: [FIRST, SECOND] });
  const stuck = { state: "failed", code: "EBUSY", detail: "resource busy" } as const;
  const files = { ...at.host.files, rename: () => stuck };
  finishRenames({ ...at.host, files });
  expect(livesOf(at.host)).toEqual([[FIRST, SECOND], []]);
  expect(peekDoc(at.host, FROM).state).toBe("ok");
  expect(at.host.logged.map(({ ev }) => ev)).toContain("rename-unfinished");
  finishRenames(at.host);
  expect(livesOf(at.host)).toEqual([[], [FIRST, SECOND]]);
});

test.each(["answers", "unknown", "refused"] as const)(
  "of a name that is given up, a socket that %s",
  async (probed) => {
    using at = await place(["a"], { [FROM]: [SECOND] });
    const socket = must(socketFor(at.host, TO));
    writeFileSync(socket, "");
    at.host.probes.set(socket, probed);
    finishRenames(at.host);
    expect(peekDoc(at.host, TO).state).toBe("missing");
    expect(existsSync(socket)).toBe(probed !== "refused");
  },
);
