import { useId, useState, type FormEvent, type InputHTMLAttributes, type ReactNode } from "react";

import { Failure, sentence } from "./notice";

interface FormProps {
  action: string;
  submit: (values: Record<string, string>) => Promise<void>;
  /** What an error is told as, where its own words are not the best. */
  explain?: (error: unknown) => string;
  /** What the form does cannot be undone. */
  isDangerous?: boolean;
  /** Whether it may be sent as it is filled in. */
  isReady?: boolean;
  children: ReactNode;
}

/** A form that sends once, says that it is at it, and keeps what was typed when it fails. */
export function Form({ action, submit, explain = sentence, isDangerous = false, isReady = true, children }: FormProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values: Record<string, string> = {};
    for (const [name, value] of new FormData(event.currentTarget)) if (typeof value === "string") values[name] = value;
    setIsBusy(true);
    setFailure(null);
    try {
      await submit(values);
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <form className="stack" onSubmit={(event) => void onSubmit(event)}>
      {failure && <Failure>{failure}</Failure>}
      {children}
      <button className={isDangerous ? "primary danger" : "primary"} disabled={isBusy || !isReady} type="submit">
        {action}
      </button>
    </form>
  );
}

export function Field({ label, hint, ...input }: { label: string; hint?: string } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className="stack" style={{ gap: "0.35rem" }}>
      <label htmlFor={id}>{label}</label>
      <input id={id} required aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && (
        <span className="quiet small" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

export function CodeField({ label }: { label: string }) {
  return <Field label={label} name="code" className="code" inputMode="numeric" autoComplete="one-time-code" pattern="[0-9]{6}" maxLength={6} title="six digits" />;
}

export function NewPasswordField({ label = "New password" }: { label?: string }) {
  return <Field label={label} name="password" type="password" autoComplete="new-password" minLength={8} hint="At least 8 characters, with upper and lower case, a digit and a symbol." />;
}
