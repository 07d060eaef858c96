// The memory slot in words; provider show and status share them. Pure.

import type { SlotReading } from "../../core/provider.ts";
import { renderDuration } from "../../formats/duration.ts";
import type { Heartbeat } from "../../flows/provision/slot.ts";

/** The slot in one line; status shows it too. */
export function slotText(slot: SlotReading): string {
  switch (slot.state) {
    case "empty":
      return "no memory provider";
    case "ignored":
      return `no memory provider: its file is ignored: ${slot.reason}`;
    case "occupied":
      return `${slot.declaration.provider} ${slot.declaration.version}`;
  }
}

export function heartbeatText(heartbeat: Heartbeat): string {
  switch (heartbeat.state) {
    case "none":
      return "none declared";
    case "missing":
      return `missing: there is no ${heartbeat.path}`;
    case "unreadable":
      return `cannot be read: ${heartbeat.detail}`;
    case "beating":
      return `${renderDuration(heartbeat.ageMs)} ago`;
  }
}
