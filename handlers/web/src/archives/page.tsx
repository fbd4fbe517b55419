import { useCallback, useEffect, useState } from "react";
import { Link } from "react-router";

import { SessionEnded } from "../credentials";
import { useSession } from "../session";
import { useTitle } from "../shared/doorway";
import { Failure, sentence } from "../shared/notice";
import { ArchiveCard } from "./card";
import type { Job } from "./job";

const PAGE = 20;

/** The archives of the last day or so: what is being made, what can be downloaded, and what has expired. */
export function ArchivePage() {
  const { api, expired } = useSession();
  const [jobs, setJobs] = useState<Job[] | null>(null);
  const [next, setNext] = useState<string | null>(`/archives?limit=${PAGE}`);
  const [failure, setFailure] = useState<string | null>(null);
  useTitle("Archives");

  const more = useCallback(
    (path: string) => {
      setFailure(null);
      api.send<Job[]>(path).then(
        (answer) => {
          setJobs((known) => [...(known ?? []), ...answer.value]);
          setNext(answer.next);
        },
        (error: unknown) => (error instanceof SessionEnded ? expired() : setFailure(sentence(error))),
      );
    },
    [api, expired],
  );
  useEffect(() => more(`/archives?limit=${PAGE}`), [more]);
  const drop = useCallback((gone: string) => setJobs((known) => known?.filter(({ archiveId }) => archiveId !== gone) ?? null), []);

  return (
    <main className="stack">
      <h1>Archives</h1>
      <p className="quiet">
        Many files as one zip, made on the server. Choose them under <Link to="/files">Files</Link>, or take along everything under{" "}
        <Link to="/account">Account</Link>.
      </p>
      {failure && (
        <Failure>
          {failure} <button className="plain" onClick={() => more(next ?? `/archives?limit=${PAGE}`)}>Try again</button>
        </Failure>
      )}
      {!jobs && !failure && <div className="archives" aria-busy="true">{[0, 1].map((ghost) => <div key={ghost} className="ghost" aria-hidden="true" />)}</div>}
      {jobs?.length === 0 && (
        <div className="empty">
          <h2>No archives</h2>
          <p>What you have packed stays here until it expires.</p>
        </div>
      )}
      {jobs && jobs.length > 0 && (
        <ul className="archives">
          {jobs.map((job) => (
            <li key={job.archiveId}>
              <ArchiveCard first={job} onGone={drop} />
            </li>
          ))}
        </ul>
      )}
      {jobs && next && (
        <div>
          <button onClick={() => more(next)}>Show earlier ones</button>
        </div>
      )}
    </main>
  );
}
