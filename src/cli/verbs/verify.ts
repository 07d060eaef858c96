// `iapeer verify`: where registry, profiles and state disagree; with --fix the profiles win
// (storage contract).

import { IapeerError } from "../../core/error.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Finding, VerifyReport } from "../../flows/peers/finding.ts";
import { verifyFix, type Rename } from "../../flows/peers/verify-fix.ts";
import { verify } from "../../flows/peers/verify.ts";
import { unfitRoot } from "../../flows/storage/root.ts";
import { ask, asker } from "../ask.ts";
import type { VerbContext, VerbExit } from "../context.ts";
import { counted, visible } from "../render/text.ts";

export async function run(context: VerbContext): Promise<VerbExit> {
  const { args, output } = context;
  const { host } = await context.app();
  // With --fix it is refused: nobody is sent there with what is wrong with somebody's own folder.
  const unfit = unfitRoot(host);
  if (unfit !== null) throw unfit;
  if (!args.has("fix")) {
    const report = aboutRoot(context, verify(host));
    output.json(report);
    return tellFindings(context, report);
  }
  const done = await verifyFix(host, (rename) => renamed(context, rename));
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

/** By the daemon, or with its lease: nobody else may move what a session goes by. */
async function renamed(
  context: VerbContext,
  { from: personality, to, cwd }: Rename,
): Promise<Result<unknown, IapeerError>> {
  const call = { personality, verb: "rename", request: { ...asker(context), to, cwd } } as const;
  try {
    const answer = await ask(context, call, "do-it-here");
    if (answer.result !== "refused" && answer.result !== "failed") return ok(answer);
    return err(new IapeerError({ code: answer.cause, what: answer.detail, next: answer.next }));
  } catch (error) {
    if (error instanceof IapeerError) return err(error);
    throw error;
  }
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
