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

/** `#!`, ELF, Mach-O in both byte orders, and Mach-O for several processors. */
const FORMATS = ["2321", "7f454c46", "cffaedfe", "cefaedfe", "feedface", "feedfacf", "cafebabe"];

export function whyRefused(spec: RunSpec): Refusal {
  const program = find(spec);
  if (program === null) return { code: "ENOENT", detail: `${spec.argv[0]}: no such program` };
  try {
    const start = firstBytes(program);
    if (FORMATS.some((format) => start.startsWith(format))) {
      return { code: "EAGAIN", detail: `${program}: the system has no room for another process` };
    }
    return { code: "ENOEXEC", detail: `${program}: exec format error` };
  } catch (error) {
    return { code: codeOf(error), detail: failure(error).detail };
  }
}

/** Names what the system's answer leaves open: it blames a script for its interpreter. */
export function refusalDetail(spec: RunSpec, code: string, detail: string): string {
  const program = find(spec);
  if (program === null) return detail;
  if (code === "EACCES") return `${program}: ${whyDenied(program) ?? detail}`;
  if (code !== "ENOENT") return detail;
  try {
    const [first = ""] = readStart(program, SHEBANG_BYTES).toString("utf8").split("\n");
    const interpreter = /^#!\s*(\S+\r?|\S*)/.exec(first)?.[1];
    if (interpreter === undefined) return detail;
    const crlf = first.endsWith("\r") ? " (its lines end in CRLF, which belongs to the name)" : "";
    return `${program}: no interpreter ${JSON.stringify(interpreter)}${crlf}`;
  } catch (error) {
    // The system was right; or it may be run and not read.
    return codeOf(error) === "ENOENT" ? `${program}: no such program` : detail;
  }
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

const firstBytes = (path: string): string => readStart(path, 4).toString("hex");

function readStart(path: string, length: number): Buffer {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, 0));
  } finally {
    closeSync(fd);
  }
}
