// What is said of a tmux server that did not do what it was asked for.

import { expect, test } from "bun:test";
import { whyUnanswered } from "../../src/flows/session/unanswered.ts";

test.each([
  [{ state: "no-server" }, "its tmux server is gone"],
  [{ state: "unknown", detail: "can't find pane: %0" }, "can't find pane: %0"],
] as const)("%j", (asked, words) => expect(whyUnanswered(asked)).toBe(words));
