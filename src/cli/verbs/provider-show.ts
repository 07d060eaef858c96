// `iapeer provider show`: the memory slot, and what of its file is ignored (memory-provider
// contract).

import type { Direction, ProviderDeclaration } from "../../core/provider.ts";
import { unusedTexts } from "../../diagnostics/memory-checks.ts";
import { readHeartbeat, readSlot } from "../../flows/provision/slot.ts";
import { routeOf, unusedParts } from "../../rules/provision.ts";
import { strangePlaceholders } from "../../rules/provider-argv.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { heartbeatText, slotText } from "../render/memory.ts";
import { visible } from "../render/text.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { output } = context;
  const { host } = await context.app();
  const path = host.layout.memoryProvider;
  const slot = readSlot(host);
  const shown = { schema: "iapeer.provider.v1", path };
  if (slot.state !== "occupied") {
    output.json({ ...shown, ...slot });
    output.line(visible(`${slotText(slot)} (${path})`));
    return slot.state === "empty" ? 0 : 1;
  }
  const { declaration, ignored } = slot;
  const heartbeat = readHeartbeat(host, declaration);
  const routes = routesOf(declaration);
  output.json({ ...shown, ...slot, unused: unusedParts(declaration), heartbeat, routes });
  output.lines(
    [
      `${slotText(slot)}`,
      `  package     ${declaration.package}`,
      `  file        ${path}`,
      ...(declaration.registeredAt === undefined
        ? []
        : [`  registered  ${declaration.registeredAt}`]),
      `  heartbeat   ${heartbeatText(heartbeat)}`,
      ...DIRECTIONS.map((direction) => `  ${direction.padEnd(12)}${how(declaration, direction)}`),
      ...ignored.map(({ part, reason }) => `ignored: ${part}: ${reason}`),
      ...unusedTexts(slot).map((text) => `note: ${text}`),
      ...strange(declaration),
    ].map(visible),
  );
  return 0;
}

const DIRECTIONS: readonly Direction[] = ["provision", "unprovision"];

const routesOf = (declaration: ProviderDeclaration) =>
  Object.fromEntries(DIRECTIONS.map((way) => [way, routeOf(declaration, way).by]));

function how(declaration: ProviderDeclaration, direction: Direction): string {
  const route = routeOf(declaration, direction);
  switch (route.by) {
    case "command":
      return JSON.stringify([route.command.command, ...route.command.args]);
    case "plugin":
      return `the plugin ${route.plugin.name}@${route.plugin.marketplace} (v1.1, deprecated)`;
    case "none":
      return `refused: ${route.reason}`;
  }
}

const strange = ({ provision, unprovision }: ProviderDeclaration): readonly string[] =>
  [provision, unprovision]
    .flatMap((command) => (command === undefined ? [] : strangePlaceholders(command)))
    .map((text) => `note: ${text} is no placeholder, and arrives as it stands`);
