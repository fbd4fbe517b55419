// Somebody signed up, signed in and holding temporary credentials, by the AWS SDK for JavaScript.
import { Sha256 } from "@aws-crypto/sha256-js";
import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from "@aws-sdk/client-cognito-identity";
import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { S3Client } from "@aws-sdk/client-s3";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";

import { codeFor, newName, PASSWORD } from "./server.js";

export class Person {
  static async signUp({ outputs }) {
    const username = newName();
    const idp = new CognitoIdentityProviderClient({ region: outputs.Region, endpoint: outputs.Endpoint });
    const account = { ClientId: outputs.UserPoolClient, Username: username };
    await idp.send(new SignUpCommand({ ...account, Password: PASSWORD }));
    await idp.send(new ConfirmSignUpCommand({ ...account, ConfirmationCode: await codeFor(outputs, username) }));
    const { AuthenticationResult: tokens } = await idp.send(
      new InitiateAuthCommand({
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId: outputs.UserPoolClient,
        AuthParameters: { USERNAME: username, PASSWORD },
      }),
    );
    const logins = { [`cognito-idp.${outputs.Region}.amazonaws.com/${outputs.UserPool}`]: tokens.IdToken };
    return Object.assign(await Person.of(outputs, logins), { username, tokens });
  }

  // Whoever shows these logins to the identity pool.
  static async of(outputs, Logins) {
    const pool = new CognitoIdentityClient({ region: outputs.Region, endpoint: outputs.Endpoint });
    const { IdentityId } = await pool.send(new GetIdCommand({ IdentityPoolId: outputs.IdentityPool, Logins }));
    const { Credentials } = await pool.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }));
    return Object.assign(new Person(), {
      outputs,
      identityId: IdentityId,
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretKey,
        sessionToken: Credentials.SessionToken,
      },
    });
  }

  key(name) {
    return `private/${this.identityId}/${name}`;
  }

  s3() {
    const { Region: region, Endpoint: endpoint } = this.outputs;
    return new S3Client({ region, endpoint, credentials: this.credentials, forcePathStyle: true });
  }

  // Calls the API with a signature by the SDK's own signer.
  async call(method, path, value) {
    const url = new URL(path, this.outputs.Api);
    const body = value === undefined ? undefined : JSON.stringify(value);
    const request = new HttpRequest({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, ...(body && { "content-type": "application/json" }) },
      body,
    });
    const { credentials, outputs } = this;
    const signer = new SignatureV4({ service: "execute-api", region: outputs.Region, credentials, sha256: Sha256 });
    const { host, ...headers } = (await signer.sign(request)).headers;
    return fetch(url, { method, headers, body, redirect: "manual" });
  }
}
