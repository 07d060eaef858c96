// Why the runtime refused to start a program, found out after the fact: its own answer does not
// reach us for a file of no known format, nor when descriptors or processes run out.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";

import type { RunSpec } from "../ports/exec.ts";
import { codeOf, failure } from "./files-errors.ts";

export interface Refusal {
  readonly code: string;
  readonly detail: string;
}

/** As much of a script's first line as any system looks at. */
const SHEBANG_BYTES = 256;

/** Of a program: as far as it says which processor it is for. */
const HEADER_BYTES = 20;

const ELF = "7f454c46";
/** Mach-O for several processors at once. */
const FAT = "cafebabe";

export function whyRefused(spec: RunSpec): Refusal {
  const program = find(spec);
  if (program === null) return { code: "ENOENT", detail: `${spec.argv[0]}: no such program` };
  try {
    if (isForThisHost(readStart(interpreterOf(program) ?? program, HEADER_BYTES))) {
      return { code: "EAGAIN", detail: `${program}: the system has no room for another process` };
    }
    return { code: "ENOEXEC", detail: `${program}: exec format error` };
  } catch (error) {
    return { code: codeOf(error), detail: failure(error).detail };
  }
}

/** A further script, or what begins like our own program: the same format and processor. */
function isForThisHost(start: Buffer): boolean {
  const own = readStart(process.execPath, HEADER_BYTES);
  const isElf = own.toString("hex").startsWith(ELF);
  if (start.toString("latin1").startsWith("#!")) return true;
  return processorOf(start) === processorOf(own) || (!isElf && isFat(start));
}

const isFat = (start: Buffer): boolean => start.toString("hex").startsWith(FAT);

/** ELF: its class, byte order and machine. Mach-O: its magic number and processor. */
function processorOf(start: Buffer): string {
  const hex = (from: number, to: number) => start.subarray(from, to).toString("hex");
  return hex(0, 4) === ELF ? hex(0, 6) + hex(18, HEADER_BYTES) : hex(0, 8);
}

/** Names what the system's answer leaves open: it blames a script for its interpreter. */
export function refusalDetail(spec: RunSpec, code: string, detail: string): string {
  const program = find(spec);
  if (program === null) return detail;
  if (code === "EACCES") return `${program}: ${whyDenied(program) ?? detail}`;
  if (code !== "ENOENT") return detail;
  try {
    const interpreter = interpreterOf(program);
    if (interpreter === null) return detail;
    const isCrlf = interpreter.endsWith("\r");
    const crlf = isCrlf ? " (its lines end in CRLF, which belongs to the name)" : "";
    return `${program}: no interpreter ${JSON.stringify(interpreter)}${crlf}`;
  } catch (error) {
    // The system was right; or it may be run and not read.
    return codeOf(error) === "ENOENT" ? `${program}: no such program` : detail;
  }
}

/** As its first line names it; null: it is no script. */
function interpreterOf(program: string): string | null {
  const [first = ""] = readStart(program, SHEBANG_BYTES).toString("utf8").split("\n");
  return /^#![ \t]*([^ \t]*)/.exec(first)?.[1] ?? null;
}

/** Null: permission is denied for another reason, as by a folder on the way. */
function whyDenied(program: string): string | null {
  try {
    const stats = statSync(program);
    if (stats.isDirectory()) return "it is a folder";
    if (!stats.isFile()) return "it is no file";
    return (stats.mode & 0o111) === 0 ? "it has no x bit" : null;
  } catch {
    return null;
  }
}

function find({ argv: [name = ""], cwd = ".", env }: RunSpec): string | null {
  if (name.includes("/")) return resolve(cwd, name);
  const path = env?.["PATH"];
  return Bun.which(name, path === undefined ? {} : { PATH: path });
}

function readStart(path: string, length: number): Buffer {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, 0));
  } finally {
    closeSync(fd);
  }
}
