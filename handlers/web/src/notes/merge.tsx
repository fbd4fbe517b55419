import { useState } from "react";

interface MergeProps {
  mine: string;
  theirs: string;
  onSettle: (merged: string) => void;
}

/** Two versions of one note beside each other, and what shall become of them. */
export function Merge({ mine, theirs, onSettle }: MergeProps) {
  const [merged, setMerged] = useState(`${theirs.trimEnd()}\n\n${mine}`);
  return (
    <section className="stack" aria-labelledby="merge">
      <div className="notice" role="alert">
        <h2 id="merge">The note was changed elsewhere</h2>
        <p>Nothing is lost: both versions are here. Keep one, or put together what you want of both.</p>
      </div>
      <div className="merge">
        <label>
          Yours
          <textarea readOnly value={mine} />
        </label>
        <label>
          The other
          <textarea readOnly value={theirs} />
        </label>
      </div>
      <div className="row">
        <button onClick={() => onSettle(mine)}>Keep yours</button>
        <button onClick={() => onSettle(theirs)}>Keep the other</button>
      </div>
      <div className="merge" style={{ gridTemplateColumns: "minmax(0, 1fr)" }}>
        <label>
          Both
          <textarea value={merged} onChange={(event) => setMerged(event.target.value)} />
        </label>
      </div>
      <div>
        <button className="primary" onClick={() => onSettle(merged)}>Save this</button>
      </div>
    </section>
  );
}
