// What the process says of its user where the environment does not: a session, an agent's settings
// and an installation are all in one home, the account's, and never in the folder one stands in.

import { expect, test } from "bun:test";
import { userInfo } from "node:os";
import { homeOf } from "../../src/core/home.ts";
import { readHostFacts } from "../../src/effects/host-facts.ts";

test.each([{}, { HOME: "" }, { HOME: "relative" }])("the home of %j is the account's", (env) => {
  const { homedir } = userInfo();
  expect(homeOf(env, () => homedir)).toBe(homedir);
  const facts = readHostFacts(env, "0");
  // One that is not set is not made up: whoever asks the account finds the same.
  expect(facts).toMatchObject({ home: homedir, env: "HOME" in env ? { HOME: homedir } : {} });
});

test("one that is named counts, whoever's it is", () => {
  const env = { HOME: "/home/other" };
  expect(homeOf(env, () => "/home/own")).toBe("/home/other");
  expect(readHostFacts(env, "0")).toMatchObject({ home: "/home/other", env });
});

test("a user without an account, as in a container, is no reason to fail", () => {
  const unknown = () => {
    throw new Error("ENOENT: no such file or directory, uv_os_homedir");
  };
  expect(homeOf({}, unknown)).toBe("/");
});
