import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { BrowserRouter, Navigate, NavLink, Outlet, Route, Routes } from "react-router";

import { SignIn } from "./auth/sign-in";
import "./client.css";
import type { Config } from "./config";
import type { Kept } from "./files/kept";
import { NoteList } from "./notes/list";
import { SessionProvider, useSession } from "./session";
import { Doorway } from "./shared/doorway";

// Every page is loaded when it is opened first, but for the list of notes, which is what most open first.
const NotePage = lazy(() => import("./notes/page").then((module) => ({ default: module.NotePage })));
const FilePage = lazy(() => import("./files/page").then((module) => ({ default: module.FilePage })));
const ArchivePage = lazy(() => import("./archives/page").then((module) => ({ default: module.ArchivePage })));
const KeyPage = lazy(() => import("./keys/page").then((module) => ({ default: module.KeyPage })));
const AccountPage = lazy(() => import("./account/page").then((module) => ({ default: module.AccountPage })));

export function App({ config }: { config: Config }) {
  return (
    <BrowserRouter basename="/app">
      <SessionProvider config={config}>
        <Routes>
          <Route element={<Frame />}>
            <Route index element={<Navigate to="/notes" replace />} />
            <Route path="notes" element={<NoteList />} />
            <Route path="notes/:noteId" element={<NotePage />} />
            <Route path="files/*" element={<FilePage />} />
            <Route path="archives" element={<ArchivePage />} />
            <Route path="keys" element={<KeyPage />} />
            <Route path="account" element={<AccountPage />} />
            <Route path="*" element={<Nowhere />} />
          </Route>
        </Routes>
      </SessionProvider>
    </BrowserRouter>
  );
}

/** For anybody who is not signed in, the page stays in the address bar meanwhile. */
function Frame() {
  const { state } = useSession();
  if (state.kind === "checking") return <main aria-busy="true" />;
  if (state.kind === "out") return <SignIn because={state.because} />;
  return <Inside email={state.email} />;
}

/** What surrounds every page of somebody signed in, and what outlives each of them. */
function Inside({ email }: { email: string }) {
  const isOnline = useSyncExternalStore(onNetwork, () => navigator.onLine);
  const [kept] = useState<Kept>({});
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (kept.uploads?.current().some(({ state }) => state.kind !== "failed")) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      // Whoever signs in next has a folder of their own.
      kept.uploads?.cancelAll();
    };
  }, [kept]);
  return (
    <>
      <header className="bar">
        <div>
          <NavLink className="brand" to="/notes">
            <img src="/app/icon.svg" alt="" width="22" height="22" />
            Notewarden
          </NavLink>
          <nav aria-label="Main">
            <NavLink to="/notes">Notes</NavLink>
            <NavLink to="/files">Files</NavLink>
            <NavLink to="/archives">Archives</NavLink>
            <NavLink to="/keys">API keys</NavLink>
            <NavLink to="/account">Account</NavLink>
          </nav>
          <span className="quiet small">{email}</span>
        </div>
      </header>
      {!isOnline && (
        <div className="offline" role="status">
          You are offline. What you see may be old, and nothing new arrives until the network is back.
        </div>
      )}
      <Suspense fallback={<main aria-busy="true" />}>
        <Outlet context={kept} />
      </Suspense>
    </>
  );
}

function onNetwork(changed: () => void): () => void {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
}

function Nowhere() {
  return (
    <Doorway title="There is nothing here">
      <p>
        The address leads nowhere. <NavLink to="/notes">Go to your notes</NavLink>.
      </p>
    </Doorway>
  );
}
