import { useCallback, useEffect, useState } from "react";
import { Link, useParams } from "react-router";

import { SessionEnded } from "../api";
import { when } from "../notes/note";
import { useSession } from "../session";
import { useTitle } from "../shared/doorway";
import { Failure, sentence } from "../shared/notice";
import { within } from "./folders";
import { save } from "./save";
import { baseName, size } from "./size";
import { FileStore, type StoredFile } from "./store";

export function FilePage() {
  const { "*": path = "" } = useParams();
  const { config, expired } = useSession();
  const [store] = useState(() => new FileStore(config));
  const [files, setFiles] = useState<StoredFile[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useTitle("Files");

  const fail = useCallback((error: unknown) => (error instanceof SessionEnded ? expired() : setFailure(sentence(error))), [expired]);
  useEffect(() => {
    store.list().then(setFiles, fail);
  }, [store, fail]);

  const folder = path && !path.endsWith("/") ? `${path}/` : path;
  const shown = files && within(folder, files);
  const download = (name: string) => void store.get(name).then((blob) => save(blob, baseName(name)), fail);

  return (
    <main className="stack">
      <h1>Files</h1>
      <Path folder={folder} />
      {failure && <Failure>{failure}</Failure>}
      {!shown && !failure && <p className="quiet" aria-busy="true">Reading…</p>}
      {shown && shown.folders.length + shown.files.length === 0 && (
        <div className="empty">
          <h2>No files here</h2>
          <p>Files that you attach to a note are kept in your own folder, which nobody else can open.</p>
        </div>
      )}
      {shown && shown.folders.length + shown.files.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Size</th>
              <th scope="col">Changed</th>
              <th scope="col">
                <span className="visually-hidden">Download</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.folders.map((name) => (
              <tr key={name}>
                <td colSpan={4}>
                  <Link to={`/files/${encode(folder + name)}`}>{name}/</Link>
                </td>
              </tr>
            ))}
            {shown.files.map((file) => (
              <tr key={file.name}>
                <td>{baseName(file.name)}</td>
                <td>{size(file.size)}</td>
                <td className="quiet">{when(file.modifiedAt)}</td>
                <td>
                  <button className="plain" aria-label={`Download ${baseName(file.name)}`} onClick={() => download(file.name)}>Download</button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

const encode = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/** Where one is, each folder above a link. */
function Path({ folder }: { folder: string }) {
  const names = folder.split("/").filter(Boolean);
  return (
    <nav className="row small" aria-label="Folders">
      {names.length > 0 && <Link to="/files">All files</Link>}
      {names.map((name, depth) => (
        <span key={names.slice(0, depth + 1).join("/")}>
          {depth === names.length - 1 ? <span aria-current="page">{name}</span> : <Link to={`/files/${encode(names.slice(0, depth + 1).join("/"))}`}>{name}</Link>}
        </span>
      ))}
    </nav>
  );
}
