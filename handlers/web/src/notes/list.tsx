import { useCallback, useEffect, useRef, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";

import { SessionEnded } from "../credentials";
import { useSession } from "../session";
import { useTitle } from "../shared/doorway";
import { Failure, sentence } from "../shared/notice";
import { summary, UNDO_WITHIN, when, type Note } from "./note";

const PAGE = 30;

export function NoteList() {
  const { api, expired } = useSession();
  const navigate = useNavigate();
  const { notes, isDone, failure, more, drop } = useNotes();
  const [refusal, setRefusal] = useState<string | null>(null);
  const { hidden, undo } = useDeletion(drop);
  useTitle("Notes");

  const create = () =>
    void api.send<Note>("/notes", { method: "POST", body: { content: "" } }).then(
      ({ value }) => navigate(`/notes/${value.noteId}`),
      (error: unknown) => (error instanceof SessionEnded ? expired() : setRefusal(sentence(error))),
    );
  const shown = notes.filter((note) => note.noteId !== hidden);

  return (
    <main>
      <div className="row spread">
        <h1>Notes</h1>
        <button className="primary" onClick={create}>New note</button>
      </div>
      {refusal && <Failure>{refusal}</Failure>}
      {isDone && shown.length === 0 ? (
        <div className="empty">
          <h2>Nothing written yet</h2>
          <p>Notes are yours alone: who else is signed in cannot know that they exist.</p>
        </div>
      ) : (
        <ul className="notes" aria-busy={!isDone}>
          {shown.map((note) => (
            <li key={note.noteId}>
              <Card note={note} />
            </li>
          ))}
          {!isDone && !failure && [0, 1, 2].map((ghost) => <li key={ghost} className="ghost" aria-hidden="true" />)}
        </ul>
      )}
      {failure ? (
        <Failure>
          {failure} <button className="plain" onClick={more}>Try again</button>
        </Failure>
      ) : (
        !isDone && <Sentinel onSeen={more} />
      )}
      {hidden && (
        <div className="toast" role="status">
          The note is deleted. <button className="plain" onClick={undo}>Undo</button>
        </div>
      )}
    </main>
  );
}

function Card({ note }: { note: Note }) {
  const { title, rest } = summary(note.content);
  return (
    <Link to={`/notes/${note.noteId}`}>
      <h2>{title}</h2>
      <p>{rest}</p>
      <span className="quiet small">{when(note.updatedAt)}</span>
    </Link>
  );
}

/** The pages of the list that were asked for so far. */
function useNotes() {
  const { api, expired } = useSession();
  const [notes, setNotes] = useState<Note[]>([]);
  const [next, setNext] = useState<string | null>(`/notes?limit=${PAGE}`);
  const [failure, setFailure] = useState<string | null>(null);
  const isLoading = useRef(false);

  const more = useCallback(() => {
    if (isLoading.current || next === null) return;
    isLoading.current = true;
    setFailure(null);
    api
      .send<Note[]>(next)
      .then(
        (answer) => {
          setNotes((known) => [...known, ...answer.value]);
          setNext(answer.next);
        },
        (error: unknown) => (error instanceof SessionEnded ? expired() : setFailure(sentence(error))),
      )
      .finally(() => {
        isLoading.current = false;
      });
  }, [api, expired, next]);
  const drop = useCallback((noteId: string) => setNotes((known) => known.filter((note) => note.noteId !== noteId)), []);

  return { notes, isDone: next === null, failure, more, drop };
}

/** Asks for more each time the end of the list comes near. */
function Sentinel({ onSeen }: { onSeen: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && onSeen(), { rootMargin: "600px" });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [onSeen]);
  return <div ref={place} aria-hidden="true" style={{ height: 1 }} />;
}

/** The note that the editor sent here to be deleted: hidden at once, gone when nobody has undone it. */
function useDeletion(drop: (noteId: string) => void) {
  const { api, expired } = useSession();
  const location = useLocation();
  const navigate = useNavigate();
  const state: unknown = location.state;
  const asked = typeof state === "object" && state !== null ? Reflect.get(state, "delete") : undefined;
  const undone = useRef(false);
  const [hidden, setHidden] = useState<string | null>(typeof asked === "string" ? asked : null);

  // The history must not ask again when somebody comes back here.
  useEffect(() => {
    if (asked !== undefined) void navigate(".", { replace: true, state: null });
  }, [asked, navigate]);
  useEffect(() => {
    if (!hidden) return;
    let isSent = false;
    const send = () => {
      if (isSent) return;
      isSent = true;
      api.send(`/notes/${hidden}`, { method: "DELETE" }).then(
        () => {
          drop(hidden);
          setHidden(null);
        },
        (error: unknown) => (error instanceof SessionEnded ? expired() : setHidden(null)),
      );
    };
    const timer = setTimeout(send, UNDO_WITHIN);
    return () => {
      clearTimeout(timer);
      // Leaving the page is no undoing; `undo` says so by marking it.
      if (!undone.current) send();
      undone.current = false;
    };
  }, [api, drop, expired, hidden]);
  const undo = () => {
    undone.current = true;
    setHidden(null);
  };
  return { hidden, undo };
}
