import { Evaluation } from "./evaluation-view";
import { key, shortName, useDecisions, type Decision } from "./local";
import { clock, Verdict } from "./parts";

export function Decisions({ chosen }: { chosen: string }) {
  const { decisions, isLive } = useDecisions();
  return (
    <>
      <p className="quiet liveness" role="status">
        {isLive === null ? "Connecting to the server…" : isLive ? "Live: each authorization decision appears as it is made." : "Not connected to the server; trying again."}
      </p>
      {decisions?.length === 0 ? (
        <div className="empty">
          <h2>Nothing was asked yet</h2>
          <p>Sign in to the web client or send a signed request, and who was allowed what appears here.</p>
        </div>
      ) : (
        <div className={chosen ? "split chosen" : "split"}>
          <ol className="log" aria-label="Decisions" aria-busy={decisions === null}>
            {decisions?.map((decision) => (
              <li key={key(decision)}>
                <Line decision={decision} isChosen={decision.requestId === chosen} />
              </li>
            ))}
          </ol>
          <section aria-label="The evaluation" aria-live="polite">
            {/* On a phone a decision takes the place of the list. */}
            <p className="back">
              <a href="#decisions">All decisions</a>
            </p>
            {chosen ? <Evaluation key={chosen} requestId={chosen} /> : <p className="quiet">Choose a decision to see how it came about.</p>}
          </section>
        </div>
      )}
    </>
  );
}

function Line({ decision, isChosen }: { decision: Decision; isChosen: boolean }) {
  return (
    <a href={`#decisions/${decision.requestId}`} aria-current={isChosen ? "true" : undefined}>
      <span className="quiet small">{clock.format(decision.at)}</span>
      <span>{decision.action}</span>
      <Verdict outcome={decision.decision} />
      <span className="resource small">{shortName(decision.resource)}</span>
    </a>
  );
}
