import type { ReactNode } from "react";

export { sentence } from "./words";

export function Failure({ children }: { children: ReactNode }) {
  return (
    <div className="notice bad" role="alert">
      {children}
    </div>
  );
}
