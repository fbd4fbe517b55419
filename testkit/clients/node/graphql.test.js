// The GraphQL API by Apollo's client, whose requests the AWS SDK's signer signs, and by aws-amplify 6.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { Amplify } from "aws-amplify";
import { generateClient } from "aws-amplify/api";
import { confirmSignUp, fetchAuthSession, signIn, signUp } from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";

import { codeFor, newName, PASSWORD, startServer } from "./server.js";

const CREATE = /* GraphQL */ `
  mutation Create($content: String!, $key: String) {
    createNote(content: $content, idempotencyKey: $key) { noteId content version }
  }`;
const NOTE = /* GraphQL */ `query Note($id: ID!) { note(noteId: $id) { noteId content version } }`;
const UPDATE = /* GraphQL */ `
  mutation Update($id: ID!, $content: String, $version: Int) {
    updateNote(noteId: $id, content: $content, expectedVersion: $version) { noteId content version }
  }`;

let server;
let apollo;

before(async () => {
  server = await startServer("--parameter", "GraphQl=iam");
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
    API: { GraphQL: { endpoint: outputs.GraphQlApi, region: outputs.Region, defaultAuthMode: "iam" } },
  });
  const kept = new Map();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  });
  const username = newName();
  await signUp({ username, password: PASSWORD });
  await confirmSignUp({ username, confirmationCode: await codeFor(outputs, username) });
  await signIn({ username, password: PASSWORD });
  apollo = client(async () => (await fetchAuthSession()).credentials);
});

after(async () => assert.equal(await server?.stop(), 0));

/** Apollo's client, whose requests are signed with what `credentials` gives. */
function client(credentials) {
  const { GraphQlApi: uri, Region: region } = server.outputs;
  const signer = new SignatureV4({ service: "appsync", region, credentials, sha256: Sha256 });
  const signed = async (target, { method, headers, body, signal }) => {
    const { protocol, hostname, host, port, pathname } = new URL(target);
    const request = { method, protocol, hostname, port, path: pathname, query: {}, headers: { ...headers, host }, body };
    return fetch(target, { method, headers: (await signer.sign(request)).headers, body, signal });
  };
  return new ApolloClient({ link: new HttpLink({ uri, fetch: signed }), cache: new InMemoryCache() });
}

test("apollo writes, reads through its cache, and learns why a change was refused", async () => {
  const variables = { content: "hällo", key: "once" };
  const made = (await apollo.mutate({ mutation: gql(CREATE), variables })).data.createNote;
  const again = (await apollo.mutate({ mutation: gql(CREATE), variables })).data.createNote;
  assert.equal(again.noteId, made.noteId);
  assert.equal(made.__typename, "Note");

  const read = { query: gql(NOTE), variables: { id: made.noteId } };
  assert.deepEqual((await apollo.query(read)).data.note, made);
  const change = { id: made.noteId, content: "two", version: 1 };
  await apollo.mutate({ mutation: gql(UPDATE), variables: change });
  await assert.rejects(apollo.mutate({ mutation: gql(UPDATE), variables: change }), (error) => {
    assert.ok(CombinedGraphQLErrors.is(error));
    assert.equal(error.errors[0].errorType, "PreconditionFailed");
    assert.equal(error.errors[0].errorInfo.status, 412);
    return true;
  });
  const fresh = await apollo.query({ ...read, fetchPolicy: "network-only" });
  assert.deepEqual([fresh.data.note.content, fresh.data.note.version], ["two", 2]);
});

test("apollo with a wrong secret is refused", async () => {
  const forged = async () => ({ ...(await fetchAuthSession()).credentials, secretAccessKey: "wrong" });
  await assert.rejects(client(forged).query({ query: gql`{ me { userId } }` }), (error) => {
    assert.equal(error.statusCode, 403);
    assert.match(error.bodyText, /InvalidSignatureException/);
    return true;
  });
});

test("amplify signs for the API by itself", async () => {
  const amplify = generateClient();
  const { identityId } = await fetchAuthSession();
  const { data } = await amplify.graphql({ query: CREATE, variables: { content: "by amplify" } });
  assert.equal(data.createNote.content, "by amplify");
  const me = await amplify.graphql({ query: "{ me { userId usage { notes } } }" });
  assert.deepEqual([me.data.me.userId, me.data.me.usage.notes], [identityId, 2]);
  await assert.rejects(amplify.graphql({ query: NOTE, variables: { id: "nobody's" } }), ({ errors }) => {
    assert.equal(errors[0].errorType, "NotFound");
    return true;
  });
});
