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
    const report = aboutRoot(context, verify(host));
    output.json(report);
    return tellFindings(context, report);
  }
  const done = await verifyFix(host);
  if (!done.ok) throw done.error;
  const { fixed, left: rest, ...document } = done.value;
  const left = aboutRoot(context, rest);
  output.json({ ...document, fixed: fixed.map((finding) => hinted(output, finding)), left });
  output.lines(fixed.map(({ code, path }) => visible(`fixed ${code}: ${path}`)));
  return tellFindings(context, left);
}

/** What to do next is to be done in the root that was looked at. */
const aboutRoot = ({ output }: VerbContext, report: VerifyReport): VerifyReport => ({
  ...report,
  findings: report.findings.map((finding) => hinted(output, finding)),
});

const hinted = (output: VerbContext["output"], finding: Finding): Finding => ({
  ...finding,
  next: output.hint(finding.next),
});

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
