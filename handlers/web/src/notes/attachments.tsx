// A note's files: dropped or chosen, uploaded to the person's folder, then named by the note.
import { useId, useState, useSyncExternalStore, type DragEvent } from "react";

import { ApiError, type Api } from "../api";
import { Picture } from "../files/picture";
import { follow, pathOfFile } from "../files/download";
import { baseName, isPicture, safeName } from "../files/size";
import type { FileStore } from "../files/store";
import { UploadLine } from "../files/upload-line";
import { Uploads } from "../files/uploads";
import { Failure, sentence } from "../shared/notice";
import type { Note } from "./note";

/** How many files a note may have. */
const MOST = 16;

interface AttachmentsProps {
  api: Api;
  store: FileStore;
  noteId: string;
  first: string[];
}

export function Attachments({ api, store, noteId, first }: AttachmentsProps) {
  const [names, setNames] = useState(first);
  const [failure, setFailure] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  const input = useId();
  const change = async (wanted: (known: string[]) => string[]) => setNames(await changeNames(api, noteId, wanted));
  const [uploads] = useState(
    () =>
      new Uploads(
        (...upload) => store.put(...upload),
        (name) => change((known) => [...known.filter((other) => other !== name), name]),
      ),
  );
  const running = useSyncExternalStore(uploads.subscribe, uploads.current);

  const add = (files: Iterable<File>) => {
    setFailure(null);
    let room = MOST - names.length - running.length;
    for (const file of files) {
      if (room <= 0) return setFailure(`A note has room for ${MOST} files.`);
      room -= 1;
      void uploads.start(`notes/${noteId}/${safeName(file.name)}`, file);
    }
  };
  const act = (action: Promise<void>) => void action.catch((error: unknown) => setFailure(sentence(error)));
  const remove = async (name: string) => {
    await change((known) => known.filter((other) => other !== name));
    await store.remove(name);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    add(event.dataTransfer.files);
  };

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the button does the same by keyboard
    <section
      className={`attachments stack ${isOver ? "over" : ""}`}
      aria-label="Attachments"
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <div className="row spread">
        <h2>Attachments</h2>
        <div>
          <label className="button" htmlFor={input}>Add files</label>
          <input
            id={input}
            className="visually-hidden"
            type="file"
            multiple
            onChange={(event) => {
              add([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
        </div>
      </div>
      {failure && <Failure>{failure}</Failure>}
      {names.length + running.length === 0 && <p className="quiet">Drop files here, or choose them.</p>}
      <ul>
        {names.map((name) => (
          <li key={name}>
            {isPicture(name) && (
              <span className="preview">
                <Picture store={store} name={name} alt={`Preview of ${baseName(name)}`} />
              </span>
            )}
            <span className="name">{baseName(name)}</span>
            <button className="plain" aria-label={`Download ${baseName(name)}`} onClick={() => act(api.link(`${pathOfFile(name)}?download`).then(follow))}>Download</button>
            <button className="plain danger" aria-label={`Remove ${baseName(name)}`} onClick={() => act(remove(name))}>Remove</button>
          </li>
        ))}
        {running.map((upload) => (
          <li key={upload.name}>
            <UploadLine upload={upload} uploads={uploads} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Changes which files a note has, whatever else changes the note meanwhile; which it has then. */
async function changeNames(api: Api, noteId: string, wanted: (known: string[]) => string[]): Promise<string[]> {
  const path = `/notes/${encodeURIComponent(noteId)}`;
  for (let attempt = 0; ; attempt += 1) {
    const { value, etag } = await api.send<Note>(path);
    try {
      const body = { attachments: wanted(value.attachments) };
      const changed = await api.send<Note>(path, { method: "PUT", body, headers: etag ? { "if-match": etag } : {} });
      return changed.value.attachments;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412) || attempt === 4) throw error;
    }
  }
}
