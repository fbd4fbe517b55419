// A job as it goes on: asked for again until it has ended, also while there is no network for a while.
import { useEffect, useState } from "react";

import { ApiError, type Api } from "../api";
import { Offline, SessionEnded } from "../credentials";
import { follow } from "../files/download";
import { useSession } from "../session";
import { sentence } from "../shared/notice";
import { isUnderWay, type Job } from "./job";

/** How long to wait before a job is asked for again, in milliseconds: what the API says in `Retry-After`. */
const PAUSE = 1_000;

export interface Followed {
  job: Job;
  /** Why it is not known how far the job is, or why something could not be done. */
  trouble: string | null;
  download: () => void;
  /** Cancels the job, or removes its zip. */
  drop: () => void;
}

export const pathOfJob = (archiveId: string): string => `/archives/${archiveId}`;

/** Asks for an archive once, however often the request has to be sent. */
export async function request(api: Api, path: "/archives" | "/me/export", body: unknown): Promise<Job> {
  const headers = { "idempotency-key": crypto.randomUUID() };
  const send = async () => (await api.send<Job>(path, { method: "POST", body, headers })).value;
  try {
    return await send();
  } catch (error) {
    // Without an answer it may have been heard: the key makes it one job.
    if (error instanceof Offline) return await send();
    throw inWords(error);
  }
}

/** The API names the member at fault, which on a page is the archive itself. */
function inWords(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.status !== 422) return error;
  return new ApiError(error.status, error.type, error.message.replace(/^`files`/, "an archive"), error.requestId);
}

export function useJob(first: Job, onGone: (archiveId: string) => void): Followed {
  const { api, expired } = useSession();
  const [job, setJob] = useState(first);
  const [trouble, setTrouble] = useState<string | null>(null);
  const path = pathOfJob(job.archiveId);

  useEffect(() => {
    if (!isUnderWay(job)) return;
    const abort = new AbortController();
    const look = () =>
      api.send<Job>(path, { signal: abort.signal }).then(
        ({ value }) => {
          setTrouble(null);
          setJob(value);
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          if (error instanceof SessionEnded) expired();
          else if (isGone(error)) onGone(job.archiveId);
          else {
            setTrouble(`${sentence(error)} Asking again…`);
            // Another object, so that it is asked for again.
            setJob({ ...job });
          }
        },
      );
    const timer = setTimeout(() => void look(), PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [api, expired, job, onGone, path]);

  const fail = (error: unknown) => (error instanceof SessionEnded ? expired() : setTrouble(sentence(error)));
  const download = () => {
    setTrouble(null);
    void api.link(`${path}?download`).then(
      (href) => follow(href),
      (error: unknown) => {
        fail(error);
        // It may have expired meanwhile, which the job itself says best.
        void api.send<Job>(path).then(({ value }) => setJob(value), () => undefined);
      },
    );
  };
  const drop = () =>
    void api.send(path, { method: "DELETE" }).then(
      () => onGone(job.archiveId),
      (error: unknown) => (isGone(error) ? onGone(job.archiveId) : fail(error)),
    );
  return { job, trouble, download, drop };
}

const isGone = (error: unknown) => error instanceof ApiError && error.status === 404;
