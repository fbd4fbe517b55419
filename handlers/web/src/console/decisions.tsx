import { Failure } from "../shared/notice";
import { key, parts, shortName, useDecisions, useRead, type Decision, type Opened, type Statement } from "./local";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export function Decisions({ chosen }: { chosen: string }) {
  const { decisions, isLive } = useDecisions();
  return (
    <>
      <p className="quiet" role="status">
        {isLive ? "Live: each authorization decision appears as it is made." : "Not connected to the server; trying again."}
      </p>
      {decisions?.length === 0 ? (
        <div className="empty">
          <h2>Nothing was asked yet</h2>
          <p>Sign in to the web client or send a signed request, and who was allowed what appears here.</p>
        </div>
      ) : (
        <div className="split">
          <ol className="log" aria-label="Decisions" aria-busy={decisions === null}>
            {decisions?.map((decision) => (
              <li key={key(decision)}>
                <Line decision={decision} isChosen={decision.requestId === chosen} />
              </li>
            ))}
          </ol>
          <section aria-label="The evaluation" aria-live="polite">
            {chosen ? <Evaluation key={chosen} requestId={chosen} /> : <p className="quiet">Choose a decision to see how it came about.</p>}
          </section>
        </div>
      )}
    </>
  );
}

const isAllowed = ({ decision }: Decision) => decision === "Allowed";

function Verdict({ decision }: { decision: Decision }) {
  return <span className={`verdict ${isAllowed(decision) ? "yes" : "no"}`}>{decision.decision.replace(/([a-z])([A-Z])/, "$1 $2")}</span>;
}

function Line({ decision, isChosen }: { decision: Decision; isChosen: boolean }) {
  return (
    <a href={`#decisions/${decision.requestId}`} aria-current={isChosen ? "true" : undefined}>
      <span className="quiet small">{clock.format(decision.at)}</span>
      <span>{decision.action}</span>
      <Verdict decision={decision} />
      <span className="resource small">{shortName(decision.resource)}</span>
    </a>
  );
}

function Evaluation({ requestId }: { requestId: string }) {
  const opened = useRead<Opened>(`decisions/${encodeURIComponent(requestId)}`);
  if (opened.kind === "loading") return <p className="quiet">Reading…</p>;
  if (opened.kind === "failed") return <Failure>The decision is no longer remembered.</Failure>;
  const decision = opened.value;
  const { statements = [], context = {}, canonicalRequest, stringToSign } = decision.explanation ?? {};
  const { head, rest } = parts(decision.reason);
  return (
    <div className="card stack">
      <div>
        <Verdict decision={decision} />
        <h2 className="sentence">{head}</h2>
        {rest && <p className="sentence small">{rest}</p>}
      </div>
      <dl className="facts small">
        <dt>Principal</dt>
        <dd>{decision.principal}</dd>
        <dt>Action</dt>
        <dd>{decision.action}</dd>
        <dt>Resource</dt>
        <dd>{decision.resource}</dd>
        <dt>Request</dt>
        <dd>{decision.requestId}</dd>
      </dl>
      {statements.toSorted((one, other) => Number(other.matches) - Number(one.matches)).map((statement) => (
        <StatementShown key={`${statement.layer} ${statement.policy} ${statement.statement}`} statement={statement} />
      ))}
      {Object.keys(context).length > 0 && (
        <details>
          <summary>What the request had</summary>
          <dl className="facts small">
            {Object.entries(context).map(([name, value]) => (
              <Fact key={name} name={name} value={Array.isArray(value) ? value.join(", ") : value} />
            ))}
          </dl>
        </details>
      )}
      {canonicalRequest && <Block title="The canonical request to sign" text={canonicalRequest} />}
      {stringToSign && <Block title="The string to sign" text={stringToSign} />}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** One statement: whether it counts, and if not, the first of its elements that says no, with variables expanded. */
function StatementShown({ statement }: { statement: Statement }) {
  const { mismatch } = statement;
  return (
    <div className={`notice ${statement.matches ? (statement.effect === "Deny" ? "bad" : "") : "aside"}`}>
      <strong>
        {statement.effect} · {statement.policy}, {statement.sid ? `“${statement.sid}”` : `statement ${statement.statement + 1}`}
      </strong>
      {statement.matches ? <p>This statement matches.</p> : null}
      {mismatch && (
        <dl className="facts small">
          <Fact name={`${mismatch.element} asked`} value={mismatch.values?.join(", ") ?? "nothing"} />
          {mismatch.patterns.map(({ pattern, expanded }) => (
            <Fact key={pattern} name="does not match" value={expanded && expanded !== pattern ? `${pattern} → ${expanded}` : pattern} />
          ))}
        </dl>
      )}
    </div>
  );
}

function Block({ title, text }: { title: string; text: string }) {
  return (
    <section className="stack" aria-label={title}>
      <h3>{title}</h3>
      <pre className="detail">{text}</pre>
    </section>
  );
}
