// Why the runtime refused to start a program, found out after the fact: its own answer does not
// reach us for a file of no known format, nor when descriptors or processes run out.

import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";

import type { RunSpec } from "../ports/exec.ts";
import { codeOf, failure } from "./files-errors.ts";

export interface Refusal {
  readonly code: string;
  readonly detail: string;
}

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

function find({ argv: [name = ""], cwd = ".", env }: RunSpec): string | null {
  if (name.includes("/")) return resolve(cwd, name);
  const path = env?.["PATH"];
  return Bun.which(name, path === undefined ? {} : { PATH: path });
}

function firstBytes(path: string): string {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(4);
    const count = readSync(fd, bytes, 0, bytes.length, 0);
    return bytes.toString("hex", 0, count);
  } finally {
    closeSync(fd);
  }
}
