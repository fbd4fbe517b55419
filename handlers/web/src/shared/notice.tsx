import type { ReactNode } from "react";

export function Failure({ children }: { children: ReactNode }) {
  return (
    <div className="notice bad" role="alert">
      {children}
    </div>
  );
}

/** What a person is told of an error: never its inside. */
export function sentence(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "Something went wrong. Try again.";
}
