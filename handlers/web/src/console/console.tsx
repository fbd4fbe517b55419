import { useEffect, useState } from "react";

import { useTitle } from "../shared/doorway";
import { Decisions } from "./decisions";
import { Inbox } from "./inbox";
import { OutputsPage } from "./outputs";
import { Playground } from "./playground";
import { Users } from "./users";

const PLACES = [
  { id: "decisions", title: "Decisions" },
  { id: "inbox", title: "Inbox" },
  { id: "users", title: "Users" },
  { id: "playground", title: "Playground" },
  { id: "outputs", title: "Outputs" },
] as const;

/** The place is in the address, after `#`: it can be linked, and the back button works. */
export function Console() {
  const [place = "", detail = ""] = useHash().split("/");
  const here = PLACES.find(({ id }) => id === place) ?? PLACES[0];
  useTitle(`${here.title} · Console`);
  return (
    <>
      <header className="bar">
        <div>
          <a className="brand" href="#decisions">
            <img src="/app/icon.svg" alt="" width="22" height="22" />
            Console
          </a>
          <nav aria-label="Main">
            {PLACES.map(({ id, title }) => (
              <a key={id} href={`#${id}`} aria-current={id === here.id ? "page" : undefined}>
                {title}
              </a>
            ))}
          </nav>
          <a className="small" href="/app/">
            The web client
          </a>
        </div>
      </header>
      <main className="stack">
        <h1>{here.title}</h1>
        {here.id === "decisions" && <Decisions chosen={detail} />}
        {here.id === "inbox" && <Inbox />}
        {here.id === "users" && <Users chosen={detail} />}
        {here.id === "playground" && <Playground />}
        {here.id === "outputs" && <OutputsPage />}
      </main>
    </>
  );
}

function useHash(): string {
  const [hash, setHash] = useState(location.hash.slice(1));
  useEffect(() => {
    const follow = () => setHash(location.hash.slice(1));
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return hash;
}
