import { useId } from "react";

import { count } from "../archives/job";
import { size } from "../files/size";
import type { Me } from "./me";

/** What somebody keeps of what they may keep. */
export function Usage({ me }: { me: Me | null }) {
  const number = (value: number) => value.toLocaleString("en");
  return (
    <>
      <Meter label="Space" used={me?.usage.bytes} most={me?.quota.bytes} shown={size} />
      <Meter label="Files" used={me?.usage.files} most={me?.quota.files} shown={number} />
      <p className="quiet small">{me ? `${count(me.usage.notes, "note")}, without a limit. One file may have up to ${size(me.quota.fileBytes)}.` : "…"}</p>
    </>
  );
}

interface MeterProps {
  label: string;
  used: number | undefined;
  most: number | undefined;
  shown: (value: number) => string;
}

function Meter({ label, used = 0, most, shown }: MeterProps) {
  const id = useId();
  const told = most === undefined ? "…" : `${shown(used)} of ${shown(most)}`;
  return (
    <div className="usage">
      <div className="row spread">
        <span id={id}>{label}</span>
        <span className="quiet">{told}</span>
      </div>
      {/* Almost all is worth a warning: it is shown in another colour, and said by the numbers. */}
      <meter aria-labelledby={id} aria-valuetext={told} min={0} max={most ?? 1} high={(most ?? 1) * 0.9} optimum={0} value={used} />
    </div>
  );
}
