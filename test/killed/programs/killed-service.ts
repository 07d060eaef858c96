// Has the daemon held, restarted, or taken out again, in a place that a test has made, and kills
// itself at one point of it. Arguments: the place, point, verb.

import { isUp } from "../../../src/flows/service/answers.ts";
import {
  installDaemon,
  restartDaemon,
  uninstallDaemon,
} from "../../../src/flows/service/daemon-service.ts";
import { must } from "../../flows/root-host.ts";
import { Killer } from "../killer.ts";
import { ServicePlace, type PlaceSpec } from "../service-place.ts";

const [words = "", at = "", verb = ""] = process.argv.slice(2);
const spec = JSON.parse(words) as PlaceSpec;
const context = new ServicePlace(spec).context(new Killer(Number(at)));
const install = async () =>
  must(await installDaemon(context, { manager: spec.manager, trace: [] })).answer;
const answer =
  verb === "install"
    ? await install()
    : await (verb === "restart" ? restartDaemon : uninstallDaemon)(context);
const isDone = verb === "uninstall" ? answer.state === "not-loaded" : isUp(answer);
if (!isDone) throw new Error(JSON.stringify(answer));
