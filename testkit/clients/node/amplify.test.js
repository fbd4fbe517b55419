// aws-amplify 6, configured as its users configure it: sign-up to a signed note.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Amplify } from "aws-amplify";
import { confirmSignUp, fetchAuthSession, getCurrentUser, signIn, signOut, signUp } from "aws-amplify/auth";
import { del, get, post, put } from "aws-amplify/api";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { CreateMultipartUploadCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

import { codeFor, newName, PASSWORD, startServer } from "./server.js";

let server;
const username = newName();

before(async () => {
  server = await startServer();
  const { outputs } = server;
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: outputs.UserPool,
        userPoolClientId: outputs.UserPoolClient,
        userPoolEndpoint: outputs.Endpoint,
        identityPoolId: outputs.IdentityPool,
        identityPoolEndpoint: outputs.Endpoint,
        loginWith: { email: true },
      },
    },
    API: { REST: { notes: { endpoint: outputs.Api, region: outputs.Region } } },
  });
  const kept = new Map();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  });
});

after(async () => assert.equal(await server?.stop(), 0));

test("sign-up, code, SRP sign-in", async () => {
  const signedUp = await signUp({ username, password: PASSWORD, options: { userAttributes: { email: username } } });
  assert.equal(signedUp.nextStep.signUpStep, "CONFIRM_SIGN_UP");
  await assert.rejects(signIn({ username, password: "Wrong-Passw0rd!" }), { name: "NotAuthorizedException" });
  const early = await signIn({ username, password: PASSWORD });
  assert.equal(early.nextStep.signInStep, "CONFIRM_SIGN_UP");
  const confirmed = await confirmSignUp({ username, confirmationCode: await codeFor(server.outputs, username) });
  assert.equal(confirmed.isSignUpComplete, true);
  const signedIn = await signIn({ username, password: PASSWORD });
  assert.equal(signedIn.isSignedIn, true);
  assert.equal((await getCurrentUser()).signInDetails.loginId, username);
});

test("a signed note", async () => {
  const { identityId } = await fetchAuthSession();
  const created = await (await post({ apiName: "notes", path: "/notes", options: { body: { content: "amplified" } } }).response).body.json();
  assert.equal(created.userId, identityId);
  const path = `/notes/${created.noteId}`;
  const changed = await (await put({ apiName: "notes", path, options: { body: { content: "changed" } } }).response).body.json();
  assert.equal(changed.version, 2);
  const listed = await (await get({ apiName: "notes", path: "/notes", options: { queryParams: { limit: "5" } } }).response).body.json();
  assert.deepEqual(listed, [changed]);
  assert.equal((await del({ apiName: "notes", path }).response).statusCode, 204);
});

test("files in the own folder by the SDK for JavaScript", async () => {
  const { credentials, identityId } = await fetchAuthSession();
  const { Endpoint, Region, Bucket } = server.outputs;
  const s3 = new S3Client({ endpoint: Endpoint, region: Region, forcePathStyle: true, credentials });
  const Key = `private/${identityId}/from node.txt`;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "streamed", ContentType: "text/plain" }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
  assert.equal(await got.Body.transformToString(), "streamed");

  const large = Buffer.alloc(11 * 1024 * 1024, "x");
  const done = await new Upload({ client: s3, params: { Bucket, Key: `${Key}.large`, Body: large } }).done();
  assert.match(done.ETag, /-3"$/);
  const back = await s3.send(new GetObjectCommand({ Bucket, Key: `${Key}.large` }));
  assert.ok(Buffer.from(await back.Body.transformToByteArray()).equals(large));
  await assert.rejects(s3.send(new PutObjectCommand({ Bucket, Key: "private/us-east-1:other/x", Body: "x" })), { name: "AccessDenied" });
  await assert.rejects(s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "x" })), { name: "AccessDenied" });
});

test("signing out ends the session", async () => {
  const { tokens } = await fetchAuthSession();
  await signOut();
  const answer = await fetch(server.outputs.Endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSCognitoIdentityProviderService.GetUser" },
    body: JSON.stringify({ AccessToken: tokens.accessToken.toString() }),
  });
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).__type, "NotAuthorizedException");
});
