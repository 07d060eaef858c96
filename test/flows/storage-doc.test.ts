// Identity documents (storage contract): atomic changes, and a stop flag that survives even a
// document that does not parse.

import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { emptyIdentityDoc } from "../../src/core/identity-doc.ts";
import type { GenerationId, Identity } from "../../src/core/names.ts";
import { changeDoc, peekDoc, readDoc } from "../../src/flows/storage/identity-doc.ts";
import { preparedPlace } from "./root-host.ts";

const ID = "claude-a" as Identity;
const OLD = "20260131T235959007Z-ab12" as GenerationId;
const NEW = "20260201T000000000Z-0001" as GenerationId;

test("a missing document is an empty one", () => {
  using at = preparedPlace();
  expect(readDoc(at.host, ID)).toEqual({ state: "missing", doc: emptyIdentityDoc(ID) });
});

test("a change is read back, and one that changes nothing writes nothing", () => {
  using at = preparedPlace();
  changeDoc(at.host, ID, (doc) => ({ ...doc, stopped: true, topics: ["a b", "ü\n"] }));
  const path = at.host.layout.identityDoc(ID);
  const before = statSync(path);
  const again = changeDoc(at.host, ID, (doc) => ({ ...doc, stopped: true }));
  expect(again.state === "ok" && again.doc.topics).toEqual(["a b", "ü\n"]);
  expect(statSync(path).ino).toBe(before.ino);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("only a change of the stop flag waits for the disk", () => {
  using at = preparedPlace();
  const durable: (boolean | undefined)[] = [];
  const { files } = at.host;
  const host = {
    ...at.host,
    files: {
      ...files,
      writeAtomic: (path: string, text: string, options?: { durable?: boolean }) => {
        durable.push(options?.durable);
        return files.writeAtomic(path, text, options);
      },
    },
  };
  changeDoc(host, ID, (doc) => ({ ...doc, stopped: true }));
  changeDoc(host, ID, (doc) => ({ ...doc, parked: true }));
  changeDoc(host, ID, (doc) => ({ ...doc, stopped: false }));
  expect(durable).toEqual([true, false, true]);
});

test.each(["", "{}", "null", '{"version": 1, "identity": "claude-b"}', "\0", "[1"])(
  "a document that does not parse (%j) is replaced by a stopped one, and kept",
  (text) => {
    using at = preparedPlace();
    const path = at.host.layout.identityDoc(ID);
    writeFileSync(path, text);
    expect(peekDoc(at.host, ID)).toMatchObject({ state: "corrupt", doc: { stopped: true } });
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(readDoc(at.host, ID)).toMatchObject({ state: "corrupt", doc: { stopped: true } });
    expect(readDoc(at.host, ID)).toMatchObject({ state: "ok", doc: { stopped: true } });
    const kept = readdirSync(dirname(path)).filter((name) => name.includes(".corrupt-"));
    expect(kept).toHaveLength(1);
    expect(at.host.logged).toMatchObject([{ ev: "file-corrupt", fields: { held: "stopped" } }]);
  },
);

test("the stand-in names the newest generation, settled only by an end record", () => {
  using at = preparedPlace();
  for (const generation of [OLD, NEW]) {
    mkdirSync(at.host.layout.generation(ID, generation).dir, { recursive: true });
  }
  mkdirSync(`${at.host.layout.sessionDir(ID)}/zzz`);
  writeFileSync(at.host.layout.identityDoc(ID), "?");
  expect(peekDoc(at.host, ID)).toMatchObject({ doc: { generation: NEW, settled: null } });
  writeFileSync(at.host.layout.generation(ID, NEW).end, "{}");
  expect(readDoc(at.host, ID)).toMatchObject({ doc: { generation: NEW, settled: NEW } });
});

test("a document that cannot be read is neither changed nor taken for empty", () => {
  using at = preparedPlace();
  mkdirSync(at.host.layout.identityDoc(ID));
  expect(readDoc(at.host, ID).state).toBe("failed");
  expect(changeDoc(at.host, ID, (doc) => ({ ...doc, stopped: true })).state).toBe("failed");
});
