// `iapeer demo`: real peers, real tmux servers and a real daemon in a scratch root, a few things
// happen to them, and all of it is gone again.

import { CAST } from "../demo/cast.ts";
import { keptLines, typedAs } from "../demo/kept.ts";
import {
  crashLoopScene,
  deathScene,
  parkScene,
  wakeScene,
  type Figures,
  type Scene,
} from "../demo/scenes.ts";
import {
  cleanUp,
  scratchApp,
  startDaemon,
  untilItAnswers,
  type Scratch,
} from "../demo/scratch.ts";
import { Stage } from "../demo/stage.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import type { App } from "../app.ts";
import { createPeer } from "../../flows/peers/create.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  // Before there is anything that would be left behind.
  const { interrupted } = context.terminal;
  const app = await scratchApp(context);
  let scratch: Scratch = { app, daemon: null };
  const keep = context.args.has("keep");
  let finished = false;
  try {
    await createCast(app);
    if (!interrupted.aborted) {
      scratch = { app, daemon: startDaemon(context, app) };
      await untilItAnswers(app, interrupted);
    }
    finished = !interrupted.aborted && (await play(context, app));
  } finally {
    if (keep && finished) tellKept(context, app);
    else await cleanUp(scratch);
  }
  if (!keep) context.output.line("\nAll of it has been ended and removed.");
  return finished ? 0 : 1;
}

async function createCast(app: App): Promise<void> {
  for (const { name, traits } of CAST) {
    const created = await createPeer(app.host, { name, ...traits });
    if (!created.ok) throw created.error;
  }
}

/** False when Ctrl-C came; what runs is ended all the same. */
async function play(context: VerbContext, app: App): Promise<boolean> {
  const stage = new Stage(context, app);
  const scene: Scene = { app, stage };
  const figures: Figures = {};
  const scenes = [
    () => wakeScene(scene, figures),
    () => deathScene(scene, figures),
    () => crashLoopScene(scene),
    () => parkScene(scene),
  ];
  stage.say(`in ${app.host.layout.root}, with a daemon of its own`);
  try {
    for (const next of scenes) {
      if (!(await untilInterrupted(context, next()))) return false;
    }
  } finally {
    await stage.close();
  }
  sumUp(context, figures);
  return true;
}

async function untilInterrupted(context: VerbContext, scene: Promise<void>): Promise<boolean> {
  const { interrupted } = context.terminal;
  if (interrupted.aborted) return false;
  const stop = Promise.withResolvers<"interrupted">();
  const end = () => stop.resolve("interrupted");
  interrupted.addEventListener("abort", end, { once: true });
  // A scene that is cut off fails later, when its daemon goes; nobody waits for it then.
  const played = scene.then(
    () => "played" as const,
    (error: unknown) => ({ error }),
  );
  const outcome = await Promise.race([played, stop.promise]);
  if (typeof outcome === "object") throw outcome.error;
  return outcome === "played";
}

function sumUp(context: VerbContext, figures: Figures): void {
  const { output } = context;
  output.line(`\n${output.paint("bold", "In short")}`);
  const rows: readonly (readonly [string, number | undefined])[] = [
    ["woken, ready, message delivered", figures.wokeMs],
    ["SIGKILL of a tmux server noticed", figures.noticedMs],
    ["its end on record, with cause and forensics", figures.recordedMs],
    ["an always-on peer started again", figures.backMs],
  ];
  for (const [what, ms] of rows) {
    output.line(`  ${what.padEnd(46)}${String(ms ?? "-").padStart(5)} ms`);
  }
}

function tellKept({ env, output, program }: VerbContext, app: App): void {
  const { facts, files, layout } = app.host;
  const iapeer = typedAs({ program, path: env["PATH"] ?? "", home: facts.home, files });
  output.lines(keptLines(layout.root, iapeer));
}
