import { lazy, Suspense } from "react";
import { BrowserRouter, Navigate, NavLink, Outlet, Route, Routes } from "react-router";

import { Account } from "./account";
import { SignIn } from "./auth/sign-in";
import type { Config } from "./config";
import { NoteList } from "./notes/list";
import { SessionProvider, useSession } from "./session";
import { Doorway } from "./shared/doorway";

// The editor brings the markdown renderer along, and files S3's client, which the list does not need.
const NotePage = lazy(() => import("./notes/page").then((module) => ({ default: module.NotePage })));
const FilePage = lazy(() => import("./files/page").then((module) => ({ default: module.FilePage })));

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
            <Route path="account" element={<Account />} />
            <Route path="*" element={<Nowhere />} />
          </Route>
        </Routes>
      </SessionProvider>
    </BrowserRouter>
  );
}

/** What surrounds every page of somebody signed in; for anybody else the page stays in the address bar meanwhile. */
function Frame() {
  const { state } = useSession();
  if (state.kind === "checking") return <main aria-busy="true" />;
  if (state.kind === "out") return <SignIn expired={state.because === "expired"} />;
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
            <NavLink to="/account">Account</NavLink>
          </nav>
          <span className="quiet small">{state.email}</span>
        </div>
      </header>
      <Suspense fallback={<main aria-busy="true" />}>
        <Outlet />
      </Suspense>
    </>
  );
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
