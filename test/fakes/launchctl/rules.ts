// What the fake launchd does, rule by rule, each with the public report that it was taken from
// (owner/repository#issue; "842" is the last launchd source that Apple published). No Mac was at
// hand: these reports are all that is known.

export interface Rule {
  readonly rule: string;
  readonly source: string;
}

export const RULES = {
  asynchronousBootout: {
    rule: "bootout returns 0 while the job drains; its label stays until the process has ended",
    source: "headroom#1289, snx-rs#241",
  },
  killAfterExitTimeOut: {
    rule: "a job that does not end gets KILL after ExitTimeOut",
    source: "842 core.c, trusty-tools#6590",
  },
  bootoutOfNothing: {
    rule: "bootout of a label that is not loaded: 3, No such process",
    source: "pi-dash#158",
  },
  bootoutInProgress: {
    rule: "bootout may answer 36, Operation now in progress",
    source: "osquery#5698",
  },
  noWait: { rule: "bootout --wait is a usage error, 64", source: "t3code#11995" },
  bootstrapWhileRegistered: {
    rule: "bootstrap answers 5 while the label is registered or drains",
    source: "headroom#1289, codex-remote-feishu#916",
  },
  disabledStore: {
    rule: "bootstrap of a disabled label: 119; the store outlives the plist",
    source: "nix-installer#530",
  },
  noGuiDomain: {
    rule: "bootstrap and kickstart in gui/ without a login at the screen: 125",
    source: "home-manager#4413, hermes#23387",
  },
  noSuchDomain: {
    rule: "a domain of nobody: 112, Could not find domain",
    source: "Procursus launchctl, its error table",
  },
  noSuchService: { rule: "print of what is not loaded: 113", source: "pi-dash#158" },
  badTarget: {
    rule: "a target that is none: 64, Unrecognized target specifier",
    source: "Procursus launchctl, its target parser",
  },
  busyKickstart: {
    rule: "kickstart of what is being ended: 37, without a message",
    source: "snx-rs#241",
  },
  badOwnership: {
    rule: "a plist that others can write: 122",
    source: "Procursus launchctl, its error table",
  },
  xpcproxyFirst: {
    rule: "a starting job is xpcproxy, and has a pid, before it is running",
    source: "iphone-use#28",
  },
  throttle: {
    rule: "no two launches within ThrottleInterval, measured from launch; state spawn scheduled",
    source: "842 core.c, vigilante#134",
  },
  keepAlive: {
    rule: "KeepAlive conditions are ORed; without one that holds, the job is not running",
    source: "friday-studio#345, cc-connect#909",
  },
  plistReadOnce: {
    rule: "the plist is read at bootstrap; kickstart -k does not read it again",
    source: "mache#641",
  },
  signalInPlaceOfCode: {
    rule: "after a death by signal, last terminating signal stands in for last exit code",
    source: "iphone-use#28",
  },
  processGroup: {
    rule: "unless AbandonProcessGroup, the job's group gets TERM when it has ended",
    source: "842 core.c",
  },
  unopenedOutput: {
    rule: "an output path that cannot be opened: exit 78, and the program does not run",
    source: "hermes#78129",
  },
  minimalEnvironment: {
    rule: "PATH is /usr/bin:/bin:/usr/sbin:/sbin, and there is no LANG",
    source: "webmux#293",
  },
  deeperLines: {
    rule: "print shows other states and values two tabs deep",
    source: "iphone-use#28",
  },
} as const satisfies Readonly<Record<string, Rule>>;
