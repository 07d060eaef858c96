// Watches a fake host while daemons come and go, and writes down whatever must never happen,
// at the moment at which it happens (lifecycle §2, §4, §5).

import { isDeath, type EndRecord } from "../../src/core/generation.ts";
import type { IdentityDoc } from "../../src/core/identity-doc.ts";
import type { Identity } from "../../src/core/names.ts";
import { parseEndRecord } from "../../src/formats/end-record.ts";
import { parseIdentityDoc, renderIdentityDoc } from "../../src/formats/identity-doc.ts";
import { hasLived } from "../../src/rules/wake.ts";
import { ClockSets } from "./clock-sets.ts";
import { dirOf, nameOf } from "../fakes/file-tree.ts";
import type { ProcessKind, SentSignal } from "../fakes/process-table.ts";
import type { SimWorld } from "../fakes/sim-world.ts";
import type { FakePane, FakeServer } from "../fakes/tmux-host.ts";

/** What a daemon may ever signal. */
const OURS: ReadonlySet<ProcessKind> = new Set(["server", "pane", "canary", "canary-client"]);

/** A teardown that met a full disk goes on for so long after there is room again. */
const TEARDOWN_MAX_MS = 20_000;

/** Our own clocks are read a little later than the world's. */
const SLACK_MS = 50;

export class Monitor {
  readonly violations: string[] = [];
  /** By generation folder; what was there first. */
  readonly ends = new Map<string, { readonly text: string; readonly end: EndRecord | null }>();
  readonly docs = new Map<Identity, IdentityDoc>();
  /** Generation folder → how often its death was counted. */
  readonly counted = new Set<string>();
  /** When deaths of an identity were counted, on the clock that never jumps. */
  private readonly deathsMono = new Map<Identity, number[]>();
  /** Every generation whose server has ever run. */
  readonly born = new Map<string, FakeServer>();
  /** Identities whose document should know of a life, since it was made or last taken back. */
  private readonly lived = new Set<Identity>();
  /** Told what happens, for reading along. */
  tell: ((line: string) => void) | null = null;
  /** Told of every new state of an identity's document. */
  onDoc: ((doc: IdentityDoc) => void) | null = null;
  /** Generations whose canary was killed from outside, perhaps in the middle of a launch. */
  readonly orphaned = new Set<string>();
  private readonly activeMono = new Map<string, number>();
  readonly clockSets: ClockSets;
  /** A record may be missing for kills of ours made while the disk was full. */
  private fullMono = Number.NEGATIVE_INFINITY;

  constructor(private readonly world: SimWorld) {
    this.clockSets = new ClockSets(world.config.tickMs);
    world.table.onSent = (sent) => this.signalled(sent);
    world.tmux.onBoot = (server) => this.booted(server);
    world.onOutput = (pane) => this.output(pane);
    world.onLog = (log, { ev, fields }) => {
      if (log === "lifecycle") this.tell?.(`  ${ev} ${JSON.stringify(fields)}`);
      if (ev === "bug") this.violation(`a bug was logged: ${String(fields["detail"])}`);
    };
    world.files.onChange = (path) => this.changed(path);
  }

  violation(text: string): void {
    this.violations.push(`${Math.round(this.world.time.mono())} ${text}`);
  }

  diskFull(): void {
    this.fullMono = this.world.time.mono();
  }

  wasFull(withinMs: number): boolean {
    return this.world.files.full || this.world.time.mono() - this.fullMono < withinMs;
  }

  /** After a power cut some files are what they were before, or there again. */
  powerCut(): void {
    const before = new Map(this.docs);
    this.docs.clear();
    this.lived.clear();
    for (const dir of this.ends.keys()) {
      if (this.world.files.tree.at(`${dir}/end.json`) === null) this.ends.delete(dir);
    }
    const { files, layout } = this.world;
    const listed = files.list(layout.identityDocsDir);
    const there = "names" in listed ? listed.names.map((name) => name.replace(/\.json$/, "")) : [];
    for (const identity of new Set([...before.keys(), ...(there as Identity[])])) {
      this.takeBack(identity, before.get(identity));
    }
  }

  /** What was accounted for and then lost may be accounted for again. */
  private takeBack(identity: Identity, before: IdentityDoc | undefined): void {
    const read = this.world.files.read(this.world.layout.identityDoc(identity));
    const parsed = read.state === "ok" ? parseIdentityDoc(read.text, identity) : null;
    const after = parsed?.ok === true ? parsed.value : undefined;
    if (after !== undefined) this.docs.set(identity, after);
    const same = before !== undefined && after !== undefined;
    if (same && renderIdentityDoc(after) === renderIdentityDoc(before)) return;
    const folder = this.world.layout.sessionDir(identity);
    for (const dir of this.counted) if (dirOf(dir) === folder) this.counted.delete(dir);
  }

  /** Deaths of this identity within the last `ms`. */
  deathsWithin(identity: Identity, ms: number): number {
    const since = this.world.time.mono() - ms;
    return (this.deathsMono.get(identity) ?? []).filter((at) => at >= since).length;
  }

  private booted(server: FakeServer): void {
    const others = this.world.table
      .all()
      .filter((entry) => entry.kind === "server" && entry !== server.process)
      .filter((entry) => dirOf(entry.owner ?? "") === dirOf(server.dir));
    if (others.length > 0) this.violation(`two servers of ${server.identity} at once`);
    this.born.set(server.dir, server);
    this.lived.add(server.identity);
    this.tell?.(`  server ${server.process.ref.pid} of ${server.dir}`);
    // A wake counts from when it was begun: its start record is older than its server.
    if (!this.activeMono.has(server.dir)) this.activeMono.set(server.dir, this.world.time.mono());
  }

  private output(pane: FakePane): void {
    // Nobody can see what a full disk kept from being written.
    if (this.world.files.full) return;
    this.activeMono.set(pane.process.owner ?? "", this.world.time.mono());
  }

  private signalled({ to, signal }: SentSignal): void {
    const dir = to.owner ?? "";
    if (!OURS.has(to.kind)) {
      this.violation(`${signal} sent to a ${to.kind} that is not ours`);
      return;
    }
    const fatal = signal !== "CHLD" && (to.kind === "server" || to.kind === "pane");
    const recorded = this.world.files.tree.at(`${dir}/end.json`) !== null;
    if (fatal && !recorded && !this.wasFull(TEARDOWN_MAX_MS)) {
      this.violation(`${signal} to the ${to.kind} of ${nameOf(dir)} before its end is on record`);
    }
  }

  private changed(path: string): void {
    if (path.endsWith("/start.json")) this.begun(dirOf(path));
    else if (path.endsWith("/end.json")) this.endChanged(path);
    else if (dirOf(path) === this.world.layout.identityDocsDir && path.endsWith(".json")) {
      this.docChanged(path);
    }
  }

  private begun(dir: string): void {
    if (!this.activeMono.has(dir)) this.activeMono.set(dir, this.world.time.mono());
  }

  private endChanged(path: string): void {
    const dir = dirOf(path);
    const node = this.world.files.tree.at(path);
    const before = this.ends.get(dir);
    if (node?.kind !== "file") {
      // Only `remove` takes records away, with everything else of the identity.
      this.ends.delete(dir);
      return;
    }
    if (before !== undefined) {
      if (before.text !== node.text) this.violation(`a second end of ${nameOf(dir)}`);
      return;
    }
    const parsed = parseEndRecord(node.text);
    if (!parsed.ok) this.violation(`an end that does not parse: ${parsed.error}`);
    const end = parsed.ok ? parsed.value : null;
    this.ends.set(dir, { text: node.text, end });
    this.tell?.(`  end: ${node.text.trim()}`);
    if (end !== null) this.judgeEnd(dir, end);
  }

  private judgeEnd(dir: string, end: EndRecord): void {
    const server = this.born.get(dir);
    const running = server !== undefined && server.process.state === "running";
    const gone = !running || server.pane.dead !== null;
    // Its client was left alone, and went on after everybody had given it up.
    const late = end.cause === "launch-failed" && this.orphaned.has(dir);
    if (end.ev === "server-exit" && running && !late) {
      this.violation(`${end.by} says ${end.cause} of a server that runs: ${nameOf(dir)}`);
    }
    if (end.ev === "session-exit" && !gone) {
      this.violation(`${end.by} says that a living pane exited: ${nameOf(dir)}`);
    }
    if (end.ev === "teardown") this.judgeReap(dir, end);
  }

  /** True idle time, on a clock that neither jumps nor runs while the host sleeps. */
  private judgeReap(dir: string, end: EndRecord): void {
    const { config, time } = this.world;
    const limits: Partial<Record<string, number>> = {
      idle: config.idleMs,
      "ephemeral-done": config.ephemeralQuietMs,
      "ephemeral-backstop": config.ephemeralUnarmedIdleMs,
    };
    const limit = limits[end.reason ?? ""];
    const active = this.activeMono.get(dir);
    if (limit === undefined || active === undefined || this.clockSets.hides(active)) return;
    const idle = time.mono() - active;
    if (idle < limit - SLACK_MS) {
      this.violation(`reaped (${end.reason}) after ${Math.round(idle)} ms: ${nameOf(dir)}`);
    }
    if ((this.born.get(dir)?.attached ?? 0) > 0) {
      this.violation(`reaped (${end.reason}) while a human is attached: ${nameOf(dir)}`);
    }
  }

  private docChanged(path: string): void {
    const identity = nameOf(path).slice(0, -".json".length) as Identity;
    const node = this.world.files.tree.at(path);
    if (node?.kind !== "file") {
      this.docs.delete(identity);
      this.lived.delete(identity);
      return;
    }
    const parsed = parseIdentityDoc(node.text, identity);
    if (!parsed.ok) {
      this.violation(`a document that does not parse: ${parsed.error}`);
      return;
    }
    const before = this.docs.get(identity);
    this.docs.set(identity, parsed.value);
    this.judgeDeaths(before, parsed.value);
    if (this.lived.has(identity) && !hasLived(parsed.value)) {
      this.violation(`a life of ${identity} is forgotten`);
    }
    this.onDoc?.(parsed.value);
  }

  private judgeDeaths(before: IdentityDoc | undefined, after: IdentityDoc): void {
    const { deaths, identity, settled } = after;
    const grown = deaths.length - (before?.deaths.length ?? 0);
    if (grown <= 0) return;
    const dir = this.world.layout.generation(identity, settled ?? ("none" as never)).dir;
    if (grown > 1 || settled === null) {
      this.violation(`${grown} deaths of ${identity} counted at once`);
    }
    if (this.counted.has(dir)) this.violation(`a death counted twice: ${settled}`);
    this.counted.add(dir);
    const times = this.deathsMono.get(identity) ?? [];
    this.deathsMono.set(identity, [...times, this.world.time.mono()]);
    const end = this.ends.get(dir)?.end ?? null;
    if (end !== null && !isDeath(end)) {
      this.violation(`no death (${end.reason ?? end.cause}) counted as one: ${settled}`);
    }
    const server = this.born.get(dir);
    if (server !== undefined && server.process.state === "running" && server.pane.dead === null) {
      this.violation(`a death counted of a server that runs: ${settled}`);
    }
  }
}
