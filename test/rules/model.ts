// What carrying a decision out does to the view: a small model of apply, enough to ask whether
// deciding and acting come to rest.

import type { Decision } from "../../src/core/decision.ts";
import type { EndRecord } from "../../src/core/generation.ts";
import type { GenerationId } from "../../src/core/names.ts";
import { unreachable } from "../../src/core/result.ts";
import type { GenerationView, IdentityView } from "../../src/core/world.ts";
import { addDeath } from "../../src/rules/crash-loop.ts";
import { nextRestart } from "../../src/rules/restart.ts";
import { CONFIG, NOW, end, exited, life, vanished } from "./build.ts";

const SUCCESSOR = "20231114T221321000Z-cccc" as GenerationId;

const withLife = (view: IdentityView, parts: Partial<GenerationView>): IdentityView =>
  view.generation === null
    ? view
    : { ...view, generation: { ...view.generation, ...parts } };

const withDoc = (view: IdentityView, parts: Partial<IdentityView["doc"]>): IdentityView => ({
  ...view,
  doc: { ...view.doc, ...parts },
});

const settled = (view: IdentityView) => ({ settled: view.generation?.id ?? null });

/** The view after the decision has been carried out without failing. */
export function afterwards(view: IdentityView, decision: Decision): IdentityView {
  switch (decision.action) {
    case "none":
      return view;
    case "settle-stopped":
      return withDoc(view, { ...settled(view), parked: true, newEager: false });
    case "settle-deliberate":
      return withDoc(view, { ...settled(view), parked: decision.parked });
    case "settle-death":
      return withDoc(view, {
        ...settled(view),
        parked: false,
        deaths: addDeath(view.doc.deaths, NOW.wall),
        restart: nextRestart(view.doc.restart, decision.healthMs, {
          now: NOW.wall,
          config: CONFIG,
        }),
      });
    case "settle-unstarted":
      return withDoc(view, {
        ...settled(view),
        parked: false,
        restart: nextRestart(view.doc.restart, 0, { now: NOW.wall, config: CONFIG }),
      });
    case "record-end":
      return withLife(view, { end: decision.death === "server-dead" ? vanished : exited });
    case "clear-server":
      return withLife(view, { server: "dead", pane: "dead" });
    case "relaunch":
      return relaunched(view, decision.runtime === view.runtime);
    case "reap":
      return withLife(view, {
        server: "dead",
        pane: "dead",
        end: end({ ev: "teardown", reason: decision.reason } as Pick<EndRecord, "ev" | "reason">),
      });
    case "arm-canary":
      return withLife(view, { canary: "alive" });
    case "rotate-pane-log":
      return withLife(view, { paneLogBytes: 0 });
    case "reopen-pane-log":
      return withLife(view, { paneLogLost: false });
    default:
      return unreachable(decision);
  }
}

/** A launch consumes the mark and the pending restart, wherever the peer now runs. */
function relaunched(view: IdentityView, isHere: boolean): IdentityView {
  const restart = { ...view.doc.restart, notBeforeWall: null };
  const consumed = withDoc(view, { newEager: false, ephemeralArmed: false, restart });
  if (!isHere) return consumed;
  return withDoc({ ...consumed, generation: life({ id: SUCCESSOR }) }, { generation: SUCCESSOR });
}
