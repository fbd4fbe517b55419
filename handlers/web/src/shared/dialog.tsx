import { useEffect, useId, useRef, type ReactNode } from "react";

interface DialogProps {
  title: string;
  /** Hears that it was closed, by Escape too: it is then to be rendered no more. */
  onClose: () => void;
  className?: string;
  children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus, and gives it back. */
export function Dialog({ title, onClose, className = "", children }: DialogProps) {
  const place = useRef<HTMLDialogElement>(null);
  const label = useId();
  useEffect(() => {
    const dialog = place.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={place} className={`card ${className}`} aria-labelledby={label} onCancel={onClose}>
      <div className="stack">
        <h2 id={label}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
