// aws-amplify 6: an account's own affairs, from a forgotten password to the end.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";

import { Amplify } from "aws-amplify";
import {
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  confirmUserAttribute,
  deleteUser,
  fetchMFAPreference,
  fetchUserAttributes,
  resetPassword,
  setUpTOTP,
  signIn,
  signOut,
  signUp,
  updateMFAPreference,
  updatePassword,
  updateUserAttributes,
  verifyTOTPSetup,
} from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";

import { codeFor, newName, PASSWORD, startServer } from "./server.js";

const NEW_PASSWORD = "An0ther-password";

let server;
let username = newName();

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
  });
  const kept = new Map();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  });
  await signUp({ username, password: PASSWORD });
  await confirmSignUp({ username, confirmationCode: await codeFor(outputs, username) });
});

after(async () => assert.equal(await server?.stop(), 0));

// RFC 6238, so many steps later: clocks may be a step ahead.
function totp(secret, later = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const digest = createHmac("sha1", key).update(step).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

test("a forgotten password is reset, and a known one changed", async () => {
  const { nextStep } = await resetPassword({ username });
  assert.equal(nextStep.resetPasswordStep, "CONFIRM_RESET_PASSWORD_WITH_CODE");
  const guess = { username, confirmationCode: "guess", newPassword: NEW_PASSWORD };
  await assert.rejects(confirmResetPassword(guess), { name: "CodeMismatchException" });
  const confirmationCode = await codeFor(server.outputs, username);
  await confirmResetPassword({ ...guess, confirmationCode });
  await assert.rejects(signIn({ username, password: PASSWORD }), { name: "NotAuthorizedException" });
  assert.equal((await signIn({ username, password: NEW_PASSWORD })).isSignedIn, true);
  await updatePassword({ oldPassword: NEW_PASSWORD, newPassword: PASSWORD });
});

test("attributes are changed, and a changed address is verified", async () => {
  const email = newName();
  const changed = await updateUserAttributes({ userAttributes: { email, name: "Ada" } });
  assert.equal(changed.name.isUpdated, true);
  assert.equal(changed.email.nextStep.updateAttributeStep, "CONFIRM_ATTRIBUTE_WITH_CODE");
  assert.equal((await fetchUserAttributes()).email_verified, "false");
  await confirmUserAttribute({ userAttributeKey: "email", confirmationCode: await codeFor(server.outputs, email) });
  const { email: now, email_verified, name } = await fetchUserAttributes();
  assert.deepEqual([now, email_verified, name], [email, "true", "Ada"]);
  username = email;
});

test("an authenticator is set up, preferred and asked for", async () => {
  const { sharedSecret } = await setUpTOTP();
  await assert.rejects(verifyTOTPSetup({ code: totp(sharedSecret, 1_000) }), { name: "EnableSoftwareTokenMFAException" });
  await verifyTOTPSetup({ code: totp(sharedSecret) });
  await updateMFAPreference({ totp: "PREFERRED" });
  assert.deepEqual(await fetchMFAPreference(), { enabled: ["TOTP"], preferred: "TOTP" });
  await signOut();

  const { nextStep } = await signIn({ username, password: PASSWORD });
  assert.equal(nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_TOTP_CODE");
  await assert.rejects(confirmSignIn({ challengeResponse: "000000" }), { name: "CodeMismatchException" });
  const signedIn = await confirmSignIn({ challengeResponse: totp(sharedSecret, 1) });
  assert.equal(signedIn.isSignedIn, true);
});

test("the account ends", async () => {
  await deleteUser();
  await assert.rejects(signIn({ username, password: PASSWORD }), { name: "NotAuthorizedException" });
});
