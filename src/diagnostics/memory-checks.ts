// Checks of the memory slot (memory-provider contract, "The slot"), as data: `status` and
// `doctor` run them. An empty slot is no trouble; a file that does not do what it is there for is.

import type { IgnoredPart, SlotReading } from "../core/provider.ts";
import { routeOf, unusedParts } from "../rules/provision.ts";
import type { Check, Found } from "./finding.ts";

const about = (summary: string): Found => ({
  subject: "memory slot",
  summary,
  hint: "iapeer provider show",
});

const partText = ({ part, reason }: IgnoredPart): string => `${part} is ignored: ${reason}`;

/** Blocks that could be used, and that the precedence leaves aside: told, and no trouble. */
export const unusedTexts = (slot: SlotReading): readonly string[] =>
  slot.state === "occupied" ? unusedParts(slot.declaration).map(partText) : [];

export const MEMORY_CHECKS: readonly Check<SlotReading>[] = [
  {
    code: "memory-slot-ignored",
    severity: "warn",
    meaning: "there is a memory provider's file, and it cannot be used",
    find: (slot) =>
      slot.state === "ignored" ? [about(`its file is ignored: ${slot.reason}`)] : [],
  },
  {
    code: "memory-part-ignored",
    severity: "warn",
    meaning: "a part of the memory provider's declaration counts as absent",
    find: (slot) =>
      slot.state === "occupied" ? slot.ignored.map((part) => about(partText(part))) : [],
  },
  {
    code: "memory-plugin",
    severity: "warn",
    meaning: "the memory provider declares only the deprecated plugin block",
    find: (slot) =>
      slot.state === "occupied" && routeOf(slot.declaration, "provision").by === "plugin"
        ? [about(`${slot.declaration.provider} declares a plugin (v1.1), which is deprecated`)]
        : [],
  },
];
