// Calls that have one home, or none, each with what to use instead.

import { mask } from "./mask.ts";
import { isTypeScript, lineAt, type Finding, type SourceFile } from "./tree.ts";

interface Ban {
  readonly name: string;
  readonly pattern: RegExp;
  readonly instead: string;
  /** Where the ban holds. */
  readonly within: RegExp;
  /** Its homes. */
  readonly except?: RegExp;
  /** Strings count too, not only code. */
  readonly inStrings?: boolean;
}

const SRC = /^src\//;
const EVERYWHERE = /^(src|test|scripts|\.ci)\//;
const CLOCK = /^src\/effects\/clock\.ts$/;
const ENTRIES = /^src\/(main|wire)\.ts$/;

export const BANS: readonly Ban[] = [
  {
    name: "process.env",
    pattern: /\bprocess\.env\b|\bBun\.env\b|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/g,
    instead: "take it from Config, or from HostFacts.env, which wire.ts fills",
    within: SRC,
    except: ENTRIES,
  },
  {
    name: "process.exit",
    pattern: /\bprocess\.(?:exit|abort)\b/g,
    instead: "return an exit code; main.ts ends the process",
    within: SRC,
    except: ENTRIES,
  },
  {
    name: "Date.now",
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bnew Date\b(?!\s*\()|\bDate\(\s*\)/g,
    instead: "ask the Clock port: wall()",
    within: SRC,
    except: CLOCK,
  },
  {
    name: "performance.now",
    pattern: /\bperformance\.(?:now|timeOrigin)|\bprocess\.(?:hrtime|uptime)|\bBun\.nanoseconds/g,
    instead: "ask the Clock port: mono()",
    within: SRC,
    except: CLOCK,
  },
  {
    name: "Math.random",
    pattern: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/g,
    instead: "ask the Ids port",
    within: SRC,
    except: /^src\/effects\/ids\.ts$/,
  },
  {
    name: "timers",
    pattern: /\b(?:setTimeout|setInterval|setImmediate)\s*\(|\bBun\.sleep|\bAtomics\.wait/g,
    instead: "use the Clock port: sleep() or after()",
    within: SRC,
    except: CLOCK,
  },
  {
    name: "console",
    pattern: /\bconsole\.\w+/g,
    instead: "write to the LogBook, or return what a verb should print",
    within: SRC,
    except: /^src\/(cli\/|main\.ts$)/,
  },
  {
    name: "Bun.spawn",
    pattern: /\bBun\.(?:spawn|spawnSync|\$)/g,
    instead: "use the Exec port, which bounds time and output",
    within: SRC,
    except: /^src\/(effects\/|cli\/hand-over\.ts$)/,
  },
  {
    name: "shell: true",
    pattern: /\bshell:\s*true\b/g,
    instead: "pass an argv",
    within: EVERYWHERE,
  },
  {
    name: "empty catch",
    pattern: /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}|\.catch\(\s*[^()]*(?:\(\w*\))?\s*=>\s*\{\s*\}/g,
    instead: "return an outcome that says what failed, or name the failure that is expected",
    within: EVERYWHERE,
  },
  {
    name: "matching by command line",
    pattern: /\b(?:pkill|killall|pgrep)\b/g,
    instead: "use the pid and start time of a generation's folder (lifecycle §2)",
    within: EVERYWHERE,
    // A benchmark shows what looking in that way would cost; it decides nothing by the answer.
    except: /^(test\/tidy\/|scripts\/bench\/tick\.ts$)/,
    inStrings: true,
  },
  {
    name: "a URL's path",
    pattern: /\bimport\.meta\.url\)\.pathname\b/g,
    instead: "Bun.fileURLToPath(new URL(…)): in a pathname a blank is %20",
    within: EVERYWHERE,
  },
  {
    name: "a test that runs alone",
    pattern: /\b(?:test|describe|it)\.only\b/g,
    instead: "bun test --test-name-pattern",
    within: /^test\//,
  },
];

export const checkBans = (files: readonly SourceFile[]): Finding[] =>
  files.flatMap((file) => BANS.flatMap((ban) => checkBan(file, ban)));

function checkBan(file: SourceFile, ban: Ban): Finding[] {
  if (!ban.within.test(file.path) || ban.except?.test(file.path) === true) return [];
  return [...searched(file, ban).matchAll(ban.pattern)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    message: `${match[0].replace(/\s+/g, " ")} (${ban.name}) is banned here; ${ban.instead}`,
  }));
}

function searched(file: SourceFile, ban: Ban): string {
  if (!isTypeScript(file)) return file.text.replace(/^\s*#.*$/gm, blank);
  const { code, uncommented } = mask(file.text);
  return ban.inStrings === true ? uncommented : code;
}

const blank = (line: string): string => " ".repeat(line.length);
