// `iapeer remove`: purges what is kept under a peer's name; its folder stays (storage contract).

import { identitiesOf, type RegistryEntry } from "../../core/profile.ts";
import { peerJobId } from "../../core/service.ts";
import { type EnvLeaving, envLeavings } from "../../flows/peers/given-env.ts";
import { identityArtefacts } from "../../flows/peers/purge.ts";
import { profilesAside } from "../../flows/peers/unregister.ts";
import { jobFiles } from "../../flows/service/peer-jobs.ts";
import { calledAtRemoval } from "../../flows/provision/account.ts";
import { nativeMemoryChanged } from "../../flows/provision/native-memory.ts";
import type { App } from "../app.ts";
import { tell } from "../answer.ts";
import { ask, asker } from "../ask.ts";
import { consent } from "../consent.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { peerNamed } from "../look.ts";
import { strangersRefusal } from "../strangers-job.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const app = await context.app();
  const peer = peerNamed(app, context.args.required(0));
  const force = context.args.has("force");
  const next = `iapeer remove ${peer.personality} --force drops only its record in the registry`;
  const stranger = strangersRefusal(app.host, peer, { done: "removed", next });
  const actions = stranger === null ? actionsOf(app, peer) : force ? dropped(peer) : [];
  switch (await consent(context, actions, force ? null : stranger)) {
    case "preview":
      return 0;
    case "refused":
      return 1;
    case "given":
      break;
  }
  const { personality } = peer;
  const request = { ...asker(context), ...(force ? { force } : {}) };
  return tell(context, await ask(context, { personality, verb: "remove", request }, "do-it-here"));
}

/** Of what somebody else holds. */
const dropped = ({ personality }: RegistryEntry): readonly string[] => [
  `take ${personality} out of the registry, and move its profile aside`,
  "leave what runs, and all that is kept of it",
];

function actionsOf(app: App, peer: RegistryEntry): readonly string[] {
  const { host } = app;
  const identities = identitiesOf([peer]);
  const env = envLeavings(host, peer.cwd);
  const of = (how: EnvLeaving["how"]) => env.filter((one) => one.how === how);
  const kept = [
    ...jobFiles(host, peer.personality),
    ...identities.flatMap((identity) => identityArtefacts(host, identity)),
  ];
  const earlier = profilesAside(host, peer.cwd);
  const isFolderGone = host.files.statTarget(peer.cwd).state === "missing";
  const going = [...kept, ...earlier, ...of("gone").map(({ path }) => path)];
  const isHeld = host.manager.ownerOf(peerJobId(peer.personality)).owner === "ours";
  return [
    ...(isHeld ? [`end its job at ${host.manager.name}`] : []),
    ...identities.map((identity) => `end the session ${identity}, if it is alive`),
    `take ${peer.personality} out of the registry, and move its profile aside`,
    ...memoryActions(app, peer),
    ...going.map((path) => `delete ${path}`),
    ...of("shortened").map(({ path }) => `take out of ${path} what create --env has added`),
    ...(isFolderGone ? [] : [`keep the folder ${peer.cwd}`]),
    ...of("kept").map(({ path }) => `keep ${path}, which a peer created there would use`),
  ];
}

/** In the order of the removal: the provider, then what the folder's own settings were told. */
function memoryActions({ host }: App, peer: RegistryEntry): readonly string[] {
  const call = calledAtRemoval(host, peer);
  return [
    ...(call === null ? [] : [call]),
    ...nativeMemoryChanged(host, peer).map(
      (path) => `take back from ${path} what turned a runtime's own memory off`,
    ),
  ];
}
