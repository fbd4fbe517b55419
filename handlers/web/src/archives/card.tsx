import { useJob } from "./follow";
import { detail, headline, isUnderWay, missing, share, type Job } from "./job";

/** An archive: how far it is, what became of it, and what can be done with it. */
export function ArchiveCard({ first, onGone }: { first: Job; onGone: (archiveId: string) => void }) {
  const { job, trouble, download, drop } = useJob(first, onGone);
  const lacking = missing(job);
  const isRunning = isUnderWay(job);
  return (
    <article className="card archive" aria-label={`Archive ${job.name}`}>
      <div className="row spread">
        <h2>{job.name}</h2>
        <span className={`badge ${job.status}`} role="status">{headline(job)}</span>
      </div>
      {isRunning && <progress aria-label={`Progress of ${job.name}`} value={share(job)} />}
      <p className="quiet small">{detail(job)}</p>
      {lacking && <p className="notice">{lacking}</p>}
      {trouble && <p className="notice bad" role="alert">{trouble}</p>}
      <div className="row">
        {job.status === "ready" && (
          <button className="primary" onClick={download} aria-label={`Download ${job.name}`}>Download</button>
        )}
        <button onClick={drop} aria-label={`${isRunning ? "Cancel" : "Remove"} ${job.name}`}>{isRunning ? "Cancel" : "Remove"}</button>
      </div>
    </article>
  );
}
