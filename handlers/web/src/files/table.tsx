import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Link } from "react-router";

import { when } from "../notes/note";
import type { Folder } from "./folders";
import { Picture } from "./picture";
import { allOrNone, extended, NOTHING, toggled, type Selection } from "./selection";
import { baseName, isPicture, size } from "./size";
import type { FileStore, StoredFile } from "./store";

/** Pictures up to this size are shown small in the list, in bytes. */
const THUMBNAIL = 3_000_000;
/** Pictures up to this size can be looked at here, in bytes: they are held in memory whole. */
const PREVIEW = 30_000_000;
/** How many rows are shown at first, and more each time. */
const ROWS = 200;

interface FileTableProps {
  store: FileStore;
  path: string;
  folder: Folder;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  onOpen: (file: StoredFile) => void;
  onDownload: (name: string) => void;
  onDelete: () => void;
}

/** A folder's rows. The boxes take the whole keyboard: arrows, Shift for ranges, Ctrl+A, Escape and Delete. */
export function FileTable({ store, path, folder, selection, onSelect, onOpen, onDownload, onDelete }: FileTableProps) {
  const [limit, setLimit] = useState(ROWS);
  const body = useRef<HTMLTableSectionElement>(null);
  const order = [...folder.folders.map((name) => `${path}${name}/`), ...folder.files.map(({ name }) => name)];
  const shown = folder.files.slice(0, Math.max(limit - folder.folders.length, 0));

  const choose = (row: string, isRange: boolean) => onSelect(isRange ? extended(selection, row, order) : toggled(selection, row));
  const press = (event: KeyboardEvent, row: string) => {
    const boxes = [...(body.current?.querySelectorAll<HTMLInputElement>("input") ?? [])];
    const to = order.indexOf(row) + (event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0);
    if (event.key === "a" && (event.ctrlKey || event.metaKey)) onSelect({ rows: new Set(order), anchor: row });
    else if (event.key === "Escape") onSelect(NOTHING);
    else if (event.key === "Delete" && selection.rows.size > 0) onDelete();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const target = order[to];
      if (target === undefined) return;
      boxes[to]?.focus();
      if (event.shiftKey) onSelect(extended(selection.rows.has(row) ? { ...selection, anchor: selection.anchor ?? row } : toggled(selection, row), target, order));
    } else return;
    event.preventDefault();
  };
  const box = (row: string, label: string) => (
    <td className="choose">
      <input
        type="checkbox"
        aria-label={`Select ${label}`}
        checked={selection.rows.has(row)}
        onChange={(event) => choose(row, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
        onKeyDown={(event) => press(event, row)}
      />
    </td>
  );

  return (
    <>
      <table className="plain files">
        <thead>
          <tr>
            <th scope="col" className="choose">
              <input type="checkbox" aria-label="Select all" checked={order.every((row) => selection.rows.has(row))} onChange={() => onSelect(allOrNone(selection, order))} />
            </th>
            <th scope="col">Name</th>
            <th scope="col">Size</th>
            <th scope="col" className="changed">Changed</th>
            <th scope="col">
              <span className="visually-hidden">Download</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {folder.folders.map((name) => (
            <tr key={`${name}/`} className={selection.rows.has(`${path}${name}/`) ? "chosen" : ""}>
              {box(`${path}${name}/`, `${name}/`)}
              <td colSpan={4}>
                <span className="file">
                  <FolderIcon />
                  <Link to={addressOf(path + name)}>{name}/</Link>
                </span>
              </td>
            </tr>
          ))}
          {shown.map((file) => (
            <tr key={file.name} className={selection.rows.has(file.name) ? "chosen" : ""}>
              {box(file.name, baseName(file.name))}
              <td>
                <span className="file">
                  <Thumbnail store={store} file={file} />
                  {isPicture(file.name) && file.size <= PREVIEW ? (
                    <button className="plain" onClick={() => onOpen(file)}>{baseName(file.name)}</button>
                  ) : (
                    <span>{baseName(file.name)}</span>
                  )}
                </span>
              </td>
              <td className="size">{size(file.size)}</td>
              <td className="quiet changed">{when(file.modifiedAt)}</td>
              <td className="act">
                <button className="plain" aria-label={`Download ${baseName(file.name)}`} onClick={() => onDownload(file.name)}>
                  <span className="long">Download</span>
                  <span className="short" aria-hidden="true">↓</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < folder.files.length && (
        <div>
          <button onClick={() => setLimit(limit + ROWS)}>Show more of {folder.files.length.toLocaleString("en")} files</button>
        </div>
      )}
    </>
  );
}

/** The address of a folder of the page. */
export const addressOf = (folder: string): string => `/files/${folder.split("/").filter(Boolean).map(encodeURIComponent).join("/")}`;

/** A small picture of a picture once its row is seen, and room of the same size for everything else. */
function Thumbnail({ store, file }: { store: FileStore; file: StoredFile }) {
  const [isSeen, setIsSeen] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  const canBe = isPicture(file.name) && file.size <= THUMBNAIL;
  useEffect(() => {
    if (!canBe || !place.current) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setIsSeen(true), { rootMargin: "200px" });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [canBe]);
  const letters = <span className="kind" aria-hidden="true">{kind(file.name)}</span>;
  return (
    <span className="thumbnail" ref={place}>
      {canBe && isSeen ? <Picture key={file.modifiedAt} store={store} name={file.name} alt="" otherwise={letters} /> : letters}
    </span>
  );
}

/** A file's extension, where it is short enough to be one. */
const kind = (name: string) => /\.([a-z0-9]{1,4})$/i.exec(name)?.[1]?.toLowerCase() ?? "";

function FolderIcon() {
  return (
    <span className="thumbnail folder" aria-hidden="true">
      <svg viewBox="0 0 24 24" width="20" height="20">
        <path d="M3 6.5A1.5 1.5 0 0 1 4.5 5h4.2l2 2.2h8.8A1.5 1.5 0 0 1 21 8.7v8.8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5z" fill="currentColor" />
      </svg>
    </span>
  );
}
