import { useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { ApiError, type Answer, type Api } from "../api";
import { SessionEnded } from "../credentials";
import { FileStore } from "../files/store";
import { useSession } from "../session";
import { useTitle } from "../shared/doorway";
import { Failure, sentence } from "../shared/notice";
import { Attachments } from "./attachments";
import { Autosave, type Status, type Stored, type Transport } from "./autosave";
import { Markdown } from "./markdown";
import { Merge } from "./merge";
import { summary, type Note } from "./note";

type Loaded = { kind: "loading" } | { kind: "missing" } | { kind: "failed"; why: string } | { kind: "here"; stored: Stored; attachments: string[] };

export function NotePage() {
  const { noteId = "" } = useParams();
  return <Opened key={noteId} noteId={noteId} />;
}

function Opened({ noteId }: { noteId: string }) {
  const { api, config, expired } = useSession();
  const [store] = useState(() => new FileStore(config));
  const [loaded, setLoaded] = useState<Loaded>({ kind: "loading" });
  const transport = useMemo(() => over(api, noteId), [api, noteId]);

  useEffect(() => {
    let isWanted = true;
    api.send<Note>(pathOf(noteId)).then(
      (answer) => isWanted && setLoaded({ kind: "here", stored: asStored(answer), attachments: answer.value.attachments }),
      (error: unknown) => {
        if (error instanceof SessionEnded) expired();
        else if (isWanted) setLoaded(isMissing(error) ? { kind: "missing" } : { kind: "failed", why: sentence(error) });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [api, noteId, expired]);

  if (loaded.kind === "loading") return <main aria-busy="true"><p className="quiet">Opening the note…</p></main>;
  if (loaded.kind === "here") {
    return (
      <Editor noteId={noteId} stored={loaded.stored} transport={transport}>
        <Attachments api={api} store={store} noteId={noteId} first={loaded.attachments} />
      </Editor>
    );
  }
  return (
    <main>
      <div className="empty">
        <h1>{loaded.kind === "missing" ? "There is no such note" : "The note cannot be shown"}</h1>
        <p>{loaded.kind === "missing" ? "It was deleted, or it was never yours." : loaded.why}</p>
        <Link className="button" to="/notes">All notes</Link>
      </div>
    </main>
  );
}

const isMissing = (error: unknown) => error instanceof ApiError && (error.status === 404 || error.status === 400);

const pathOf = (noteId: string) => `/notes/${encodeURIComponent(noteId)}`;

const asStored = ({ value, etag }: Answer<Note>): Stored => ({ content: value.content, etag: etag ?? "*" });

function over(api: Api, noteId: string): Transport {
  const path = pathOf(noteId);
  return {
    read: async () => asStored(await api.send<Note>(path)),
    replace: async (content, etag) => asStored(await api.send<Note>(path, { method: "PUT", body: { content }, headers: { "if-match": etag } })),
  };
}

interface EditorProps {
  noteId: string;
  stored: Stored;
  transport: Transport;
  children: ReactNode;
}

function Editor({ noteId, stored, transport, children }: EditorProps) {
  const { expired } = useSession();
  const navigate = useNavigate();
  const [autosave] = useState(() => new Autosave(stored, transport));
  const { text, status } = useSyncExternalStore(autosave.subscribe, autosave.current);
  useTitle(summary(text).title);
  useLastChance(autosave);

  const isEnded = status.kind === "failed" && status.error instanceof SessionEnded;
  return (
    <main>
      <div className="row spread">
        <Link to="/notes">All notes</Link>
        <div className="row">
          <span className="quiet small status" role="status">{told(status)}</span>
          <button className="danger" onClick={() => void navigate("/notes", { state: { delete: noteId } })}>Delete</button>
        </div>
      </div>
      <h1 className="visually-hidden">Note</h1>
      {isEnded && (
        <Failure>
          Your session has ended and the last changes are not saved. Copy them before you{" "}
          <button className="plain" onClick={expired}>sign in again</button>.
        </Failure>
      )}
      {status.kind === "failed" && !isEnded && (
        <Failure>
          {sentence(status.error)} Your text is still here.{" "}
          <button className="plain" onClick={() => void autosave.flush()}>Save again</button>
        </Failure>
      )}
      {status.kind === "conflict" ? (
        <Merge mine={text} theirs={status.theirs.content} onSettle={(merged) => void autosave.settle(merged)} />
      ) : (
        <div className="editor">
          <textarea
            aria-label="Note text, in Markdown"
            value={text}
            placeholder="Write in Markdown. It is saved as you type."
            maxLength={100_000}
            onChange={(event) => autosave.edit(event.target.value)}
          />
          <article className="paper" aria-label="Preview">
            {text.trim() ? <Markdown text={text} /> : <p className="quiet">The preview appears here.</p>}
          </article>
        </div>
      )}
      {children}
    </main>
  );
}

function told(status: Status): string {
  switch (status.kind) {
    case "saved":
      return "Saved";
    case "unsaved":
    case "saving":
      return "Saving…";
    case "failed":
      return "Not saved";
    case "conflict":
      return "Changed elsewhere";
  }
}

/** Saves when the page is left, tries again when the network is back, and warns before what is not saved is lost. */
function useLastChance(autosave: Autosave): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (autosave.current().status.kind !== "saved") event.preventDefault();
    };
    const retry = () => void autosave.flush();
    window.addEventListener("beforeunload", warn);
    window.addEventListener("online", retry);
    return () => {
      window.removeEventListener("beforeunload", warn);
      window.removeEventListener("online", retry);
      void autosave.flush();
    };
  }, [autosave]);
}
