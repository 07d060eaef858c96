// A memory provider put to the test (memory-provider contract, "For provider authors"): its
// declaration, then its commands through every occasion, twice each, in folders with awkward
// names.

import type { SlotReading } from "../../core/provider.ts";
import type { RuntimeName } from "../../core/names.ts";
import type { Host } from "../../ports/host.ts";
import { routeOf } from "../../rules/provision.ts";
import { strangePlaceholders } from "../../rules/provider-argv.ts";
import { type CheckRoot, prepareCheckRoot, strangers } from "./check-root.ts";
import { drive } from "./check-drive.ts";

export interface CheckPoint {
  readonly point: string;
  readonly result: "ok" | "warn" | "failed";
  /** Empty when there is nothing to say. */
  readonly detail: string;
}

export interface Check {
  /** A declaration as the slot would read it. */
  readonly reading: SlotReading;
  /** Where that was read. */
  readonly path: string;
  /** An empty folder of our own, which becomes HOME and the root. */
  readonly scratch: string;
  readonly interrupted?: AbortSignal;
  readonly onPoint: (point: CheckPoint) => void;
}

/** Absolute without a slash, which no name may hold: a command runs where it may write nothing. */
const PWNED = '"$HOME.pwned"';

/** Folders whose names break what was quoted wrong, or by a shell, or not at all. */
const HOSTILE_NAMES = [
  "two words",
  `quo'te"s`,
  "ünïcödé 🌊",
  "-rf",
  `$(touch ${PWNED}) \`touch ${PWNED}\` ';touch ${PWNED};'`,
  "line\nbreak\ttab",
  "{personality} %s \\n *",
];

/** Resolves to all the points; those of one folder are told together, once all are known. */
export async function checkProvider(host: Host, check: Check): Promise<readonly CheckPoint[]> {
  const points: CheckPoint[] = [];
  const add = (point: CheckPoint): void => {
    points.push(point);
    check.onPoint(point);
  };
  for (const point of declarationPoints(check)) add(point);
  const { reading } = check;
  if (reading.state !== "occupied") return points;
  const { provision, unprovision } = reading.declaration;
  if (provision === undefined || unprovision === undefined) return points;
  const { scratch } = check;
  const peers = { scratch, names: HOSTILE_NAMES, runtimes: agentic(host) };
  const prepared = prepareCheckRoot(host, peers);
  if (!prepared.ok) {
    add({ point: "scratch root", result: "failed", detail: prepared.error });
    return points;
  }
  const drives = { ...check, declaration: reading.declaration, root: prepared.value, add };
  await drive(host, drives);
  add(strangerPoint(host, prepared.value));
  return points;
}

const agentic = (host: Host): readonly RuntimeName[] =>
  [...host.runtimes.values()].filter(({ traits }) => traits.agentic).map(({ name }) => name);

function declarationPoints({ reading, path }: Check): readonly CheckPoint[] {
  const point = "declaration";
  if (reading.state === "empty") {
    return [{ point, result: "failed", detail: `there is no ${path}` }];
  }
  if (reading.state === "ignored") return [{ point, result: "failed", detail: reading.reason }];
  const { declaration, ignored } = reading;
  const { provider, version, provision, unprovision } = declaration;
  return [
    { point, result: "ok", detail: `${provider} ${version}` },
    ...ignored.map(({ part, reason }): CheckPoint => ({
      point: `declaration: ${part}`,
      result: BLOCKS.has(part) ? "failed" : "warn",
      detail: `ignored: ${reason}`,
    })),
    ...(["provision", "unprovision"] as const).map((direction): CheckPoint => {
      const route = routeOf(declaration, direction);
      if (route.by === "command") return { point: direction, result: "ok", detail: "a command" };
      const detail = route.by === "none" ? route.reason : "the plugin block (v1.1) is deprecated";
      return { point: direction, result: route.by === "none" ? "failed" : "warn", detail };
    }),
    ...[provision, unprovision].flatMap((command) =>
      (command === undefined ? [] : strangePlaceholders(command)).map((text): CheckPoint => ({
        point: "placeholders",
        result: "warn",
        detail: `${text} is no placeholder, and arrives as it stands`,
      })),
    ),
  ];
}

const BLOCKS = new Set(["plugin", "provision", "unprovision"]);

/** What a shell would have made of a folder's name. */
function strangerPoint(host: Host, root: CheckRoot): CheckPoint {
  const found = strangers(host, root);
  const point = "no shell reads the values";
  return found.length === 0
    ? { point, result: "ok", detail: "" }
    : { point, result: "failed", detail: `a name was executed: ${found.join(", ")}` };
}
