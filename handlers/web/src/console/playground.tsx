import { useId, useRef, useState, type RefObject } from "react";

import { Copy } from "../shared/copy";
import { Failure, sentence } from "../shared/notice";
import { command, shortName, useRead, type Edited, type Finding, type PlaygroundShown, type Replay, type Replayed } from "./local";
import { clock, Verdict } from "./parts";
import { offsetOf } from "./place";

/** Policies of the role, edited, and the last decisions made again by them. */
export function Playground() {
  const shown = useRead<PlaygroundShown>("playground");
  if (shown.kind === "loading") return <p className="quiet">Reading…</p>;
  if (shown.kind === "failed") return <Failure>{shown.why}</Failure>;
  return <Editor shown={shown.value} />;
}

function Editor({ shown }: { shown: PlaygroundShown }) {
  const [policies, setPolicies] = useState<Edited[]>(shown.policies.map(({ name, text }) => ({ name, text })));
  const [replay, setReplay] = useState<Replay | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const fields = useRef(new Map<string, HTMLTextAreaElement>());

  const change = (name: string, text: string) => setPolicies(policies.map((policy) => (policy.name === name ? { name, text } : policy)));
  const run = async () => {
    setIsBusy(true);
    setFailure(null);
    try {
      setReplay(await command<Replay>("playground", { policies }));
    } catch (error) {
      setReplay(null);
      setFailure(sentence(error));
    } finally {
      setIsBusy(false);
    }
  };
  const goTo = ({ policy, line, column }: Finding) => {
    const field = fields.current.get(policy);
    if (!field) return;
    const offset = offsetOf(field.value, line, column);
    field.focus();
    field.setSelectionRange(offset, offset);
  };
  const findings = [...(replay?.problems ?? []), ...(replay?.warnings ?? [])];
  return (
    <>
      <p className="quiet">
        The policies of the role <code>{shown.role}</code>, as the template has them or in JSON. Nothing here is in force: the last decisions are made again by the server’s own engine, and what is
        found good is copied and written into the template.
      </p>
      {policies.map((policy) => (
        <PolicyEditor
          key={policy.name}
          policy={policy}
          original={shown.policies.find(({ name }) => name === policy.name)}
          findings={findings.filter((finding) => finding.policy === policy.name)}
          change={(text) => change(policy.name, text)}
          goTo={goTo}
          fields={fields}
        />
      ))}
      <div className="row">
        <button className="primary" disabled={isBusy} onClick={() => void run()}>
          Replay the last decisions
        </button>
      </div>
      <div role="status" aria-live="polite" className="stack">
        {failure && <p className="notice bad sentence">{failure}</p>}
        {replay?.problems && <p className="notice bad">Nothing was replayed: a policy cannot be read.</p>}
        {replay?.decisions && <Result decisions={replay.decisions} flipped={replay.flipped ?? 0} />}
      </div>
    </>
  );
}

interface PolicyEditorProps {
  policy: Edited;
  original: PlaygroundShown["policies"][number] | undefined;
  findings: Finding[];
  change: (text: string) => void;
  goTo: (finding: Finding) => void;
  fields: RefObject<Map<string, HTMLTextAreaElement>>;
}

function PolicyEditor({ policy: { name, text }, original, findings, change, goTo, fields }: PolicyEditorProps) {
  const id = useId();
  const told = findings.length > 0 ? `${id}-told` : undefined;
  const isChanged = original !== undefined && text !== original.text;
  const keep = (field: HTMLTextAreaElement | null) => {
    if (field) fields.current.set(name, field);
    else fields.current.delete(name);
  };
  return (
    <section className="card stack editor-card" aria-label={`The policy ${name}`}>
      <div className="row spread">
        <label htmlFor={id}>
          {name}
          {original && original.line > 0 && <span className="quiet small">template.yaml, line {original.line}</span>}
        </label>
        <div className="row">
          <button className="plain small" disabled={!isChanged} onClick={() => original && change(original.text)} aria-label={`Undo the changes of ${name}`}>
            Undo changes
          </button>
          <Copy text={text} what={`the policy ${name}`} />
        </div>
      </div>
      <textarea
        id={id}
        ref={keep}
        className="policy-text"
        value={text}
        rows={Math.min(24, Math.max(8, text.split("\n").length + 1))}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-describedby={told}
        onChange={(event) => change(event.target.value)}
      />
      {findings.length > 0 && (
        <ul className="findings small" id={told}>
          {findings.map((finding) => (
            <li key={`${finding.line} ${finding.column} ${finding.message}`}>
              <button className="plain small" onClick={() => goTo(finding)}>
                Line {finding.line}, column {finding.column}
              </button>
              <span>
                {finding.path !== "policy" && <code>{finding.path}: </code>}
                {finding.message}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Result({ decisions, flipped }: { decisions: Replayed[]; flipped: number }) {
  if (decisions.length === 0) return <p className="notice">No decision on this role is remembered: use the web client, then replay.</p>;
  const sorted = decisions.toSorted((one, other) => Number(other.before !== other.after) - Number(one.before !== one.after));
  return (
    <>
      <p className={`notice ${flipped > 0 ? "bad" : ""}`}>
        {flipped === 0 ? `None of the last ${decisions.length} decisions would be another.` : `${flipped} of the last ${decisions.length} decisions would be another.`}
      </p>
      <ol className="log replay" aria-label="Decisions made again">
        {sorted.map((decision, number) => (
          <li key={number}>
            <a href={`#decisions/${decision.requestId}`}>
              <span className="quiet small">{clock.format(decision.at)}</span>
              <span>{decision.action}</span>
              <span>
                {decision.before !== decision.after && (
                  <>
                    <Verdict outcome={decision.before} /> <span aria-label="becomes">→</span>{" "}
                  </>
                )}
                <Verdict outcome={decision.after} />
              </span>
              <span className="resource small">{shortName(decision.resource)}</span>
              {decision.before !== decision.after && <span className="why small">{decision.reason}</span>}
            </a>
          </li>
        ))}
      </ol>
    </>
  );
}
