import { useState } from "react";

/** Puts `text` on the clipboard, and says so. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState("Copy");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied"),
      () => setSaid("Not allowed"),
    );
  return (
    <button className="plain small" onClick={() => void copy()} onBlur={() => setSaid("Copy")} aria-label={`${said} ${what}`}>
      {said}
    </button>
  );
}
