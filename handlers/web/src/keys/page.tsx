import { useCallback, useEffect, useState } from "react";

import { SessionEnded } from "../credentials";
import { when } from "../notes/note";
import { useSession } from "../session";
import { Copy } from "../shared/copy";
import { Dialog } from "../shared/dialog";
import { useTitle } from "../shared/doorway";
import { Form } from "../shared/form";
import { Failure, sentence } from "../shared/notice";
import { allowed, hasEnded, type ApiKey } from "./key";
import "./keys.css";
import { NewKey } from "./new-key";

type Open = { kind: "new" } | { kind: "secret"; name: string; secret: string } | { kind: "revoke"; key: ApiKey };

/** Keys for scripts: made with fewer rights than their owner has, shown once, taken back at any time. */
export function KeyPage() {
  const { api, expired } = useSession();
  const [keys, setKeys] = useState<ApiKey[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [open, setOpen] = useState<Open | null>(null);
  useTitle("API keys");

  const read = useCallback(() => {
    setFailure(null);
    api.send<ApiKey[]>("/api-keys").then(
      ({ value }) => setKeys(value),
      (error: unknown) => (error instanceof SessionEnded ? expired() : setFailure(sentence(error))),
    );
  }, [api, expired]);
  useEffect(read, [read]);
  const close = () => setOpen(null);

  return (
    <main className="stack">
      <div className="row spread">
        <h1>API keys</h1>
        <button className="primary" onClick={() => setOpen({ kind: "new" })}>New key</button>
      </div>
      <p className="quiet">
        With a key, a script reaches your notes and files without your password: <code>curl -H &apos;x-api-key: …&apos;</code>. Give it what it needs
        and nothing more.
      </p>
      {failure && (
        <Failure>
          {failure} <button className="plain" onClick={read}>Try again</button>
        </Failure>
      )}
      {!keys && !failure && <div className="ghost keys" aria-busy="true" aria-label="Reading" role="status" />}
      {keys?.length === 0 && (
        <div className="empty">
          <h2>No keys</h2>
          <p>Nothing but you can reach your notes and files.</p>
        </div>
      )}
      {keys && keys.length > 0 && (
        <ul className="keys">
          {keys.map((key) => (
            <li key={key.keyId} className="card">
              <KeyLine apiKey={key} onRevoke={() => setOpen({ kind: "revoke", key })} />
            </li>
          ))}
        </ul>
      )}
      {open?.kind === "new" && (
        <NewKey
          onClose={close}
          onMade={({ secret, ...key }) => {
            setKeys((known) => [key, ...(known ?? [])]);
            setOpen({ kind: "secret", name: key.name, secret });
          }}
        />
      )}
      {open?.kind === "secret" && <Secret name={open.name} secret={open.secret} onClose={close} />}
      {open?.kind === "revoke" && (
        <Revoke
          apiKey={open.key}
          onClose={close}
          onRevoked={() => {
            setKeys((known) => known?.filter(({ keyId }) => keyId !== open.key.keyId) ?? null);
            close();
          }}
        />
      )}
    </main>
  );
}

function KeyLine({ apiKey: key, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const isOver = hasEnded(key, Date.now());
  return (
    <>
      <div className="row spread">
        <div className="row">
          <h2>{key.name}</h2>
          {isOver && <span className="badge expired">Expired</span>}
        </div>
        <button className="danger" aria-label={`Revoke ${key.name}`} onClick={onRevoke}>Revoke</button>
      </div>
      <p>{allowed(key.scopes)}</p>
      <dl className="facts small">
        <dt>Key</dt>
        <dd>
          <code>nw_{key.keyId}_…</code>
        </dd>
        <dt>Last used</dt>
        <dd>{key.lastUsedAt === null ? "Never" : when(key.lastUsedAt)}</dd>
        <dt>Made</dt>
        <dd>{when(key.createdAt)}</dd>
        <dt>{isOver ? "Ended" : "Good until"}</dt>
        <dd>{key.expiresAt === null ? "It is revoked" : when(key.expiresAt)}</dd>
      </dl>
    </>
  );
}

function Secret({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  return (
    <Dialog title={`The key “${name}”`} onClose={onClose}>
      <p>This is the only time that it is shown: only a hash of it is kept. Put it where your script finds it.</p>
      <div className="secret">
        <code data-testid="secret">{secret}</code>
        <Copy text={secret} what="the key" />
      </div>
      <button className="primary" onClick={onClose}>I have put it away</button>
    </Dialog>
  );
}

function Revoke({ apiKey: key, onClose, onRevoked }: { apiKey: ApiKey; onClose: () => void; onRevoked: () => void }) {
  const { api, expired } = useSession();
  const revoke = async () => {
    try {
      await api.send(`/api-keys/${key.keyId}`, { method: "DELETE" });
    } catch (error) {
      if (error instanceof SessionEnded) return expired();
      throw error;
    }
    onRevoked();
  };
  return (
    <Dialog title={`Revoke “${key.name}”?`} onClose={onClose}>
      <Form action="Revoke it" isDangerous submit={revoke}>
        <p>Whatever uses it is refused from now on. This cannot be undone: a new key has another secret.</p>
      </Form>
      <button onClick={onClose}>Keep it</button>
    </Dialog>
  );
}
