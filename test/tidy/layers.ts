// Who may import whom (docs/architecture.md): left never imports right, siblings never import
// each other. Each layer lists what it may see, and why the rest is kept from it.

import { importsOf, packageOf, targetOf } from "./imports.ts";
import { isTypeScript, type Finding, type SourceFile } from "./tree.ts";

interface Layer {
  readonly may: readonly string[];
  readonly why: string;
}

const PURE = ["core", "rules", "formats", "ports"];
const CAPABILITIES = ["diagnostics", "services", "deploy", "spanner"];
const capability: Layer = {
  may: [...PURE, "flows"],
  why: "a capability uses flows through ports, so that each can be tested over fakes",
};
const adapter: Layer = {
  may: PURE,
  why: "an adapter implements a port and knows no other adapter, so that it can be replaced",
};
const surface: Layer = {
  may: [...PURE, "flows", ...CAPABILITIES],
  why: "a surface reaches the host only through what wire.ts hands it",
};

export const LAYERS: Readonly<Record<string, Layer>> = {
  core: { may: [], why: "the nouns depend on nothing, so that everything may depend on them" },
  rules: { may: ["core"], why: "rules are pure: facts come in as values, decisions go out" },
  formats: { may: ["core"], why: "formats turn text into values and decide nothing" },
  ports: { may: ["core"], why: "ports are types; an implementation would tie all to one host" },
  effects: adapter,
  runtimes: adapter,
  managers: adapter,
  flows: { may: PURE, why: "flows see ports, never effects, so that they run over fakes" },
  diagnostics: capability,
  services: capability,
  deploy: capability,
  spanner: capability,
  daemon: surface,
  cli: surface,
  studio: surface,
  "wire.ts": {
    may: [...PURE, "effects", "runtimes", "managers", "flows", ...CAPABILITIES, "daemon", "cli"],
    why: "the composition root is imported, and imports no entry",
  },
  "index.ts": { may: [...PURE, "wire.ts"], why: "the library is the composition root, in types" },
  "main.ts": {
    may: ["core", "formats", "cli", "wire.ts"],
    why: "the entry starts fast: it loads wire.ts lazily and nothing behind it",
  },
};

/** Packages with the one layer that may import them. */
export const PACKAGES: Readonly<Record<string, string>> = {
  zod: "formats",
  execa: "effects",
  "proper-lockfile": "effects",
  "yargs-parser": "cli",
};

/** Built-ins that touch nothing but their arguments. */
const PURE_BUILT_INS = ["node:path", "node:util", "node:url", "node:assert"];
const PURE_LAYERS = ["core", "rules", "formats", "ports", "flows", ...CAPABILITIES];

/** `src/cli/verbs/stop.ts` → `cli`; `src/wire.ts` → `wire.ts`; null outside src. */
export function layerOf(path: string): string | null {
  const [top, second] = path.split("/");
  return top === "src" && second !== undefined ? second : null;
}

export const checkLayers = (files: readonly SourceFile[]): Finding[] =>
  files.filter(isTypeScript).flatMap((file) => checkFile(file));

function checkFile(file: SourceFile): Finding[] {
  const from = layerOf(file.path);
  if (from === null) return [];
  const layer = LAYERS[from];
  if (layer === undefined) {
    const message = `src/${from} is no layer; give it its place in docs/architecture.md and LAYERS`;
    return [{ path: file.path, line: 1, message }];
  }
  return importsOf(file).flatMap(({ specifier, line }) => {
    const target = targetOf(file, specifier);
    const message =
      target === null ? packageMessage(from, specifier) : layerMessage(from, layer, target);
    return message === null ? [] : [{ path: file.path, line, message }];
  });
}

function layerMessage(from: string, layer: Layer, target: string): string | null {
  if (target === "package.json") return null;
  const to = layerOf(target);
  if (to === null) return `src imports ${target}: what ships must not depend on what does not`;
  if (to === from || layer.may.includes(to)) return null;
  const allowed = layer.may.length === 0 ? "nothing" : layer.may.join(", ");
  return `${from} must not import ${to}: ${layer.why}; it may import ${allowed}`;
}

function packageMessage(from: string, specifier: string): string | null {
  if (/^(node|bun):/.test(specifier)) {
    if (!PURE_LAYERS.includes(from) || PURE_BUILT_INS.includes(specifier)) return null;
    return `${from} must not import ${specifier}: what touches the host is behind a port`;
  }
  const name = packageOf(specifier);
  const home = PACKAGES[name];
  if (home === from) return null;
  return home === undefined
    ? `${name} is not a dependency with a home; add one to PACKAGES, with a decision record`
    : `${name} is imported in src/${home} only, so that it can be replaced there`;
}
