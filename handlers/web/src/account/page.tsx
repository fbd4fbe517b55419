import { useCallback, useEffect, useState } from "react";
import { Link } from "react-router";

import { ArchiveCard } from "../archives/card";
import { request } from "../archives/follow";
import type { Job } from "../archives/job";
import { SessionEnded } from "../credentials";
import { useSession } from "../session";
import { useTitle } from "../shared/doorway";
import { Failure, sentence } from "../shared/notice";
import "./account.css";
import { Authenticator } from "./authenticator";
import { Erase } from "./erase";
import type { Me } from "./me";
import { Usage } from "./usage";

export function AccountPage() {
  const { state, api, expired, leave } = useSession();
  const [me, setMe] = useState<Me | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useTitle("Account");
  const email = state.kind === "in" ? state.email : "";

  const fail = useCallback((error: unknown) => (error instanceof SessionEnded ? expired() : setFailure(sentence(error))), [expired]);
  const read = useCallback(() => {
    setFailure(null);
    api.send<Me>("/me").then(({ value }) => setMe(value), fail);
  }, [api, fail]);
  useEffect(read, [read]);
  const out = (everywhere: boolean) => void leave(everywhere).catch(fail);

  return (
    <main className="stack narrow">
      <h1>Account</h1>
      <p className="quiet">Signed in as {email}</p>
      {failure && (
        <Failure>
          {failure} {!me && <button className="plain" onClick={read}>Try again</button>}
        </Failure>
      )}
      <section className="card stack" aria-labelledby="usage">
        <h2 id="usage">What you keep</h2>
        <Usage me={me} />
      </section>
      <section className="card stack" aria-labelledby="export">
        <h2 id="export">Take it along</h2>
        <p className="quiet">All your notes, as JSON and as Markdown, and every file, in one zip.</p>
        <Export fail={fail} />
      </section>
      <section className="card stack" aria-labelledby="keys">
        <h2 id="keys">Scripts</h2>
        <p className="quiet">API keys let programs reach your notes and files, as far as you allow.</p>
        <div>
          <Link className="button" to="/keys">API keys</Link>
        </div>
      </section>
      <section className="card stack" aria-labelledby="factor">
        <h2 id="factor">Second factor</h2>
        <Authenticator />
      </section>
      <section className="card stack" aria-labelledby="sessions">
        <h2 id="sessions">Sessions</h2>
        <p className="quiet">A session ends with its browser tab. Signing out everywhere ends those of other devices too, within the hour.</p>
        <div className="row">
          <button onClick={() => out(false)}>Sign out</button>
          <button className="danger" onClick={() => out(true)}>Sign out everywhere</button>
        </div>
      </section>
      <section className="card stack" aria-labelledby="end">
        <h2 id="end">The end</h2>
        <p className="quiet">Delete the account and everything in it. Take along what you want to keep first.</p>
        <Erase me={me} email={email} />
      </section>
    </main>
  );
}

function Export({ fail }: { fail: (error: unknown) => void }) {
  const { api } = useSession();
  const [job, setJob] = useState<Job | null>(null);
  const [isAsked, setIsAsked] = useState(false);
  const drop = useCallback(() => setJob(null), []);
  if (job) return <ArchiveCard first={job} onGone={drop} />;
  const ask = () => {
    setIsAsked(true);
    void request(api, "/me/export", {}).then(setJob, fail).finally(() => setIsAsked(false));
  };
  return (
    <div>
      <button disabled={isAsked} onClick={ask}>Export everything</button>
    </div>
  );
}
