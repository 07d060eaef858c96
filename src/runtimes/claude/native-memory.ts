// claude's own memory, off and on by `autoMemoryEnabled` in the folder's settings
// (memory-provider contract, "Native memory").

import type { NativeMemory, SettingEdit } from "../../ports/runtime.ts";
import { setSwitch, valueAt } from "./json-edit.ts";

const KEY = "autoMemoryEnabled";

export const claudeMemory: NativeMemory = {
  path: (cwd) => `${cwd}/.claude/settings.json`,
  read: (text) => {
    const value = text.trim() === "" ? undefined : valueAt(text, [KEY]);
    if (value === undefined) return "unset";
    return value === true ? "on" : value === false ? "off" : null;
  },
  write: (text, value): SettingEdit => {
    const isOn = value === "on";
    if (text.trim() === "") return `{\n  "${KEY}": ${isOn}\n}\n`;
    return setSwitch(text, [KEY], isOn) ?? { leave: "its settings are not JSON with an object" };
  },
};
