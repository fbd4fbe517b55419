import { Failure } from "../shared/notice";
import { Copy } from "../shared/copy";
import { useRead, type Mail } from "./local";
import { dates } from "./parts";

export function Inbox() {
  const inbox = useRead<Mail[]>("inbox");
  if (inbox.kind === "loading") return <p className="quiet">Reading…</p>;
  if (inbox.kind === "failed") return <Failure>{inbox.why}</Failure>;
  if (inbox.value.length === 0) {
    return (
      <div className="empty">
        <h2>No messages</h2>
        <p>What would be sent by e-mail, codes to confirm an address or to choose a new password, is kept here.</p>
      </div>
    );
  }
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">To</th>
          <th scope="col">For</th>
          <th scope="col">Code</th>
          <th scope="col">Sent</th>
        </tr>
      </thead>
      <tbody>
        {inbox.value.map((mail) => (
          <tr key={`${mail.to} ${mail.sentAt} ${mail.code}`}>
            <td>{mail.to}</td>
            <td>{mail.purpose}</td>
            <td>
              <code>{mail.code}</code> <Copy text={mail.code} what={`the code for ${mail.to}`} />
            </td>
            <td className="quiet">{dates.format(mail.sentAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
