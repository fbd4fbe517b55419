// Commands that work as they stand, in a POSIX shell with the AWS command line.
import type { Outputs, User } from "./local";

export interface Command {
  title: string;
  text: string;
}

/** A word that a shell takes as it is. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What a person may want to do with a server's outputs, in the order in which they would. */
export function commands(outputs: Outputs): Command[] {
  const { AwsConfigFile = "", AwsCredentialsFile = "", UserPool = "", UserPoolClient = "", IdentityPool = "", Bucket = "", Region = "", Endpoint = "", Api = "" } = outputs;
  const login = `cognito-idp.${Region}.amazonaws.com/${UserPool}`;
  const name = "you@example.com";
  return [
    {
      title: "The AWS command line, as this server’s administrator",
      text: `export AWS_CONFIG_FILE=${quote(AwsConfigFile)}\nexport AWS_SHARED_CREDENTIALS_FILE=${quote(AwsCredentialsFile)}`,
    },
    {
      title: "The same as a profile of ~/.aws/config",
      text: `[profile notewarden]\nregion = ${Region}\nendpoint_url = ${Endpoint}\ns3 =\n    signature_version = s3v4\n    addressing_style = path`,
    },
    {
      title: "Sign up",
      text: [
        `aws cognito-idp sign-up --client-id ${quote(UserPoolClient)} --username ${name} --password 'Passw0rd!'`,
        `aws cognito-idp admin-confirm-sign-up --user-pool-id ${quote(UserPool)} --username ${name}`,
      ].join("\n"),
    },
    {
      title: "Sign in, and take credentials",
      text: [
        `T=$(aws cognito-idp initiate-auth --client-id ${quote(UserPoolClient)} --auth-flow USER_PASSWORD_AUTH \\`,
        `  --auth-parameters USERNAME=${name},PASSWORD='Passw0rd!' --query AuthenticationResult.IdToken --output text)`,
        `ID=$(aws cognito-identity get-id --identity-pool-id ${quote(IdentityPool)} --logins ${quote(login)}=$T --query IdentityId --output text)`,
        `read K S X < <(aws cognito-identity get-credentials-for-identity --identity-id $ID --logins ${quote(login)}=$T \\`,
        `  --query 'Credentials.[AccessKeyId,SecretKey,SessionToken]' --output text)`,
      ].join("\n"),
    },
    {
      title: "Write a note, and list them",
      text: [
        `curl --aws-sigv4 aws:amz:${Region}:execute-api --user $K:$S -H "x-amz-security-token: $X" --json '{"content":"hello"}' ${quote(`${Api}/notes`)}`,
        `curl --aws-sigv4 aws:amz:${Region}:execute-api --user $K:$S -H "x-amz-security-token: $X" ${quote(`${Api}/notes`)}`,
      ].join("\n"),
    },
    {
      title: "Store a file in one’s own folder",
      text: [
        `AWS_ACCESS_KEY_ID=$K AWS_SECRET_ACCESS_KEY=$S AWS_SESSION_TOKEN=$X aws s3 cp hello.txt s3://${Bucket}/private/$ID/hello.txt`,
        `AWS_ACCESS_KEY_ID=$K AWS_SECRET_ACCESS_KEY=$S AWS_SESSION_TOKEN=$X aws s3 ls s3://${Bucket}/private/$ID/`,
      ].join("\n"),
    },
    { title: "Everybody in the user pool", text: `aws cognito-idp list-users --user-pool-id ${quote(UserPool)}` },
    { title: "Everything in the bucket", text: `aws s3 ls --recursive s3://${Bucket}/` },
  ];
}

/** What an administrator may do with a user, as they are now. */
export function commandsFor(user: User, userPool: string): Command[] {
  const of = (operation: string, more = "") =>
    `aws cognito-idp ${operation} --user-pool-id ${quote(userPool)} --username ${quote(user.id)}${more}`;
  const found: Command[] = [{ title: "Show", text: of("admin-get-user") }];
  if (user.status === "UNCONFIRMED") found.push({ title: "Confirm", text: of("admin-confirm-sign-up") });
  found.push({ title: "Set the password", text: of("admin-set-user-password", " --permanent --password 'Passw0rd!'") });
  found.push({ title: "Sign out everywhere", text: of("admin-user-global-sign-out") });
  found.push({ title: "Add to a group", text: of("admin-add-user-to-group", " --group-name GROUP") });
  for (const group of user.groups) found.push({ title: `Take out of ${group}`, text: of("admin-remove-user-from-group", ` --group-name ${quote(group)}`) });
  found.push(user.isEnabled ? { title: "Disable", text: of("admin-disable-user") } : { title: "Enable", text: of("admin-enable-user") });
  found.push({ title: "Delete", text: of("admin-delete-user") });
  return found;
}
