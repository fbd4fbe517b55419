// amazon-cognito-identity-js: SRP sign-in and refresh, many times over.
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { after, before, test } from "node:test";

import { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool } from "amazon-cognito-identity-js";

import { codeFor, newName, PASSWORD, startServer } from "./server.js";

let server;
let pool;

before(async () => {
  server = await startServer();
  const { UserPool, UserPoolClient, Endpoint } = server.outputs;
  pool = new CognitoUserPool({ UserPoolId: UserPool, ClientId: UserPoolClient, endpoint: Endpoint });
});

after(async () => assert.equal(await server?.stop(), 0));

const called = (start) =>
  new Promise((resolve, reject) => start((error, result) => (error ? reject(error) : resolve(result))));

const user = (Username) => new CognitoUser({ Username, Pool: pool });

const signIn = (someone, Password) =>
  new Promise((onSuccess, onFailure) =>
    someone.authenticateUser(new AuthenticationDetails({ Username: someone.getUsername(), Password }), { onSuccess, onFailure }),
  );

async function signUp() {
  const name = newName();
  const email = new CognitoUserAttribute({ Name: "email", Value: name });
  await called((done) => pool.signUp(name, PASSWORD, [email], [], done));
  return name;
}

async function confirmed() {
  const name = await signUp();
  const code = await codeFor(server.outputs, name);
  await called((done) => user(name).confirmRegistration(code, false, done));
  return name;
}

test("SRP, refresh and sign-out", async () => {
  const someone = user(await confirmed());
  const session = await signIn(someone, PASSWORD);
  assert.equal(session.getIdToken().payload.email, someone.signInUserSession.getIdToken().payload.email);
  const renewed = await called((done) => someone.refreshSession(session.getRefreshToken(), done));
  assert.notEqual(renewed.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken());
  const attributes = await called((done) => someone.getUserAttributes(done));
  assert.equal(attributes.find(({ Name }) => Name === "email_verified").Value, "true");
});

test("forty sign-ins of eight people", async () => {
  for (let person = 0; person < 8; person += 1) {
    const name = await confirmed();
    for (let time = 0; time < 5; time += 1) {
      assert.ok((await signIn(user(name), PASSWORD)).isValid());
    }
  }
});

// The library's arithmetic is slow: `NOTEWARDEN_SRP_PEOPLE` asks for more.
const people = Number(process.env.NOTEWARDEN_SRP_PEOPLE ?? 40);

test(`${people} people with random passwords`, async () => {
  for (let person = 0; person < people; person += 1) {
    const name = newName();
    const password = `aA1!${randomBytes(randomInt(1, 40)).toString("base64")}`;
    await called((done) => pool.signUp(name, password, [], [], done));
    const code = await codeFor(server.outputs, name);
    await called((done) => user(name).confirmRegistration(code, false, done));
    assert.ok((await signIn(user(name), password)).isValid(), password);
  }
});

test("refusals have Cognito's names", async () => {
  const unconfirmed = await signUp();
  await assert.rejects(signIn(user(unconfirmed), PASSWORD), { code: "UserNotConfirmedException" });
  const name = await confirmed();
  await assert.rejects(signIn(user(name), "Wrong-Passw0rd!"), { code: "NotAuthorizedException" });
  await assert.rejects(signIn(user(newName()), PASSWORD), { code: "NotAuthorizedException" });
});
