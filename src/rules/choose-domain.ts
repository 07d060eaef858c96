// In which of launchd's domains a job is bootstrapped, and in which it is looked for (facts,
// "Domains"): gui/<uid> needs a login at the screen, user/<uid> does not. Pure.

/** What printing a whole domain came to. */
export type DomainState = "there" | "absent" | "unknown";

export interface DomainProbes {
  readonly uid: number;
  readonly gui: DomainState;
  readonly user: DomainState;
}

export type DomainChoice =
  | {
      readonly state: "chosen";
      readonly domain: string;
      /** Where a job of ours could be; both, so that no second daemon is overlooked. */
      readonly looked: readonly string[];
    }
  | { readonly state: "refused"; readonly reason: string; readonly next: string };

export function chooseDomain({ uid, gui, user }: DomainProbes): DomainChoice {
  if (uid === 0) {
    return {
      state: "refused",
      reason: "root has no agents of its own, and sudo would look in root's domain",
      next: "run it as the user whose peers these are, without sudo",
    };
  }
  const domains = [
    { name: `gui/${uid}`, state: gui },
    { name: `user/${uid}`, state: user },
  ];
  const chosen = domains.find(({ state }) => state === "there");
  const unsure = domains.filter(({ state }) => state === "unknown").map(({ name }) => name);
  if (chosen === undefined || unsure.length > 0) {
    const what = unsure.length > 0 ? unsure : domains.map(({ name }) => name);
    return {
      state: "refused",
      reason: `launchd does not say what is in ${what.join(" and ")}`,
      next: `launchctl print ${what[0] ?? ""}`,
    };
  }
  const looked = domains.filter(({ state }) => state === "there").map(({ name }) => name);
  return { state: "chosen", domain: chosen.name, looked };
}
