// Installs, or uninstalls, in a place that a test has made, and kills itself at one point of it.
// Arguments: folder, version, point, verb.

import { installProgram, rollBack } from "../../../src/flows/install/install.ts";
import { uninstall } from "../../../src/flows/install/uninstall.ts";
import { InstallPlace } from "../../flows/install-place.ts";
import { must } from "../../flows/root-host.ts";
import { Killer } from "../killer.ts";

const [dir = "", version = "", at = "", verb = ""] = process.argv.slice(2);
const place = new InstallPlace(dir);
place.version = Number(version);
const killer = new Killer(Number(at));
const context = place.contextBy({
  step: (change) => killer.begin(change),
  half: (path) => killer.half(path),
});
if (verb === "install") must(await installProgram(context, {}));
else if (verb === "rollback") must(await rollBack(context));
else must(await uninstall(context, { deleteData: false }));
