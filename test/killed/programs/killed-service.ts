// Has the daemon held, or taken out again, in a place that a test has made, and kills itself at one
// point of it. Arguments: the place, point, verb.

import { isUp } from "../../../src/flows/service/answers.ts";
import { installDaemon, uninstallDaemon } from "../../../src/flows/service/daemon-service.ts";
import { must } from "../../flows/root-host.ts";
import { Killer } from "../killer.ts";
import { ServicePlace, type PlaceSpec } from "../service-place.ts";

const [words = "", at = "", verb = ""] = process.argv.slice(2);
const spec = JSON.parse(words) as PlaceSpec;
const context = new ServicePlace(spec).context(new Killer(Number(at)));
const answer =
  verb === "install"
    ? must(await installDaemon(context, { manager: spec.manager, trace: [] })).answer
    : await uninstallDaemon(context);
const isDone = verb === "install" ? isUp(answer) : answer.state === "not-loaded";
if (!isDone) throw new Error(JSON.stringify(answer));
