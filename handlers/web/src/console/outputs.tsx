import { Copy } from "../shared/copy";
import { Failure } from "../shared/notice";
import { CommandShown } from "./command";
import { commands } from "./commands";
import { useRead, type Outputs } from "./local";

export function OutputsPage() {
  const outputs = useRead<Outputs>("outputs");
  if (outputs.kind === "loading") return <p className="quiet">Reading…</p>;
  if (outputs.kind === "failed") return <Failure>{outputs.why}</Failure>;
  return (
    <>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col">
              <span className="visually-hidden">Copy</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(outputs.value).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <code>{value}</code>
              </td>
              <td>
                <Copy text={value} what={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>Commands</h2>
      <p className="quiet">In the order in which somebody new would give them, for bash and the AWS command line.</p>
      {commands(outputs.value).map((command) => (
        <CommandShown key={command.title} command={command} />
      ))}
    </>
  );
}
