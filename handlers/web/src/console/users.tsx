import { useState } from "react";

import { Failure, sentence } from "../shared/notice";
import { CommandShown } from "./command";
import { commandsFor } from "./commands";
import { read, useRead, type Outputs, type User, type UserInFull, type UserPage } from "./local";
import { dates, Fact } from "./parts";

export function Users({ chosen }: { chosen: string }) {
  return chosen ? <OneUser key={chosen} id={chosen} /> : <AllUsers />;
}

function AllUsers() {
  const first = useRead<UserPage>("users?limit=50");
  const [more, setMore] = useState<UserPage[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  if (first.kind === "loading") return <p className="quiet">Reading…</p>;
  if (first.kind === "failed") return <Failure>{first.why}</Failure>;
  const pages = [first.value, ...more];
  const users = pages.flatMap((page) => page.users);
  const next = pages.at(-1)?.next;
  if (users.length === 0) {
    return (
      <div className="empty">
        <h2>Nobody has signed up yet</h2>
        <p>Whoever signs up in the web client, or by a command of the outputs, is listed here.</p>
      </div>
    );
  }
  const readOn = (after: string) =>
    read<UserPage>(`users?limit=50&after=${encodeURIComponent(after)}`).then(
      (page) => setMore([...more, page]),
      (error: unknown) => setFailure(sentence(error)),
    );
  return (
    <>
      <table className="plain users">
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">Status</th>
            <th scope="col">Second factor</th>
            <th scope="col">Groups</th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.id}>
              <td>
                <a href={`#users/${user.id}`}>{user.email ?? user.id}</a>
              </td>
              <td data-label="Status">{state(user)}</td>
              <td data-label="Second factor">{factors(user)}</td>
              <td data-label="Groups">{user.groups.join(", ") || "none"}</td>
              <td className="quiet" data-label="Created">
                {dates.format(user.createdAt)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {failure && <Failure>{failure}</Failure>}
      {next && (
        <p>
          <button onClick={() => void readOn(next)}>More users</button>
        </p>
      )}
    </>
  );
}

const state = (user: User) => (user.isEnabled ? user.status : `${user.status}, disabled`).toLowerCase().replaceAll("_", " ");
const factors = (user: User) => user.factors.map((factor) => (factor === "EMAIL_OTP" ? "e-mail" : "authenticator")).join(", ") || "none";

function OneUser({ id }: { id: string }) {
  const found = useRead<UserInFull>(`users/${encodeURIComponent(id)}`);
  const outputs = useRead<Outputs>("outputs");
  if (found.kind === "loading" || outputs.kind === "loading") return <p className="quiet">Reading…</p>;
  if (found.kind === "failed") return <Failure>There is no such user any more.</Failure>;
  if (outputs.kind === "failed") return <Failure>{outputs.why}</Failure>;
  const user = found.value;
  return (
    <>
      <p>
        <a href="#users">All users</a>
      </p>
      <section className="card stack" aria-label="The user">
        <h2>{user.email ?? user.id}</h2>
        <dl className="facts small">
          <Fact name="Status" value={state(user)} />
          <Fact name="Address" value={user.isEmailVerified ? "verified" : "not verified"} />
          <Fact name="Second factor" value={factors(user)} />
          <Fact name="Groups" value={user.groups.join(", ") || "none"} />
          <Fact name="Created" value={dates.format(user.createdAt)} />
          <Fact name="Changed" value={dates.format(user.modifiedAt)} />
          {user.attributes.map(([name, value]) => (
            <Fact key={name} name={name} value={value} />
          ))}
        </dl>
      </section>
      <IdentityShown user={user} />
      <SignIns user={user} />
      <h2>Commands</h2>
      {commandsFor(user, outputs.value.UserPool ?? "").map((command) => (
        <CommandShown key={command.title} command={command} />
      ))}
    </>
  );
}

function IdentityShown({ user: { identity } }: { user: UserInFull }) {
  if (!identity) return <p className="quiet">No identity yet: it is made when credentials are first asked for.</p>;
  return (
    <section className="card stack" aria-label="The identity">
      <h2>Identity</h2>
      <dl className="facts small">
        <Fact name="Identity id" value={identity.id} />
        <Fact name="Created" value={dates.format(identity.createdAt)} />
        {identity.logins.map(([provider, subject]) => (
          <Fact key={provider} name="Login" value={`${provider} as ${subject}`} />
        ))}
      </dl>
      {identity.credentials.length > 0 && (
        <table className="plain small">
          <thead>
            <tr>
              <th scope="col">Access key</th>
              <th scope="col">Role</th>
              <th scope="col">Until</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {identity.credentials.map((credential) => (
              <tr key={credential.accessKeyId}>
                <td>
                  <code>{credential.accessKeyId}</code>
                </td>
                <td>{credential.role}</td>
                <td>{dates.format(credential.expiresAt)}</td>
                <td>{credential.state}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function SignIns({ user: { signIns } }: { user: UserInFull }) {
  if (signIns.length === 0) return <p className="quiet">Never signed in.</p>;
  return (
    <section className="card stack" aria-label="Sign-ins">
      <h2>Sign-ins</h2>
      <table className="plain small">
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">Until</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {signIns.map((signIn, number) => (
            <tr key={number}>
              <td>{dates.format(signIn.at)}</td>
              <td>{dates.format(signIn.expiresAt)}</td>
              <td>{signIn.state}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
