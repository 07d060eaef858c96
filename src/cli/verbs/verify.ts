// `iapeer verify`: where registry, profiles and state disagree; with --fix the profiles win
// (storage contract).

import type { Finding, VerifyReport } from "../../flows/peers/finding.ts";
import { verifyFix } from "../../flows/peers/verify-fix.ts";
import { verify } from "../../flows/peers/verify.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { counted, visible } from "../render/text.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const { host } = await context.app();
  if (!args.has("fix")) {
    const report = verify(host);
    output.json(report);
    return tellFindings(context, report);
  }
  const fixed = await verifyFix(host);
  if (!fixed.ok) throw fixed.error;
  output.json(fixed.value);
  output.lines(fixed.value.fixed.map(({ code, path }) => visible(`fixed ${code}: ${path}`)));
  return tellFindings(context, fixed.value.left);
}

function tellFindings({ output }: VerbContext, report: VerifyReport): VerbExit {
  const { findings, peers } = report;
  const worst = findings.toSorted((a, b) => a.severity.localeCompare(b.severity));
  output.lines(worst.flatMap((finding) => lines(output.paint, finding)));
  const agree = "registry, profiles and state agree";
  if (findings.length === 0) output.line(`${counted(peers, "peer")}: ${agree}`);
  return findings.some(({ severity }) => severity === "error") ? 1 : 0;
}

function lines(paint: VerbContext["output"]["paint"], finding: Finding): readonly string[] {
  const { severity, code, path, detail, next } = finding;
  return [
    `${paint(severity === "error" ? "red" : "yellow", severity)}  ${code}: ${visible(path)}`,
    `  why:  ${visible(detail)}`,
    `  next: ${visible(next)}`,
  ];
}
