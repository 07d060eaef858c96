// Peers' names out of the registry's text, without checking anything else in it. Pure.

import { checkPersonality } from "../rules/names.ts";

/** Empty for a text that is no registry; what is no name is left out. */
export function peerNamesIn(text: string): readonly string[] {
  const peers = field(parsed(text), "peers");
  if (!Array.isArray(peers)) return [];
  return peers.flatMap((peer: unknown) => {
    const name = field(peer, "personality");
    return typeof name === "string" && checkPersonality(name).ok ? [name] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half-typed commands are no place to complain about a corrupt registry.
    return undefined;
  }
}

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
