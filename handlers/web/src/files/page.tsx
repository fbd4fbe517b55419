// The person's files, folder by folder: added by dropping, looked at, packed into a zip, and deleted so that it can be
// undone.
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useDropzone } from "react-dropzone";
import { Link, useNavigate, useOutletContext, useParams } from "react-router";

import { ApiError, type Api } from "../api";
import { ArchiveCard } from "../archives/card";
import { request } from "../archives/follow";
import { count, type Job } from "../archives/job";
import { SessionEnded } from "../credentials";
import { UNDO_WITHIN } from "../notes/note";
import { useSession } from "../session";
import { Dialog } from "../shared/dialog";
import { useTitle } from "../shared/doorway";
import { Field, Form } from "../shared/form";
import { Failure, sentence } from "../shared/notice";
import { Deletions } from "./deletions";
import { follow, pathOfFile } from "./download";
import "./files.css";
import { within, type Folder } from "./folders";
import type { Kept } from "./kept";
import { Picture } from "./picture";
import { chosen, NOTHING, type Selection } from "./selection";
import { archiveName, baseName, pathBelow, safeName, size } from "./size";
import { FileStore, type StoredFile } from "./store";
import { addressOf, FileTable } from "./table";
import { UploadLine } from "./upload-line";
import { Uploads } from "./uploads";

export function FilePage() {
  const { "*": path = "" } = useParams();
  const folder = path && !path.endsWith("/") ? `${path}/` : path;
  const { api, config, expired } = useSession();
  const [store] = useState(() => new FileStore(config));
  const [files, setFiles] = useState<StoredFile[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [selected, setSelected] = useState({ folder, selection: NOTHING });
  const [jobs, setJobs] = useState<Job[]>([]);
  const [open, setOpen] = useState<StoredFile | "new folder" | null>(null);
  const { deletions, deleted } = useDeletions(api, store);
  const uploads = useUploads(store, (file) => {
    deletions.restored(file.name);
    setFiles((known) => known && [...known.filter(({ name }) => name !== file.name), file].sort((a, b) => (a.name < b.name ? -1 : 1)));
  });
  const running = useSyncExternalStore(uploads.subscribe, uploads.current);
  useTitle("Files");

  const fail = useCallback((error: unknown) => (error instanceof SessionEnded ? expired() : setFailure(sentence(error))), [expired]);
  const read = useCallback(() => {
    setFailure(null);
    deletions.reread();
    store.list().then(setFiles, fail);
  }, [deletions, store, fail]);
  useEffect(read, [read]);

  const { getRootProps, getInputProps, isDragActive, open: browse } = useDropzone({
    noClick: true,
    noKeyboard: true,
    onDrop: (dropped) => {
      setFailure(null);
      for (const file of dropped) void uploads.start(folder + pathBelow(file), file);
    },
  });

  const all = useMemo(() => files?.filter(({ name }) => !deleted.hidden.has(name)) ?? [], [files, deleted]);
  const shown = useMemo(() => within(folder, all), [folder, all]);
  // What is chosen is chosen in one folder: another one begins with nothing.
  const selection = selected.folder === folder ? selected.selection : NOTHING;
  const select = (next: Selection) => setSelected({ folder, selection: next });
  const meant = chosen(selection, all);
  const remove = () => {
    deletions.ask(meant.map(({ name }) => name));
    select(NOTHING);
  };
  const pack = () =>
    void request(api, "/archives", { files: meant.map(({ name }) => name), name: archiveName([...selection.rows], folder) }).then((job) => {
      setFailure(null);
      setJobs((known) => [job, ...known]);
      select(NOTHING);
    }, fail);
  const dropJob = useCallback((gone: string) => setJobs((known) => known.filter(({ archiveId }) => archiveId !== gone)), []);
  const isEmpty = files && shown.folders.length + shown.files.length === 0;

  return (
    <main {...getRootProps({ className: isDragActive ? "stack over" : "stack", role: "main", tabIndex: undefined })}>
      <div className="row spread">
        <h1>Files</h1>
        <div className="row">
          <button onClick={() => setOpen("new folder")}>New folder</button>
          <button className="primary" onClick={browse}>Add files</button>
          <input {...getInputProps({ "aria-label": "Files to add" })} />
        </div>
      </div>
      <Path folder={folder} />
      {failure && (
        <Failure>
          {failure} {!files && <button className="plain" onClick={read}>Try again</button>}
        </Failure>
      )}
      <InUse deletions={deletions} inUse={deleted.inUse} />
      {deleted.error !== null && <Failure>Not everything could be deleted. {sentence(deleted.error)}</Failure>}
      {running.length > 0 && (
        <ul className="uploads card" aria-label="Uploads">
          {running.map((upload) => (
            <li key={upload.name}>
              <UploadLine upload={upload} uploads={uploads} />
            </li>
          ))}
        </ul>
      )}
      {jobs.map((job) => (
        <ArchiveCard key={job.archiveId} first={job} onGone={dropJob} />
      ))}
      {!files && !failure && <div className="ghost rows" aria-busy="true" aria-label="Reading" role="status" />}
      {isEmpty && running.length === 0 && (
        <div className="empty">
          <h2>No files here</h2>
          <p>Drop files or folders on this page, or add them. They are kept in your own folder, which nobody else can open.</p>
        </div>
      )}
      {files && !isEmpty && (
        <section className="stack" aria-label="The folder's files">
          <div className="row spread chosen-bar">
            <span className="quiet small" role="status">
              {meant.length > 0
                ? `${count(meant.length, "file")} selected, ${size(meant.reduce((sum, file) => sum + file.size, 0))}`
                : told(shown)}
            </span>
            <div className="row">
              <button disabled={meant.length === 0} onClick={pack}>Download as zip</button>
              <button className="danger" disabled={meant.length === 0} onClick={remove}>Delete</button>
            </div>
          </div>
          <FileTable
            store={store}
            path={folder}
            folder={shown}
            selection={selection}
            onSelect={select}
            onOpen={setOpen}
            onDownload={(name) => void api.link(`${pathOfFile(name)}?download`).then(follow, fail)}
            onDelete={remove}
          />
        </section>
      )}
      {deleted.undoable > 0 && (
        <div className="toast" role="status">
          {deleted.undoable === 1 ? "The file is deleted." : `${count(deleted.undoable, "file")} are deleted.`}{" "}
          <button className="plain" onClick={() => deletions.undo()}>Undo</button>
        </div>
      )}
      {open === "new folder" && <NewFolder folder={folder} onClose={() => setOpen(null)} />}
      {open && open !== "new folder" && (
        <Dialog title={baseName(open.name)} className="wide" onClose={() => setOpen(null)}>
          <div className="preview-large">
            <Picture store={store} name={open.name} alt={baseName(open.name)} otherwise={<p className="quiet">This picture cannot be shown. Download it to see what it is.</p>} />
          </div>
          <div className="row spread">
            <span className="quiet small">{size(open.size)}</span>
            <button onClick={() => setOpen(null)}>Close</button>
          </div>
        </Dialog>
      )}
    </main>
  );
}

/** What is in a folder, as it reads. */
const told = ({ folders, files }: Folder) =>
  [folders.length > 0 && count(folders.length, "folder"), files.length > 0 && count(files.length, "file")].filter(Boolean).join(", ");

/** The session's uploads, which go on while other pages are looked at. */
function useUploads(store: FileStore, onStored: (file: StoredFile) => void): Uploads {
  const kept = useOutletContext<Kept>();
  kept.uploads ??= new Uploads(
    (...upload) => store.put(...upload),
    async (name, { size }) => kept.stored?.({ name, size, modifiedAt: Date.now() }),
  );
  useEffect(() => {
    kept.stored = onStored;
    return () => {
      delete kept.stored;
    };
  });
  return kept.uploads;
}

/** The session's deletions, by the API, which knows what notes use; what waits when the page is left goes then. */
function useDeletions(api: Api, store: FileStore) {
  const kept = useOutletContext<Kept>();
  const [deletions] = useState(() => (kept.deletions ??= new Deletions((name, force) => removed(api, store, name, force), UNDO_WITHIN)));
  const deleted = useSyncExternalStore(deletions.subscribe, deletions.current);
  useEffect(() => () => void deletions.flush(), [deletions]);
  return { deletions, deleted };
}

async function removed(api: Api, store: FileStore, name: string, force: boolean): Promise<"gone" | "in use"> {
  try {
    await api.send(`${pathOfFile(name)}${force ? "?force" : ""}`, { method: "DELETE" });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 409) return "in use";
    if (error.status !== 404) throw error;
    // Whoever uses S3 itself may have given a file a name that the API has not.
    await store.remove(name);
  }
  return "gone";
}

/** Files that were to go and did not, because notes use them. */
function InUse({ deletions, inUse }: { deletions: Deletions; inUse: string[] }) {
  if (inUse.length === 0) return null;
  const names = new Intl.ListFormat("en").format(inUse.slice(0, 3).map((name) => `“${baseName(name)}”`));
  return (
    <Failure>
      {inUse.length > 3 ? `${names} and ${inUse.length - 3} more` : names} {inUse.length === 1 ? "is" : "are"} attached to a note, and still here.{" "}
      <button className="plain" onClick={() => void deletions.insist()}>Delete anyway</button>{" "}
      <button className="plain" onClick={() => deletions.relent()}>Keep</button>
    </Failure>
  );
}

function NewFolder({ folder, onClose }: { folder: string; onClose: () => void }) {
  const navigate = useNavigate();
  return (
    <Dialog title="New folder" onClose={onClose}>
      <Form
        action="Open it"
        submit={async ({ name = "" }) => {
          onClose();
          await navigate(addressOf(folder + safeName(name)));
        }}
      >
        <Field label="Name" name="name" maxLength={100} autoComplete="off" hint="A folder is kept as soon as there is a file in it." />
      </Form>
      <button className="plain" onClick={onClose}>Cancel</button>
    </Dialog>
  );
}

/** Where one is, each folder above a link. */
function Path({ folder }: { folder: string }) {
  const names = folder.split("/").filter(Boolean);
  return (
    <nav className="row small path" aria-label="Folders">
      {names.length > 0 ? <Link to="/files">All files</Link> : <span aria-current="page">All files</span>}
      {names.map((name, depth) => (
        <span key={names.slice(0, depth + 1).join("/")}>
          {depth === names.length - 1 ? <span aria-current="page">{name}</span> : <Link to={addressOf(names.slice(0, depth + 1).join("/"))}>{name}</Link>}
        </span>
      ))}
    </nav>
  );
}
