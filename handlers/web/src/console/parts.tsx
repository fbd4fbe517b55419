import type { Outcome } from "./local";

/** What was decided. */
export function Verdict({ outcome }: { outcome: Outcome }) {
  return <span className={`verdict ${outcome === "Allowed" ? "yes" : "no"}`}>{outcome.replace(/([a-z])([A-Z])/, "$1 $2")}</span>;
}

/** A line of a list of facts. */
export function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

export const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
export const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
