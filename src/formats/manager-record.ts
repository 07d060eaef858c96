// `state/iapeer/manager.json`: which service manager holds this root, and why it was chosen. It is
// written at install, and removed at uninstall; without it the embedded manager holds the root.

import { err, type Result } from "../core/result.ts";
import { MANAGERS, type ChoiceStep, type ManagerName } from "../core/service.ts";
import { Fields, parseJsonObject } from "./fields.ts";

export interface ManagerRecord {
  readonly manager: ManagerName;
  /** RFC 3339. */
  readonly since: string;
  readonly trace: readonly ChoiceStep[];
}

export const renderManagerRecord = (record: ManagerRecord): string =>
  `${JSON.stringify({ version: 1, ...record })}\n`;

export function parseManagerRecord(text: string): Result<ManagerRecord> {
  const object = parseJsonObject(text);
  if (!object.ok) return object;
  const manager = MANAGERS.find((name) => name === object.value["manager"]);
  if (manager === undefined) return err("it names no manager that is known here");
  const fields = new Fields(object.value);
  fields.version(1);
  return fields.done<ManagerRecord>({
    manager,
    since: fields.text("since"),
    trace: fields.list("trace", (item, key) => fields.objectAt(key, item, stepOf)),
  });
}

const stepOf = (fields: Fields): ChoiceStep => ({
  probe: fields.text("probe"),
  saw: fields.text("saw"),
  meant: fields.text("meant"),
  ...(fields.boolean("isUntold", false) ? { isUntold: true } : {}),
});
