import { Copy } from "../shared/copy";
import { Failure } from "../shared/notice";
import { compare, lineOf, ordered, segments, type Compared, type Segment } from "./evaluation";
import { LAYERS, parts, useRead, type Diagnosis, type Opened, type PolicyShown, type Statement, type StatementRef } from "./local";
import { Fact, Verdict } from "./parts";

/** A decision opened to how it came about. */
export function Evaluation({ requestId }: { requestId: string }) {
  const opened = useRead<Opened>(`decisions/${encodeURIComponent(requestId)}`);
  if (opened.kind === "loading") return <p className="quiet">Reading…</p>;
  if (opened.kind === "failed") return <Failure>The decision is no longer remembered.</Failure>;
  const decision = opened.value;
  const { statements = [], policies = [], context = {}, decidedBy, closest, canonicalRequest, stringToSign, diagnosis } = decision.explanation ?? {};
  const { head, rest } = parts(decision.reason);
  return (
    <div className="card stack">
      <div>
        <Verdict outcome={decision.decision} />
        <h2 className="sentence">{head}</h2>
        {rest && <p className="sentence small">{rest}</p>}
      </div>
      <dl className="facts small">
        <Fact name="Principal" value={decision.principal} />
        <Fact name="Action" value={decision.action} />
        <Fact name="Resource" value={decision.resource} />
        <Fact name="Request" value={decision.requestId} />
      </dl>
      {canonicalRequest && stringToSign && <Signature ours={{ canonicalRequest, stringToSign }} diagnosis={diagnosis ?? null} />}
      {Object.keys(context).length > 0 && (
        <details>
          <summary>The request’s conditions</summary>
          <dl className="facts small">
            {Object.entries(context).map(([name, value]) => (
              <Fact key={name} name={name} value={Array.isArray(value) ? value.join(", ") : value} />
            ))}
          </dl>
        </details>
      )}
      {ordered(policies, decidedBy ?? closest ?? null).map((policy) => (
        <PolicyEvaluated key={`${policy.layer} ${policy.policy}`} policy={policy} statements={statements} decidedBy={decidedBy ?? null} />
      ))}
    </div>
  );
}

function PolicyEvaluated({ policy, statements, decidedBy }: { policy: PolicyShown; statements: Statement[]; decidedBy: StatementRef | null }) {
  const title = `${LAYERS[policy.layer] ?? policy.layer}: ${policy.policy}`;
  const decides = (statement: Statement) =>
    decidedBy?.layer === statement.layer && decidedBy.policy === statement.policy && decidedBy.statement === statement.statement;
  return (
    <section className="policy" aria-label={title}>
      <div className="row spread">
        <h3>{title}</h3>
        <Copy text={policy.text} what={`the policy ${policy.policy}`} />
      </div>
      <div className="text">
        {segments(policy, statements).map((segment) => (
          <Lines key={segment.first} segment={segment} decides={segment.statement !== undefined && decides(segment.statement)} where={where(policy, segment)} />
        ))}
      </div>
    </section>
  );
}

/** Where a statement stands in the file that its policy is from. */
function where(policy: PolicyShown, { statement }: Segment): string | null {
  const source = statement && policy.statements[statement.statement]?.source;
  return policy.file && source ? `${policy.file}, line ${source.line}` : null;
}

function Lines({ segment, decides, where }: { segment: Segment; decides: boolean; where: string | null }) {
  const { statement, lines, first } = segment;
  const missed = statement?.mismatch ? lineOf(lines, statement.mismatch.element) : -1;
  const kind = !statement ? "" : decides ? (statement.effect === "Deny" ? "decides denies" : "decides") : statement.matches ? "" : "idle";
  const numbered = lines.map((line, number) => (
    <span key={number} className={number === missed ? "line missed" : "line"} data-number={first + number}>
      {line}
      {"\n"}
    </span>
  ));
  return (
    <div className={`segment ${kind}`}>
      <pre>{decides ? <mark>{numbered}</mark> : numbered}</pre>
      {statement && <Note statement={statement} decides={decides} where={where} />}
    </div>
  );
}

/** What a statement had to say: that it decides, or the first of its elements that says no; and its variables. */
function Note({ statement, decides, where }: { statement: Statement; decides: boolean; where: string | null }) {
  const { effect, matches, mismatch, variables = [] } = statement;
  const says = effect === "Deny" ? "denies it" : "allows it";
  const patterns = mismatch?.patterns ?? [];
  const others = variables.filter(({ pattern }) => !patterns.some((it) => it.pattern === pattern));
  return (
    <div className="note small">
      <p>
        <strong>{decides ? `This statement decides: it ${says}.` : matches ? `This statement matches, and ${says}.` : "Does not apply."}</strong>
        {where && <span className="quiet"> {where}</span>}
      </p>
      {(mismatch || others.length > 0) && (
        <dl className="facts">
          {mismatch && <Fact name={`${mismatch.element} asked`} value={mismatch.values?.join(", ") ?? "nothing"} />}
          {patterns.map(({ pattern, expanded }) => (
            <Fact key={pattern} name="does not match" value={expansion(pattern, expanded)} />
          ))}
          {others.map(({ pattern, expanded }) => (
            <Fact key={pattern} name="here is" value={expansion(pattern, expanded)} />
          ))}
        </dl>
      )}
    </div>
  );
}

function expansion(pattern: string, expanded?: string | null): string {
  if (expanded === pattern) return pattern;
  return `${pattern} → ${expanded ?? "nothing: a variable has no value"}`;
}

/** What should have been signed beside what the client signed, as far as it can be told. */
function Signature({ ours, diagnosis }: { ours: { canonicalRequest: string; stringToSign: string }; diagnosis: Diagnosis | null }) {
  return (
    <>
      {diagnosis && <p className="notice bad sentence">{diagnosis.told}.</p>}
      <Beside title="The canonical request" ours={ours.canonicalRequest} theirs={diagnosis?.canonicalRequest ?? null} />
      <Beside title="The string to sign" ours={ours.stringToSign} theirs={diagnosis?.stringToSign ?? null} />
    </>
  );
}

function Beside({ title, ours, theirs }: { title: string; ours: string; theirs: string | null }) {
  const compared = theirs === null ? null : compare(ours, theirs);
  return (
    <section className="stack" aria-label={title}>
      <div className="row spread">
        <h3>{title}</h3>
        <Copy text={ours} what={title.toLowerCase()} />
      </div>
      {compared ? (
        <div className="beside">
          <Side title="To be signed" lines={compared.ours} />
          <Side title="What the client signed" lines={compared.theirs} />
        </div>
      ) : (
        <pre className="detail">{ours}</pre>
      )}
    </section>
  );
}

function Side({ title, lines }: { title: string; lines: Compared[] }) {
  return (
    <figure>
      <figcaption className="quiet small">{title}</figcaption>
      <pre className="detail">
        {lines.map(({ text, isShared }, number) => (
          <span key={number}>
            {isShared ? text : <mark>{text || "(nothing)"}</mark>}
            {"\n"}
          </span>
        ))}
      </pre>
    </figure>
  );
}
