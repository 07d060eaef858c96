// Which service manager holds a root (service-manager contract): what a person asked for, else
// what an install recorded, else what this host has. Pure: probes go in, the choice and the trace
// of what was seen come out.

import type {
  ChoiceStep,
  ManagerChoice,
  ManagerName,
  ManagerProbes,
  ProgramProbe,
} from "../core/service.ts";

interface Rule {
  readonly probe: string;
  readonly saw: (p: ManagerProbes) => string;
  /** Null: nothing follows, the next rule is asked. */
  readonly chooses: (p: ManagerProbes) => ManagerName | null;
  readonly otherwise: (p: ManagerProbes) => string;
  /** Its program gave no answer. */
  readonly isUntold?: (p: ManagerProbes) => boolean;
}

const isLaunchdUntold = (p: ManagerProbes): boolean =>
  p.platform === "darwin" && p.launchctl.state === "unknown";

const isSystemdUntold = (p: ManagerProbes): boolean =>
  p.platform === "linux" && p.systemctl.state === "unknown";

const RECORDED: Rule = {
  probe: "recorded at install",
  saw: (p) => p.recorded ?? "nothing",
  chooses: (p) => (p.recorded !== null && isLacking(p, p.recorded) ? null : p.recorded),
  otherwise: (p) =>
    p.recorded === null
      ? "no manager holds this root yet"
      : "it is not on this host, so it holds nothing",
};

/** The first rule that chooses decides; each one that was asked is in the trace. */
const RULES: readonly Rule[] = [
  {
    probe: "--manager",
    saw: (p) => p.asked ?? "not given",
    chooses: (p) => p.asked,
    otherwise: () => "it is chosen by what is found",
  },
  RECORDED,
  {
    probe: "launchd",
    saw: (p) => (p.platform === "darwin" ? `${tell(p.launchctl)}, uid ${p.uid}` : "not macOS"),
    // uid 0 has no agents of its own: its domain is never a fallback for a person's.
    chooses: (p) =>
      p.platform === "darwin" && p.uid !== 0 && p.launchctl.state === "answers" ? "launchd" : null,
    otherwise: (p) =>
      isLaunchdUntold(p)
        ? "whether it takes agents here cannot be told"
        : "no per-user agents here",
    isUntold: isLaunchdUntold,
  },
  {
    probe: "systemctl --user",
    saw: (p) => (p.platform === "linux" ? tell(p.systemctl) : "not Linux"),
    chooses: (p) =>
      p.platform === "linux" && p.systemctl.state === "answers" ? "systemd" : null,
    otherwise: (p) =>
      isSystemdUntold(p)
        ? "whether a user manager runs here cannot be told"
        : "no user manager runs here",
    isUntold: isSystemdUntold,
  },
];

/** Its own program is not on this host. */
const isLacking = (p: ManagerProbes, manager: ManagerName): boolean =>
  (manager === "launchd" && p.launchctl.state === "absent") ||
  (manager === "systemd" && p.systemctl.state === "absent");

/** Why the manager that was asked for can never hold anything here; null: it may. */
export function objectionToAsked(p: ManagerProbes): string | null {
  if (p.asked === null || !isLacking(p, p.asked)) return null;
  const own = p.platform === "darwin" ? "launchd" : "systemd";
  const here = p.asked === own || isLacking(p, own) ? "embedded" : `${own} or embedded`;
  const whose = { launchd: "macOS's", systemd: "Linux's", embedded: "" }[p.asked];
  const what = p.asked === own ? "has no program on this host" : `is ${whose}`;
  return `${p.asked} ${what}; here: ${here}`;
}

/** Why the manager that was chosen cannot be asked for anything now; null: it answers. */
function unreachedOf(p: ManagerProbes, manager: ManagerName): string | null {
  if (manager === "embedded") return null;
  if (manager === "launchd" && p.uid === 0) return "launchd: uid 0 has no agents of its own";
  const probe = manager === "launchd" ? p.launchctl : p.systemctl;
  return probe.state === "answers" ? null : `${manager}: ${tell(probe)}`;
}

function tell(probe: ProgramProbe): string {
  return "detail" in probe && probe.detail !== ""
    ? `${probe.state}: ${probe.detail}`
    : probe.state;
}

export function chooseManager(probes: ManagerProbes): ManagerChoice {
  const trace: ChoiceStep[] = [];
  for (const { probe, saw, chooses, otherwise, isUntold } of RULES) {
    const manager = chooses(probes);
    const meant = manager === null ? otherwise(probes) : `${manager} it is`;
    const untold = isUntold?.(probes) === true ? ({ isUntold: true } as const) : {};
    trace.push({ probe, saw: saw(probes), meant, ...untold });
    const isAsRecorded = chooses === RECORDED.chooses;
    if (manager === null) continue;
    const unreached = unreachedOf(probes, manager);
    const also = unreached === null ? {} : { unreached };
    return { manager, trace, ...(isAsRecorded ? { isAsRecorded } : {}), ...also };
  }
  const isTold = !trace.some(({ isUntold }) => isUntold);
  const saw = isTold ? "no service manager" : "no service manager that answers";
  trace.push({ probe: "what is left", saw, meant: "embedded it is" });
  return { manager: "embedded", trace };
}
