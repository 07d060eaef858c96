// The composed system prompt: layers in their order, empty ones gone, values on their own line.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { wallMs } from "../../src/core/brand.ts";
import type { Identity, Personality, RuntimeName } from "../../src/core/names.ts";
import {
  composeDoctrine,
  type DoctrineIdentity,
  type DoctrineLayers,
  type DoctrinePeer,
} from "../../src/formats/doctrine.ts";
import { golden } from "./golden.ts";
import { hostileText, RUNS } from "./hostile.ts";

const IDENTITY: DoctrineIdentity = {
  personality: "alpha" as Personality,
  identity: "claude-alpha" as Identity,
  description: "Keeps the\nharbour",
  cwd: "/home/x/a folder",
  host: "quay",
  wall: wallMs(1_767_225_600_007),
};

const peer = (name: string, description: string): DoctrinePeer => ({
  personality: name as Personality,
  intelligence: "natural",
  runtimes: ["telegram" as RuntimeName, "command" as RuntimeName],
  description,
});

const NOTHING: DoctrineLayers = {
  identity: null,
  shared: null,
  own: null,
  peers: [],
  documents: [],
  fragments: [],
};

const FULL: DoctrineLayers = {
  identity: IDENTITY,
  shared: "\uFEFF# Shared\r\n\r\nFor all.\r\n\r\n",
  own: "\n\n  # Own\n\nFor one.",
  peers: [peer("zoe", "Reads\nmail"), peer("bob", "")],
  documents: [
    { name: "b.md", text: "Document b" },
    { name: "a.md", text: "Document a of the root" },
    { name: "a.md", text: "Document a of the peer" },
    { name: "c.md", text: " \n" },
  ],
  fragments: [
    { name: "2.md", text: "Fragment 2" },
    { name: "10.md", text: "Fragment 10\0" },
  ],
};

describe("doctrine", () => {
  test("of every layer is as checked in", () => {
    expect(composeDoctrine(FULL)).toBe(golden("doctrine.md"));
  });

  test("of nothing is null, and of empty layers too", () => {
    expect(composeDoctrine(NOTHING)).toBeNull();
    const blank = { name: "a.md", text: "\n \n" };
    const empty = { ...NOTHING, shared: "", own: "\r\n", documents: [blank], fragments: [blank] };
    expect(composeDoctrine(empty)).toBeNull();
  });

  test.each(["identity", "shared", "own", "peers", "documents", "fragments"] as const)(
    "of %s alone holds only that",
    (layer) => {
      const alone = composeDoctrine({ ...NOTHING, [layer]: FULL[layer] });
      expect(alone).not.toBeNull();
      expect(alone).toBe(alone?.trimEnd().concat("\n") ?? null);
      expect(golden("doctrine.md")).toContain(alone?.trim() ?? "missing");
    },
  );

  test("has every value on one line, so that none can pass for another", () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (description, cwd, host) => {
        const text = composeDoctrine({
          ...NOTHING,
          identity: { ...IDENTITY, description, cwd, host },
          peers: [peer("bob", description)],
        });
        const lines = (text ?? "").split("\n");
        const known = /^(?:- (?:Name|Address|Description|Folder|Host|Date|bob).*|# .*|)$/u;
        for (const line of lines) expect(line).toMatch(known);
        expect(lines.filter((line) => line.startsWith("- Name: "))).toHaveLength(1);
        expect(lines.length).toBeLessThanOrEqual(13);
      }),
      RUNS,
    );
  });
});
