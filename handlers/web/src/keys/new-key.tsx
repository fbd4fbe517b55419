import { SessionEnded } from "../credentials";
import { useSession } from "../session";
import { Dialog } from "../shared/dialog";
import { Field, Form } from "../shared/form";
import { endAfter, KINDS, LIFETIMES, type ApiKey } from "./key";

interface NewKeyProps {
  onMade: (key: ApiKey & { secret: string }) => void;
  onClose: () => void;
}

/** What a new key is called, allows, and how long it is good. */
export function NewKey({ onMade, onClose }: NewKeyProps) {
  const { api, expired } = useSession();
  const submit = async (values: Record<string, string>) => {
    const scopes = Object.keys(values).filter((name) => name.includes(":"));
    if (scopes.length === 0) throw new Error("Choose what the key allows.");
    const body = { name: values["name"], scopes, expiresAt: endAfter(Number(values["days"]), Date.now()) };
    try {
      onMade((await api.send<ApiKey & { secret: string }>("/api-keys", { method: "POST", body })).value);
    } catch (error) {
      if (error instanceof SessionEnded) return expired();
      throw error;
    }
  };
  return (
    <Dialog title="New key" onClose={onClose}>
      <Form action="Make the key" submit={submit}>
        <Field label="Name" name="name" maxLength={100} autoComplete="off" placeholder="Backup script" />
        <fieldset className="scopes">
          <legend>What it allows</legend>
          {KINDS.map(({ kind, title }) => (
            <div key={kind} className="row">
              <span>{title}</span>
              {["read", "write"].map((what) => (
                <label key={what}>
                  <input type="checkbox" name={`${kind}:${what}`} aria-label={`${title}: ${what}`} defaultChecked={kind === "notes" && what === "read"} />
                  {what}
                </label>
              ))}
            </div>
          ))}
        </fieldset>
        <label>
          Good for
          <select name="days" defaultValue={90}>
            {LIFETIMES.map(({ days, title }) => (
              <option key={days} value={days}>{title}</option>
            ))}
          </select>
        </label>
      </Form>
      <button onClick={onClose}>Cancel</button>
    </Dialog>
  );
}
