// The demonstration keeps away from the root of whoever runs it.

import { expect, test } from "bun:test";
import { Scratch } from "./fake-app.ts";

test("the person's own root is neither opened nor made", async () => {
  const scratch = new Scratch();
  const TMPDIR = `${scratch.root}/tmp`;
  // Its daemon cannot be started here, which ends it before anything lives.
  const { code, err } = await scratch.type(["demo"], { env: { TMPDIR } });
  scratch.remove();
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("its daemon") });
  expect(scratch.roots.length).toBeGreaterThan(0);
  expect(scratch.roots.filter((root) => !root.startsWith(`${TMPDIR}/iapeer-demo`))).toEqual([]);
});
