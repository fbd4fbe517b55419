import { useEffect, type ReactNode } from "react";

/** A page with one thing to do. */
export function Doorway({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <main className="doorway">
      <section>
        <div className="brand">
          <img src="/app/icon.svg" alt="" width="22" height="22" />
          Notewarden
        </div>
        <div className="card stack">
          <h1>{title}</h1>
          {children}
        </div>
      </section>
    </main>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Notewarden`;
  }, [title]);
}
