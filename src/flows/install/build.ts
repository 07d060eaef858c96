// One version of the program from its source folder: bundled into a folder of plain JavaScript
// that needs nothing but bun, named after its version and its content.

import { basename, dirname } from "node:path";
import { doesStart } from "./does-start.ts";
import { errorIn } from "./error-in.ts";
import { IapeerError } from "../../core/error.ts";
import { ENTRY, installLayout } from "../../core/install-layout.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { parseJsonObject } from "../../formats/fields.ts";
import type { Host } from "../../ports/host.ts";
import { listNames } from "../storage/list-names.ts";

const BUILD_MS = 120_000;

/** Where the running program's source is; null: it runs from a bundle. */
export function ownSource(host: Host): string | null {
  const main = host.facts.program[1] ?? "";
  const isSource = basename(main) === "main.ts" && basename(dirname(main)) === "src";
  return isSource ? dirname(dirname(main)) : null;
}

interface Wanted {
  readonly source: string;
  readonly version: string;
  /** Told the name of the version's folder before that has it. */
  readonly note: (build: string) => Result<void, IapeerError>;
}

/** The name of the version's folder; a version that is there already is left as it is. */
export async function buildVersion(
  host: Host,
  wanted: Wanted,
): Promise<Result<string, IapeerError>> {
  const { source } = wanted;
  const { share } = installLayout(host.facts.home);
  const made = host.files.makeFolder(share);
  if (made.state === "failed") return err(notBuilt(source, `${share}: ${made.detail}`));
  const staging = `${share}/.building-${host.ids.short()}`;
  const built = await buildIn(host, staging, wanted);
  // What has become the version is not there any more.
  host.files.removeTree(staging);
  return built;
}

async function buildIn(
  host: Host,
  staging: string,
  { source, version, note }: Wanted,
): Promise<Result<string, IapeerError>> {
  const bundled = await bundle(host, source, staging);
  if (!bundled.ok) return bundled;
  const starts = await doesStart(host, {
    main: `${staging}/${ENTRY}`,
    version,
    called: `the program built from ${source}`,
    next: `in ${source}: correct it, and run it again`,
  });
  if (!starts.ok) return starts;
  const build = `${version}-${bundled.value}`;
  const target = installLayout(host.facts.home).version(build);
  if (host.files.stat(target).state === "ok") return ok(build);
  const noted = note(build);
  if (!noted.ok) return noted;
  const renamed = host.files.rename(staging, target);
  return renamed.state === "ok" ? ok(build) : err(notBuilt(source, renamed.detail));
}

/** Asked before anything is made. */
export function versionOf(
  host: Host,
  source: string,
  verb: "install" | "update",
): Result<string, IapeerError> {
  const read = host.files.read(`${source}/package.json`);
  const parsed = read.state === "ok" ? parseJsonObject(read.text) : null;
  const { name, version } = parsed?.ok === true ? parsed.value : {};
  const isOurs = name === "iapeer" && typeof version === "string";
  if (isOurs && /^[0-9A-Za-z.+-]{1,40}$/.test(version)) return ok(version);
  return err(
    new IapeerError({
      code: "no-source",
      what: `${source} is not a folder of iapeer's source`,
      why: "its package.json is missing, or another program's",
      next: `name the folder: iapeer ${verb} --from DIR`,
      exit: 2,
    }),
  );
}

const HASH_DIGITS = 8;

/** The version that a build's name begins with. */
export const versionIn = (build: string): string => build.slice(0, -1 - HASH_DIGITS);

/** The first digits of a hash over all that was written. */
async function bundle(
  host: Host,
  source: string,
  staging: string,
): Promise<Result<string, IapeerError>> {
  const [bun = "bun"] = host.facts.program;
  const entry = `${source}/src/main.ts`;
  const options = ["--target=bun", "--minify", "--splitting", "--outdir", staging];
  const ran = await host.exec.run({
    argv: [bun, "build", entry, ...options],
    cwd: source,
    timeoutMs: BUILD_MS,
  });
  if (ran.state !== "ok") {
    const { why, next } = refusalIn(ran.stderr.trim() || ran.stdout.trim() || ran.state);
    return err(notBuilt(source, why, next));
  }
  const names = listNames(host, staging);
  if (!names.includes(ENTRY)) return err(notBuilt(source, `the bundle has no ${ENTRY}`));
  const hash = new Bun.CryptoHasher("sha256");
  for (const name of names) {
    const read = host.files.read(`${staging}/${name}`);
    if (read.state !== "ok") return err(notBuilt(source, `${name} cannot be read back`));
    hash.update(`${name}\0${read.text.length}\0${read.text}`);
  }
  return ok(hash.digest("hex").slice(0, HASH_DIGITS));
}

/** The first error whole, with its place; what it takes is told by what kind it is. */
function refusalIn(said: string): { readonly why: string; readonly next: string } {
  const why = errorIn(said);
  if (why === null) return { why: said.split("\n").slice(-3).join("; "), next: INSTALL };
  return { why, next: /could not resolve/i.test(why) ? INSTALL : "correct it" };
}

const INSTALL = "bun install";

const notBuilt = (source: string, why: string, next = INSTALL): IapeerError =>
  new IapeerError({
    code: "not-built",
    what: `the program could not be built from ${source}`,
    why,
    next: `in ${source}: ${next}, and run it again; nothing was changed`,
  });
