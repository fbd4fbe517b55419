import { Failure } from "../shared/notice";
import { Copy } from "../shared/copy";
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
      {commands(outputs.value).map(({ title, text }) => (
        <section key={title} className="stack" aria-label={title}>
          <div className="row spread">
            <h3>{title}</h3>
            <Copy text={text} what={`“${title}”`} />
          </div>
          <pre className="detail">{text}</pre>
        </section>
      ))}
    </>
  );
}

/** Commands that work as they stand, in a POSIX shell. */
export function commands(outputs: Outputs): { title: string; text: string }[] {
  const { AwsConfigFile, AwsCredentialsFile, UserPool, Bucket } = outputs;
  return [
    {
      title: "The AWS command line, as this server's administrator",
      text: `export AWS_CONFIG_FILE='${AwsConfigFile}'\nexport AWS_SHARED_CREDENTIALS_FILE='${AwsCredentialsFile}'`,
    },
    { title: "Everybody in the user pool", text: `aws cognito-idp list-users --user-pool-id '${UserPool}'` },
    { title: "Everything in the bucket", text: `aws s3 ls --recursive 's3://${Bucket}/'` },
  ];
}
