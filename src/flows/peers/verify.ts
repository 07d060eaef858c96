// Every divergence between the profiles, the registry and the state (storage contract), each as
// a finding: what, where, and whether `verify --fix` puts it right.

import type { Registry } from "../../core/profile.ts";
import type { Host } from "../../ports/host.ts";
import { rebuildRegistry } from "../storage/rebuild.ts";
import { readRegistry } from "../storage/registry.ts";
import { FIX, type Finding, type VerifyReport } from "./finding.ts";
import { findingsAboutPeers } from "./verify-peers.ts";
import { findingsAboutState } from "./verify-state.ts";

/** Only reads. An error among the findings is exit code 1. */
export function verify(host: Host): VerifyReport {
  const { registry, findings } = registryFindings(host);
  return {
    schema: "iapeer.verify.v1",
    root: host.layout.root,
    peers: registry.peers.length,
    findings: [
      ...findings,
      ...findingsAboutPeers(host, registry),
      ...findingsAboutState(host, registry),
    ],
  };
}

interface Judged {
  /** As it is, or as it would be rebuilt. */
  readonly registry: Registry;
  readonly findings: readonly Finding[];
}

function registryFindings(host: Host): Judged {
  const read = readRegistry(host);
  const path = host.layout.registry;
  if (read.state === "ok") return { registry: read.registry, findings: [] };
  if (read.state === "failed") {
    const finding = { code: "registry-unreadable", severity: "error", path } as const;
    const next = "move what is there out of the way, then: iapeer verify --fix";
    return {
      registry: { version: 1, peers: [] },
      findings: [{ ...finding, fixable: false, detail: read.detail, next }],
    };
  }
  const text = read.state === "corrupt" ? read.text : null;
  const { registry, notes } = rebuildRegistry(host, text);
  if (read.state === "missing" && registry.peers.length === 0) return { registry, findings: [] };
  const why = read.state === "corrupt" ? `it does not parse: ${read.detail}` : "it is missing";
  const detail = [why, `${registry.peers.length} peers can be read from folders`, ...notes];
  return {
    registry,
    findings: [
      {
        code: read.state === "corrupt" ? "registry-corrupt" : "registry-lost",
        severity: "error",
        fixable: true,
        path,
        detail: detail.join("; "),
        next: FIX,
      },
    ],
  };
}
