import { useState } from "react";

import { count } from "../archives/job";
import { SessionEnded } from "../credentials";
import { size } from "../files/size";
import { useSession } from "../session";
import { Dialog } from "../shared/dialog";
import { Field, Form } from "../shared/form";
import type { Me } from "./me";

/** The end of an account, once its owner has typed its address. */
export function Erase({ me, email }: { me: Me | null; email: string }) {
  const { api, erased, expired } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const erase = async () => {
    try {
      await api.send("/me", { method: "DELETE" });
    } catch (error) {
      if (error instanceof SessionEnded) return expired();
      throw error;
    }
    await erased();
  };
  return (
    <>
      <div>
        <button className="danger" onClick={() => setIsOpen(true)}>Delete the account…</button>
      </div>
      {isOpen && (
        <Dialog title="Delete your account?" onClose={() => setIsOpen(false)}>
          <Form action="Delete everything" isDangerous isReady={typed.trim().toLowerCase() === email.toLowerCase()} submit={erase}>
            <p>This goes for good, at once, and nobody can bring it back:</p>
            <ul className="goes">
              <li>{me ? count(me.usage.notes, "note") : "your notes"}</li>
              <li>{me ? `${count(me.usage.files, "file")}, ${size(me.usage.bytes)}` : "your files"}</li>
              <li>your archives and your API keys</li>
              <li>your user, with its password and its authenticator</li>
            </ul>
            <Field label="Type your e-mail address" hint={email} name="email" autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </Form>
          <button onClick={() => setIsOpen(false)}>Keep the account</button>
        </Dialog>
      )}
    </>
  );
}
